package dev.retriever.loadtest.cost;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Prices of the resources that fetches use, in dollars. Read from a small file, such as those in
 * {@code src/main/resources/prices}; resources without a price are free.
 *
 * @param memoryMb the memory that is charged for an origin in memory
 * @param residencyMs a million milliseconds of it
 * @param residencyGbs a million gigabyte-seconds of it, at {@code memoryMb}
 * @param cpuMs a million milliseconds of processor time
 */
public record PriceSheet(
    String name,
    double memoryMb,
    double residencyMs,
    double residencyGbs,
    double cpuMs,
    double originRequests,
    double executorRequests,
    double rowsWritten,
    double rowsRead) {
  private static final double MILLION = 1e6;
  private static final double MB_PER_GB = 1000;
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "memory-mb",
          "per-million.residency-ms",
          "per-million.residency-gb-s",
          "per-million.cpu-ms",
          "per-million.origin-requests",
          "per-million.executor-requests",
          "per-million.rows-written",
          "per-million.rows-read");

  /** The sheets that ship with this module. */
  public static List<PriceSheet> shipped() {
    return List.of(
        of(ConfigFactory.parseResources("prices/plan.conf")),
        of(ConfigFactory.parseResources("prices/metered.conf")));
  }

  /**
   * @throws IOException when the file is missing or is no price sheet
   */
  public static PriceSheet read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException("no price sheet can be read at " + file);
    }
    try {
      return of(ConfigFactory.parseFile(file.toFile()));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new IOException(file + " is no price sheet: " + e.getMessage(), e);
    }
  }

  static PriceSheet of(Config config) {
    for (var entry : config.entrySet()) {
      if (!KEYS.contains(entry.getKey())) {
        throw new IllegalArgumentException("it has no price for " + entry.getKey());
      }
    }
    return new PriceSheet(
        config.getString("name"),
        price(config, "memory-mb"),
        price(config, "per-million.residency-ms"),
        price(config, "per-million.residency-gb-s"),
        price(config, "per-million.cpu-ms"),
        price(config, "per-million.origin-requests"),
        price(config, "per-million.executor-requests"),
        price(config, "per-million.rows-written"),
        price(config, "per-million.rows-read"));
  }

  private static double price(Config config, String key) {
    var price = config.hasPath(key) ? config.getDouble(key) : 0;
    if (!(price >= 0)) {
      throw new IllegalArgumentException(key + " must not be less than 0");
    }
    return price;
  }

  /** The cost of that usage, in dollars. */
  public double cost(Usage usage) {
    var gigabyteSeconds = usage.residencyMs() / 1000 * memoryMb / MB_PER_GB;
    return (usage.residencyMs() * residencyMs
            + gigabyteSeconds * residencyGbs
            + usage.cpuMs() * cpuMs
            + usage.originRequests() * originRequests
            + usage.executorRequests() * executorRequests
            + usage.rowsWritten() * rowsWritten
            + usage.rowsRead() * rowsRead)
        / MILLION;
  }

  /** The cost of a million fetches with that usage each, in dollars. */
  public double perMillion(Usage each) {
    return cost(each) * MILLION;
  }
}
