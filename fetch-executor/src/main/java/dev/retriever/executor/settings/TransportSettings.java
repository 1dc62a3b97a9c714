package dev.retriever.executor.settings;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.lessThan;
import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.executor.RequestRules;
import dev.retriever.executor.egress.EgressPolicy;
import dev.retriever.executor.http.HttpTransport;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Settings of {@link HttpTransport}; {@code reference.conf} explains each. Bounds are inclusive;
 * durations are from 1 ms to 24 days.
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
 * @param egressDeny like {@code egressAllow}, and names of hosts or domains such as {@code
 *     *.example.com}
 * @param egressPorts ports such as {@code 443}, or ranges such as {@code 1024-65535}; {@code !6379}
 *     excludes a port
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

  /** The path of the settings in the configuration. */
  public static final String PATH = "retriever.executor.transport";

  // The HTTP client counts milliseconds in an int, and takes zero for "no limit".
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(24);

  /**
   * @throws IllegalArgumentException naming the key and the rule it breaks
   */
  public TransportSettings {
    between("connect-timeout", connectTimeout, SHORTEST, LONGEST);
    between("pooled-idle-timeout", pooledIdleTimeout, SHORTEST, LONGEST);
    atLeast("pooled-rest", pooledRest, Duration.ZERO);
    lessThan("pooled-rest", pooledRest, "pooled-idle-timeout", pooledIdleTimeout);
    atLeast("pooled-idle-unrepeatable", pooledIdleUnrepeatable, Duration.ZERO);
    between("connection-lifetime", connectionLifetime, SHORTEST, LONGEST);
    between("event-loop-threads", eventLoopThreads, 1, 256);
    between("resolver-threads", resolverThreads, 1, 256);
    between("resolver-queue", resolverQueue, 1, 1_000_000);
    between("max-response-body", (long) maxResponseBody, 0L, 1L << 30);
    between("max-response-headers", (long) maxResponseHeaders, 1L << 10, 1L << 20);
    between("max-response-header-fields", maxResponseHeaderFields, 1, 10_000);
    must(
        RequestRules.isFieldValue(userAgent) && !userAgent.isEmpty(),
        "user-agent",
        "printable ASCII characters",
        userAgent);
    egressAllow = List.copyOf(egressAllow);
    egressDeny = List.copyOf(egressDeny);
    egressPorts = List.copyOf(egressPorts);
    EgressPolicy.of(egressAllow, egressDeny, egressPorts); // throws when an entry is wrong
  }

  /**
   * Reads the settings in {@code retriever.executor.transport}.
   *
   * @param config the whole configuration
   * @throws IllegalArgumentException naming the key that is missing or out of its range
   */
  public static TransportSettings from(Config config) {
    return SettingsReader.read(
        config,
        PATH,
        c ->
            new TransportSettings(
                c.duration("connect-timeout"),
                c.flag("reuse"),
                c.duration("pooled-rest"),
                c.duration("pooled-idle-timeout"),
                c.duration("pooled-idle-unrepeatable"),
                c.duration("connection-lifetime"),
                c.count("event-loop-threads"),
                c.count("resolver-threads"),
                c.count("resolver-queue"),
                c.fewBytes("max-response-body"),
                c.fewBytes("max-response-headers"),
                c.count("max-response-header-fields"),
                c.text("user-agent"),
                c.flag("identify-attempts"),
                c.texts("egress-allow"),
                c.texts("egress-deny"),
                c.texts("egress-ports"),
                TlsSettings.from(c)));
  }

  /**
   * The policy for targets.
   *
   * @param alsoAllowed further entries for {@code egressAllow}
   * @throws IllegalArgumentException naming the entry that is wrong
   */
  public EgressPolicy egress(List<String> alsoAllowed) {
    var allow = Stream.concat(alsoAllowed.stream(), egressAllow.stream()).toList();
    return EgressPolicy.of(allow, egressDeny, egressPorts);
  }
}
