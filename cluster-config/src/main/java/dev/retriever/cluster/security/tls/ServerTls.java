package dev.retriever.cluster.security.tls;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one port, from files that may change while the node runs. New connections use what the
 * files held at the latest look, if that was sound. Open connections stay. Thread-safe.
 */
final class ServerTls {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  /** Of the port's own certificate. Then the log says so, once. */
  private static final Duration SOON = Duration.ofDays(7);

  private static final String TRUSTED_BY = "retriever.trusted-by";

  private final PortTlsSettings settings;
  private final Clock clock;
  private volatile TlsState state;
  private String problem = "";
  private boolean saidProblem;
  private boolean saidToEnd;

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException naming the section, the file and what is wrong with it
   */
  ServerTls(PortTlsSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    try {
      state = TlsState.of(settings, settings.files().read(), clock.instant());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(settings.path() + ": " + e.getMessage(), e);
    }
  }

  PortTlsSettings settings() {
    return settings;
  }

  /** Looks at the files from now on, until the system stops. */
  void start(ActorSystem<?> system) {
    var interval = settings.reloadInterval();
    var threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    system.scheduler().scheduleWithFixedDelay(interval, interval, this::look, threads);
    LOG.info("{}: {}", settings.path(), shown(state));
  }

  /** One look. Never throws. */
  synchronized void look() {
    var now = clock.instant();
    try {
      var content = settings.files().read();
      if (!Arrays.equals(content.hash(), state.hash()) && isWritten(content)) {
        state = TlsState.of(settings, content, now);
        saidToEnd = false;
        LOG.info("{}: new connections use the new files, {}", settings.path(), shown(state));
      }
      problem = "";
    } catch (IllegalArgumentException e) {
      warnOnce(e.getMessage());
    }
    sayThatItEnds(now);
  }

  /** Files that change between two looks are being written, or a link to them is being changed. */
  private boolean isWritten(PemFiles.Content content) {
    return Arrays.equals(content.hash(), settings.files().read().hash());
  }

  /** At the second look that finds it: at the first, one of the files may not be written yet. */
  private void warnOnce(String found) {
    if (!found.equals(problem)) {
      problem = found;
      saidProblem = false;
    } else if (!saidProblem) {
      saidProblem = true;
      LOG.warn(
          "{}: {}. The port goes on with {}. Put sound files there; they are looked at all the"
              + " time, at intervals of reload-interval",
          settings.path(),
          found,
          shown(state));
    }
  }

  private void sayThatItEnds(Instant now) {
    var end = state.identity().validUntil();
    if (!saidToEnd && end.isBefore(now.plus(SOON))) {
      saidToEnd = true;
      LOG.warn(
          "{}: the certificate ends at {}, and clients refuse the port then. Put a new one into {}",
          settings.path(),
          end,
          settings.certificate());
    }
  }

  private static String shown(TlsState state) {
    var identity = state.identity();
    return "the certificate of %s, which ends at %s"
        .formatted(Certificate.subject(identity.certificate()), identity.validUntil());
  }

  /** When the certificate ends that new connections get. */
  Instant validUntil() {
    return state.identity().validUntil();
  }

  /** Of the certificate that new connections get. */
  String shownSubject() {
    return Certificate.subject(state.identity().certificate());
  }

  /** For one new connection. */
  SSLEngine engine() {
    return state.engine(settings.clientAuth());
  }

  /** Whether clients are asked for certificates. */
  boolean asksClients() {
    return settings.clientAuth() != ClientAuth.NONE;
  }

  /**
   * Whether an authority of the latest sound files vouches for the client of that connection. Files
   * may have changed since its handshake.
   */
  boolean trusts(SSLSession session, List<X509Certificate> chain) {
    var current = state;
    if (session.getValue(TRUSTED_BY) == current) {
      return true;
    }
    var trusted = current.trusts(chain);
    if (trusted) {
      session.putValue(TRUSTED_BY, current);
    }
    return trusted;
  }

  /** Whether the connection's keys are as old as they may be. Then it is to be closed. */
  boolean isOld(SSLSession session) {
    var made = Instant.ofEpochMilli(session.getCreationTime());
    return made.plus(settings.connectionLifetime()).isBefore(clock.instant());
  }
}
