package dev.retriever.executor;

import com.typesafe.config.Config;
import dev.retriever.executor.MemoryBudget.Share;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much memory bodies may take, from {@code retriever.memory}; {@code reference.conf} explains
 * each.
 *
 * @param total in bytes
 * @param percent of the total, for each share; together 100 at most
 */
record MemoryBudgetSettings(long total, Map<Share, Integer> percent) {
  private static final String PATH = "retriever.memory.";
  private static final long LEAST_TOTAL = 8L << 20;

  /** What a node needs without any bodies. */
  private static final long OWN_NEEDS = 96L << 20;

  private static final int PERCENT_OF_REST = 45;

  MemoryBudgetSettings {
    if (total < LEAST_TOTAL) {
      throw wrong("total", "must be at least 8 MiB, but is " + total);
    }
    percent.forEach(
        (share, part) -> {
          if (part < 1) {
            throw wrong("shares." + share.key(), "must be at least 1, but is " + part);
          }
        });
    var sum = percent.values().stream().mapToInt(Integer::intValue).sum();
    if (sum > 100) {
      throw wrong("shares", "must be 100 together at most, but are " + sum);
    }
    percent = Map.copyOf(percent);
  }

  /**
   * @param config the whole configuration
   * @param heap the most that the heap may have, in bytes
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  static MemoryBudgetSettings from(Config config, long heap) {
    var percent = new EnumMap<Share, Integer>(Share.class);
    for (var share : Share.values()) {
      percent.put(share, config.getInt(PATH + "shares." + share.key()));
    }
    return new MemoryBudgetSettings(total(config, heap), percent);
  }

  private static long total(Config config, long heap) {
    return config.getString(PATH + "total").equals("auto")
        ? Math.max(LEAST_TOTAL, (heap - OWN_NEEDS) / 100 * PERCENT_OF_REST)
        : config.getBytes(PATH + "total");
  }

  /** In bytes. */
  long limit(Share share) {
    return total / 100 * percent.get(share);
  }

  private static IllegalArgumentException wrong(String key, String rule) {
    return new IllegalArgumentException(PATH + key + " " + rule);
  }
}
