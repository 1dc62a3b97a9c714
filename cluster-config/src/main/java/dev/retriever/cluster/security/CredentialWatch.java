package dev.retriever.cluster.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends streams whose credentials have ended: were revoked, or have expired. One tick asks for all
 * of them. It knows only streams that run, so there are no more than subscriptions and sockets may
 * be. Thread-safe.
 */
public final class CredentialWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CredentialWatch.class);

  private final Set<Watched> open = ConcurrentHashMap.newKeySet();

  /** Looks after streams from now on, until the system stops. */
  public void start(ActorSystem<?> system, Duration every, Clock clock) {
    system
        .scheduler()
        .scheduleWithFixedDelay(
            every, every, () -> look(clock.instant()), system.executionContext());
  }

  /** Ends the streams whose credentials do not stand any more. */
  public void look(Instant now) {
    for (var stream : open) {
      if (!stands(stream.credential, now)) {
        stream.end();
      }
    }
  }

  /** A credential that cannot be checked is none. */
  private static boolean stands(Credential credential, Instant now) {
    try {
      return credential.stands(now);
    } catch (RuntimeException e) {
      LOG.error("The credential of {} cannot be checked; its stream ends", credential.caller(), e);
      return false;
    }
  }

  /** The streams that run. */
  public int watched() {
    return open.size();
  }

  /** For a connection that was opened with that credential. */
  public Watched watch(Credential credential) {
    return new Watched(credential);
  }

  /** The credential of one connection, for as long as the connection is open. */
  public final class Watched {
    private final Credential credential;
    private final SharedKillSwitch end = KillSwitches.shared("retriever-credential");
    private final OpenStreams mine = new OpenStreams();
    private int streams;

    private Watched(Credential credential) {
      this.credential = credential;
    }

    /** What the connection was opened with. */
    public Credential credential() {
      return credential;
    }

    /** Whether the credential has ended. */
    public boolean hasEnded() {
      return mine.haveEnded();
    }

    private void end() {
      mine.end();
      end.shutdown();
    }

    /**
     * Looked after from now on, until it is forgotten.
     *
     * @param run called when the credential has ended, at once if it has already; maybe twice
     */
    public void whenItEnds(Runnable run) {
      begins();
      mine.begins(run);
    }

    /** Not to be run any more; once for each {@link #whenItEnds}. */
    public void forget(Runnable run) {
      mine.isOver(run);
      isOver();
    }

    private synchronized void begins() {
      if (streams++ == 0) {
        open.add(this);
      }
    }

    private synchronized void isOver() {
      if (--streams == 0) {
        open.remove(this);
      }
    }

    /** Completes when the credential has ended. A connection may have several. */
    public <T> Flow<T, T, NotUsed> untilItEnds() {
      return Flow.<T>create().via(end.flow());
    }

    /** Looked after while this runs; to be run once for a connection. */
    public <T> Flow<T, T, NotUsed> whileOpen() {
      return Flow.<T>create()
          .watchTermination(
              (none, done) -> {
                begins();
                done.whenComplete((end, failure) -> isOver());
                return none;
              });
    }
  }
}
