package dev.retriever.executor.memory;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.executor.memory.MemoryBudget.Share;
import dev.retriever.executor.settings.SettingsReader;
import java.util.EnumMap;
import java.util.Map;

/**
 * The memory that bodies may take, from {@code retriever.memory}; {@code reference.conf} explains
 * each setting.
 *
 * @param total in bytes
 * @param percent the percentage of the total for each share; at most 100 together
 */
record MemoryBudgetSettings(long total, Map<Share, Integer> percent) {
  private static final long LEAST_TOTAL = 8L << 20;

  /** The heap that a node needs without any bodies. */
  private static final long OWN_NEEDS = 96L << 20;

  private static final int PERCENT_OF_REST = 45;

  MemoryBudgetSettings {
    atLeast("total", total, LEAST_TOTAL);
    percent.forEach((share, part) -> atLeast("shares." + share.key(), part, 1));
    var sum = percent.values().stream().mapToInt(Integer::intValue).sum();
    must(sum <= 100, "shares", "100 together at most", sum);
    percent = Map.copyOf(percent);
  }

  /**
   * @param config the whole configuration
   * @param heap the maximum size of the heap, in bytes
   */
  static MemoryBudgetSettings from(Config config, long heap) {
    return SettingsReader.read(
        config,
        "retriever.memory",
        c -> {
          var percent = new EnumMap<Share, Integer>(Share.class);
          for (var share : Share.values()) {
            percent.put(share, c.count("shares." + share.key()));
          }
          var automatic = Math.max(LEAST_TOTAL, (heap - OWN_NEEDS) / 100 * PERCENT_OF_REST);
          return new MemoryBudgetSettings(
              c.unless("auto", "total", c::bytes).orElse(automatic), percent);
        });
  }

  /** The limit of a share in bytes. */
  long limit(Share share) {
    return total / 100 * percent.get(share);
  }
}
