package dev.retriever.alarms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
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
  private final LongSupplier nanos;
  private Instant armedFor;

  /** When it was armed, and how long after that it rings. */
  private ClockReading armedAt;

  private Duration delay;

  /**
   * Not armed yet.
   *
   * @param timers those of the actor
   * @param ring what the actor is told. It is the timer's key too: no other timer of the actor may
   *     have one that is equal
   * @param clock the one that due times come from
   * @param nanos the monotonic one that timers count by, such as {@link System#nanoTime}
   */
  public AlarmTimer(TimerScheduler<C> timers, C ring, Clock clock, LongSupplier nanos) {
    this.timers = timers;
    this.ring = ring;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * To be called with the book's {@link Alarms#next} after every change of the book, and whenever
   * the actor looks at the clock for another reason. A timer that is armed for an earlier time is
   * left alone: rather one look for nothing than a new timer for every alarm that is cancelled
   * before it is due. It is armed anew when the wall clock was set or the machine suspended
   * meanwhile, since its delay is wrong then.
   */
  public void arm(Optional<Instant> next) {
    if (next.isEmpty()) {
      return;
    }
    var now = ClockReading.of(clock, nanos);
    if (armedFor == null || next.get().isBefore(armedFor) || isWrong(now)) {
      armedFor = next.get();
      armedAt = now;
      delay = delay(now.wall(), armedFor);
      timers.startSingleTimer(ring, ring, delay);
    }
  }

  private boolean isWrong(ClockReading now) {
    return armedAt.hasParted(now) || armedAt.until(now).compareTo(delay.plus(UNHEARD)) > 0;
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
