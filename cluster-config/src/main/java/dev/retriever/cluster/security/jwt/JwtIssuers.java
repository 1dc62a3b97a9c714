package dev.retriever.cluster.security.jwt;

import com.typesafe.config.Config;
import dev.retriever.cluster.security.Authenticator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The issuers of tokens that a node accepts, from {@code retriever.node.auth}. Fetches their keys
 * until it is closed, with a thread for each. Thread-safe.
 */
public final class JwtIssuers implements AutoCloseable {
  private static final int LOOK_SECONDS = 10;

  private final List<ScheduledThreadPoolExecutor> threads = new ArrayList<>();
  private final JwtAuthenticator authenticator;
  private final boolean any;

  private JwtIssuers(Config config, Clock clock, LongSupplier nanoTime) {
    var known = new ArrayList<JwtAuthenticator.KnownIssuer>();
    for (var issuer : IssuerSettings.from(config)) {
      known.add(
          new JwtAuthenticator.KnownIssuer(
              issuer.trusted(),
              keys(issuer.name(), issuer.source(), nanoTime),
              Optional.of(issuer.issuer())));
    }
    var kubernetes = KubernetesSettings.from(config);
    if (kubernetes.enabled()) {
      known.add(
          new JwtAuthenticator.KnownIssuer(
              kubernetes.trusted(),
              keys("kubernetes", kubernetes.source(), nanoTime),
              Optional.empty()));
    }
    this.any = !known.isEmpty();
    this.authenticator = new JwtAuthenticator(known, clock, nanoTime);
  }

  /**
   * Starts to fetch keys, without waiting for them.
   *
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static JwtIssuers start(Config config, Clock clock, LongSupplier nanoTime) {
    return new JwtIssuers(config, clock, nanoTime);
  }

  /**
   * Whether there are issuers, so that callers can have tokens.
   *
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static boolean areConfigured(Config config) {
    return !IssuerSettings.from(config).isEmpty() || KubernetesSettings.from(config).enabled();
  }

  /** Empty if there is no issuer. */
  public Optional<Authenticator> authenticator() {
    return any ? Optional.of(authenticator) : Optional.empty();
  }

  private IssuerKeys keys(String name, JwkSource source, LongSupplier nanoTime) {
    var thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var made = new Thread(task, "retriever-issuer-" + name);
              made.setDaemon(true);
              return made;
            });
    threads.add(thread);
    var keys = new IssuerKeys(name, source, thread, nanoTime);
    thread.scheduleWithFixedDelay(keys::refresh, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    return keys;
  }

  @Override
  public void close() {
    threads.forEach(ScheduledThreadPoolExecutor::shutdownNow);
  }
}
