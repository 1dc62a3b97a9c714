package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings of the node itself, from {@code retriever.node}.
 *
 * @param join {@code host:port} of nodes to join; none to begin a cluster of its own
 */
record NodeSettings(
    String httpHost,
    int httpPort,
    String managementHost,
    int managementPort,
    Formation formation,
    List<String> join,
    List<String> egressAllow,
    long maxRequestBody,
    Duration maxWait,
    Duration overloadedAfter,
    Duration watchInterval,
    OutcomeSettings outcomes) {

  private static final long LARGEST_BODY = 64L * 1024 * 1024;

  /** A name, an IPv4 address, or an IPv6 address in brackets. */
  private static final Pattern HOST_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9a-fA-F:]+]):[1-9][0-9]{0,4}");

  NodeSettings {
    port("http.port", httpPort);
    port("management.port", managementPort);
    formation.check(managementPort);
    if (!join.isEmpty() && formation != Formation.ALONE) {
      throw new IllegalArgumentException(
          "retriever.node.join (RETRIEVER_JOIN, --join) names nodes, and retriever.node.cluster"
              + " (RETRIEVER_CLUSTER) says where to look for them: set one of the two");
    }
    for (var address : join) {
      if (!HOST_PORT.matcher(address).matches()) {
        throw new IllegalArgumentException(
            "retriever.node.join (RETRIEVER_JOIN, --join) must be addresses such as 10.0.0.1:17355,"
                + " with the remoting port of that node, but one is "
                + address);
      }
    }
    if (maxRequestBody < 1 || maxRequestBody > LARGEST_BODY) {
      throw new IllegalArgumentException(
          "retriever.node.max-request-body must be 1 byte to 64 MiB, but is " + maxRequestBody);
    }
    if (maxWait.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "retriever.node.max-wait must be at least 1s, but is " + maxWait);
    }
    if (overloadedAfter.isNegative() || overloadedAfter.isZero()) {
      throw new IllegalArgumentException(
          "retriever.node.overloaded-after must be more than 0, but is " + overloadedAfter);
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
            list(c.getString("join")),
            egressAllow(config),
            c.getBytes("max-request-body"),
            c.getDuration("max-wait"),
            overloadedAfter(config),
            c.getDuration("db.watch-interval"),
            OutcomeSettings.from(config));
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

  /** Early enough before callers give up, however soon they do. */
  private static Duration overloadedAfter(Config config) {
    var half = config.getDuration("retriever.origin.ask-timeout").dividedBy(2);
    var set = config.getDuration("retriever.node.overloaded-after");
    return set.compareTo(half) < 0 ? set : half;
  }

  /** Private ranges that may be called, as text. */
  static List<String> egressAllow(Config config) {
    return list(config.getString("retriever.node.egress-allow"));
  }

  /** What a setting lists with commas between. */
  static List<String> list(String text) {
    return Arrays.stream(text.split(",")).map(String::trim).filter(e -> !e.isEmpty()).toList();
  }

  private static void port(String key, int value) {
    if (value < 0 || value > 65535) {
      throw new IllegalArgumentException(
          "retriever.node." + key + " must be a port, or 0 for a free one, but is " + value);
    }
  }
}
