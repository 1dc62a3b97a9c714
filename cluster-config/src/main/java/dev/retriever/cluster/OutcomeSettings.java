package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Settings of subscriptions to outcomes, from {@code retriever.node.outcomes}; {@code
 * application.conf} explains each.
 *
 * @param maxBody in bytes
 * @param cache in characters
 */
record OutcomeSettings(
    int maxSubscriptions,
    int maxSockets,
    int maxPerSocket,
    Duration heartbeat,
    Duration waitLength,
    Duration pause,
    Duration retry,
    int page,
    long maxBody,
    long cache) {

  /** They share a thread. */
  private static final int MOST_PER_SOCKET = 10_000;

  /** A page is one message between nodes. */
  private static final int LARGEST_PAGE = 500;

  OutcomeSettings {
    if (maxSubscriptions < 0) {
      throw wrong("max-subscriptions", "0 or more", maxSubscriptions);
    }
    if (maxSockets < 0) {
      throw wrong("max-sockets", "0 or more", maxSockets);
    }
    if (maxPerSocket < 1 || maxPerSocket > MOST_PER_SOCKET) {
      throw wrong("max-per-socket", "1 to " + MOST_PER_SOCKET, maxPerSocket);
    }
    positive("heartbeat", heartbeat);
    positive("wait", waitLength);
    positive("pause", pause);
    positive("retry", retry);
    if (page < 1 || page > LARGEST_PAGE) {
      throw wrong("page", "1 to " + LARGEST_PAGE, page);
    }
    if (maxBody < 0) {
      throw wrong("max-body", "0 or more", maxBody);
    }
    if (cache < 0) {
      throw wrong("cache", "0 or more", cache);
    }
  }

  /**
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  static OutcomeSettings from(Config config) {
    var c = config.getConfig("retriever.node.outcomes");
    return new OutcomeSettings(
        c.getInt("max-subscriptions"),
        c.getInt("max-sockets"),
        c.getInt("max-per-socket"),
        c.getDuration("heartbeat"),
        c.getDuration("wait"),
        c.getDuration("pause"),
        c.getDuration("retry"),
        c.getInt("page"),
        c.getBytes("max-body"),
        c.getBytes("cache"));
  }

  private static void positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw wrong(key, "longer than 0", value);
    }
  }

  private static IllegalArgumentException wrong(String key, String range, Object value) {
    return new IllegalArgumentException(
        "retriever.node.outcomes." + key + " must be " + range + ", but is " + value);
  }
}
