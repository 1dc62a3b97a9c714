package dev.retriever.alarms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Keeps at most one timer of an actor armed, for the earliest of its alarms. When it goes off, the
 * actor receives {@code ring} and looks at its book; the timer itself knows no alarm. For a time
 * more than a day ahead it rings once a day, in vain; else it never rings early.
 *
 * <p>Belongs to one actor and is used from its messages only: not thread-safe.
 *
 * @param <C> the actor's messages
 */
public final class AlarmTimer<C> {
  /** The actor system's scheduler cannot count further than some months; look again daily. */
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * A ring that was not handled for so long is taken for lost: an actor that has too much to stash
   * drops messages. Not much shorter, or a ring that only waits for its turn would be replaced.
   */
  private static final Duration UNHEARD = Duration.ofSeconds(5);

  private final TimerScheduler<C> timers;
  private final C ring;
  private final Clock clock;
  private Instant armedFor;
  private Instant ringsAt;

  /**
   * Not armed yet.
   *
   * @param timers those of the actor
   * @param ring what the actor is told. It is the timer's key too: no other timer of the actor may
   *     have one that is equal
   * @param clock the one that due times come from
   */
  public AlarmTimer(TimerScheduler<C> timers, C ring, Clock clock) {
    this.timers = timers;
    this.ring = ring;
    this.clock = clock;
  }

  /**
   * To be called with the book's {@link Alarms#next} after every change of the book. A timer that
   * is armed for an earlier time is left alone: rather one look for nothing than a new timer for
   * every alarm that is cancelled before it is due.
   */
  public void arm(Optional<Instant> next) {
    if (next.isEmpty()) {
      return;
    }
    var now = clock.instant();
    if (armedFor == null || next.get().isBefore(armedFor) || now.isAfter(ringsAt.plus(UNHEARD))) {
      armedFor = next.get();
      var delay = delay(now, armedFor);
      ringsAt = now.plus(delay);
      timers.startSingleTimer(ring, ring, delay);
    }
  }

  /** To be called when {@code ring} arrives, before the next {@link #arm}. */
  public void rang() {
    armedFor = null;
  }

  private static Duration delay(Instant now, Instant due) {
    if (!due.isAfter(now)) {
      return Duration.ZERO;
    }
    // Compared as instants: a far-future due time does not fit a Duration in nanoseconds.
    // A millisecond is added because the scheduler counts in whole ones and must not be early.
    return due.isAfter(now.plus(LONGEST)) ? LONGEST : Duration.between(now, due).plusMillis(1);
  }
}
