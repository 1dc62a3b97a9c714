package dev.retriever.cluster.outcomes;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.positive;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;

/**
 * Settings of subscriptions to outcomes, from {@code retriever.node.outcomes}; {@code
 * application.conf} explains each.
 *
 * @param maxBody in bytes
 * @param cache in characters
 */
public record OutcomeSettings(
    int maxSubscriptions,
    int maxSockets,
    int maxPerSocket,
    Duration heartbeat,
    Duration waitLength,
    Duration pause,
    Duration retry,
    Duration credentialCheck,
    int page,
    long maxBody,
    long cache) {

  /** Subscriptions of one socket share a thread. */
  private static final int MOST_PER_SOCKET = 10_000;

  /** So long after its credential has ended, a stream may go on at most. */
  private static final Duration LONGEST_CHECK = Duration.ofSeconds(10);

  private static final Duration SHORTEST_CHECK = Duration.ofMillis(100);

  /** A page is one message between nodes. */
  private static final int LARGEST_PAGE = 500;

  public OutcomeSettings {
    atLeast("max-subscriptions", maxSubscriptions, 0);
    atLeast("max-sockets", maxSockets, 0);
    between("max-per-socket", maxPerSocket, 1, MOST_PER_SOCKET);
    positive("heartbeat", heartbeat);
    positive("wait", waitLength);
    positive("pause", pause);
    positive("retry", retry);
    between("credential-check", credentialCheck, SHORTEST_CHECK, LONGEST_CHECK);
    between("page", page, 1, LARGEST_PAGE);
    atLeast("max-body", maxBody, 0L);
    atLeast("cache", cache, 0L);
  }

  public static OutcomeSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.outcomes",
        c ->
            new OutcomeSettings(
                c.count("max-subscriptions"),
                c.count("max-sockets"),
                c.count("max-per-socket"),
                c.duration("heartbeat"),
                c.duration("wait"),
                c.duration("pause"),
                c.duration("retry"),
                c.duration("credential-check"),
                c.count("page"),
                c.bytes("max-body"),
                c.bytes("cache")));
  }
}
