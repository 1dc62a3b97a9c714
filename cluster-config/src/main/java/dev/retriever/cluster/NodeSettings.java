package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Settings of the node itself, from {@code retriever.node}. */
record NodeSettings(
    String httpHost,
    int httpPort,
    String managementHost,
    int managementPort,
    Formation formation,
    List<String> egressAllow,
    long maxRequestBody,
    Duration maxWait,
    Duration watchInterval) {

  private static final long LARGEST_BODY = 64L * 1024 * 1024;

  NodeSettings {
    port("http.port", httpPort);
    port("management.port", managementPort);
    formation.check(managementPort);
    if (maxRequestBody < 1 || maxRequestBody > LARGEST_BODY) {
      throw new IllegalArgumentException(
          "retriever.node.max-request-body must be 1 byte to 64 MiB, but is " + maxRequestBody);
    }
    if (maxWait.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "retriever.node.max-wait must be at least 1s, but is " + maxWait);
    }
    if (watchInterval.compareTo(Duration.ofMillis(10)) < 0) {
      throw new IllegalArgumentException(
          "retriever.node.db.watch-interval must be at least 10ms, but is " + watchInterval);
    }
  }

  /**
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  static NodeSettings from(Config config) {
    var c = config.getConfig("retriever.node");
    var settings =
        new NodeSettings(
            c.getString("http.host"),
            c.getInt("http.port"),
            c.getString("management.host"),
            c.getInt("management.port"),
            Formation.from(c),
            egressAllow(config),
            c.getBytes("max-request-body"),
            c.getDuration("max-wait"),
            c.getDuration("db.watch-interval"));
    var requestTimeout = config.getDuration("pekko.http.server.request-timeout");
    if (settings.maxWait().compareTo(requestTimeout) >= 0) {
      throw new IllegalArgumentException(
          "retriever.node.max-wait must be shorter than pekko.http.server.request-timeout ("
              + requestTimeout
              + "), but is "
              + settings.maxWait());
    }
    return settings;
  }

  /** Private ranges that may be called, as text. */
  static List<String> egressAllow(Config config) {
    return Arrays.stream(config.getString("retriever.node.egress-allow").split(","))
        .map(String::trim)
        .filter(cidr -> !cidr.isEmpty())
        .toList();
  }

  private static void port(String key, int value) {
    if (value < 0 || value > 65535) {
      throw new IllegalArgumentException(
          "retriever.node." + key + " must be a port, or 0 for a free one, but is " + value);
    }
  }
}
