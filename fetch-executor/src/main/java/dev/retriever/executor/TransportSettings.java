package dev.retriever.executor;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@link HttpTransport} can be told; {@code reference.conf} says what each setting is for.
 * Bounds are inclusive; durations are from 1 ms to 24 days.
 *
 * @param pooledRest shorter than {@code pooledIdleTimeout}; may also be zero
 * @param pooledIdleUnrepeatable may also be zero
 * @param eventLoopThreads 1 to 256
 * @param resolverThreads 1 to 256
 * @param resolverQueue 1 to 1,000,000
 * @param maxResponseBody in bytes, 0 to 1 GiB
 * @param maxResponseHeaders in bytes, 1 KiB to 1 MiB
 * @param maxResponseHeaderFields 1 to 10,000
 * @param userAgent printable ASCII characters, at least one
 * @param egressAllow CIDR blocks or single addresses
 * @param egressDeny the same, and names of hosts, or of domains such as {@code *.example.com}
 * @param egressPorts ports such as {@code 443}, or ranges such as {@code 1024-65535}; those with a
 *     {@code !}, such as {@code !6379}, are left out
 */
public record TransportSettings(
    Duration connectTimeout,
    boolean reuse,
    Duration pooledRest,
    Duration pooledIdleTimeout,
    Duration pooledIdleUnrepeatable,
    Duration connectionLifetime,
    int eventLoopThreads,
    int resolverThreads,
    int resolverQueue,
    int maxResponseBody,
    int maxResponseHeaders,
    int maxResponseHeaderFields,
    String userAgent,
    boolean identifyAttempts,
    List<String> egressAllow,
    List<String> egressDeny,
    List<String> egressPorts,
    TlsSettings tls) {

  static final String PATH = "retriever.executor.transport";

  /**
   * @throws IllegalArgumentException naming the key and the rule it breaks
   */
  public TransportSettings {
    positive("connect-timeout", connectTimeout);
    positive("pooled-idle-timeout", pooledIdleTimeout);
    if (pooledRest.isNegative() || pooledRest.compareTo(pooledIdleTimeout) >= 0) {
      throw wrong("pooled-rest", "must be from 0 to less than pooled-idle-timeout");
    }
    if (pooledIdleUnrepeatable.isNegative()) {
      throw wrong("pooled-idle-unrepeatable", "must not be negative");
    }
    positive("connection-lifetime", connectionLifetime);
    between("event-loop-threads", eventLoopThreads, 1, 256);
    between("resolver-threads", resolverThreads, 1, 256);
    between("resolver-queue", resolverQueue, 1, 1_000_000);
    between("max-response-body", maxResponseBody, 0, 1 << 30);
    between("max-response-headers", maxResponseHeaders, 1024, 1 << 20);
    between("max-response-header-fields", maxResponseHeaderFields, 1, 10_000);
    if (!RequestRules.isFieldValue(userAgent) || userAgent.isEmpty()) {
      throw wrong("user-agent", "must be printable ASCII characters");
    }
    egressAllow = List.copyOf(egressAllow);
    egressDeny = List.copyOf(egressDeny);
    egressPorts = List.copyOf(egressPorts);
    try {
      EgressPolicy.of(egressAllow, egressDeny, egressPorts);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(PATH + "." + e.getMessage(), e);
    }
  }

  /**
   * The settings in that configuration, at {@code retriever.executor.transport}.
   *
   * @param config the whole configuration
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  public static TransportSettings from(Config config) {
    var section = config.getConfig(PATH);
    return new TransportSettings(
        section.getDuration("connect-timeout"),
        section.getBoolean("reuse"),
        section.getDuration("pooled-rest"),
        section.getDuration("pooled-idle-timeout"),
        section.getDuration("pooled-idle-unrepeatable"),
        section.getDuration("connection-lifetime"),
        section.getInt("event-loop-threads"),
        section.getInt("resolver-threads"),
        section.getInt("resolver-queue"),
        bytes(section, "max-response-body"),
        bytes(section, "max-response-headers"),
        section.getInt("max-response-header-fields"),
        section.getString("user-agent"),
        section.getBoolean("identify-attempts"),
        section.getStringList("egress-allow"),
        section.getStringList("egress-deny"),
        section.getStringList("egress-ports"),
        TlsSettings.from(section.getConfig("tls")));
  }

  /**
   * Which targets may be called.
   *
   * @param alsoAllowed entries beside {@code egressAllow}
   * @throws IllegalArgumentException naming the entry that is wrong
   */
  public EgressPolicy egress(List<String> alsoAllowed) {
    var allow = Stream.concat(alsoAllowed.stream(), egressAllow.stream()).toList();
    return EgressPolicy.of(allow, egressDeny, egressPorts);
  }

  private static int bytes(Config section, String key) {
    return (int) Math.min(Integer.MAX_VALUE, section.getBytes(key));
  }

  private static void positive(String key, Duration value) {
    // The client counts milliseconds in an int; zero would mean "no limit" to it.
    if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
      throw wrong(key, "must be from 1 millisecond to 24 days");
    }
  }

  private static void between(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw wrong(key, "must be from " + least + " to " + most);
    }
  }

  private static IllegalArgumentException wrong(String key, String rule) {
    return new IllegalArgumentException(PATH + "." + key + " " + rule);
  }
}
