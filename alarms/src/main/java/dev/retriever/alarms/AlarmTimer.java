package dev.retriever.alarms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Keeps one timer of an actor armed, for the earliest of its alarms. When the timer fires, the
 * actor receives a message and looks for due alarms in its book. The timer never fires early,
 * except for an alarm more than a day ahead: then it fires once a day, and the actor finds nothing
 * due.
 *
 * <p>The actor uses the timer only while it handles its messages: not thread-safe.
 *
 * @param <C> the actor's messages
 */
public final class AlarmTimer<C> {
  /** Pekko's scheduler cannot wait longer than some months, so the timer fires at least daily. */
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * A message that was not handled for this long counts as lost: an actor whose stash is full drops
   * messages. A much shorter time would replace messages that only wait in the mailbox.
   */
  private static final Duration LOST_AFTER = Duration.ofSeconds(5);

  private final TimerScheduler<C> timers;
  private final C message;
  private final Clock clock;
  private final LongSupplier nanos;
  private Instant armedFor;

  /** When the timer was armed; it fires {@code delay} later. */
  private ClockReading armedAt;

  private Duration delay;

  /**
   * Makes a timer that is not armed yet.
   *
   * @param timers the timers of the actor
   * @param message what the actor receives when the timer fires. It is also the key of the timer,
   *     so no other timer of the actor may have an equal key
   * @param clock the clock of the due times
   * @param nanos the monotonic clock of the actor's timers, such as {@link System#nanoTime}
   */
  public AlarmTimer(TimerScheduler<C> timers, C message, Clock clock, LongSupplier nanos) {
    this.timers = timers;
    this.message = message;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * Arms the timer for the earliest alarm. Call it with {@link Alarms#next} after every change of
   * the book, and whenever the actor reads the clock for another reason. A timer that is armed for
   * an earlier time stays armed: one message in vain costs less than a new timer for every
   * cancelled alarm. The timer is armed again if the wall clock was set or the machine was
   * suspended, because its delay is wrong then.
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
      timers.startSingleTimer(message, message, delay);
    }
  }

  private boolean isWrong(ClockReading now) {
    return armedAt.hasDiverged(now) || armedAt.until(now).compareTo(delay.plus(LOST_AFTER)) > 0;
  }

  /** Call it when the timer's message arrives, before the next {@link #arm}. */
  public void fired() {
    armedFor = null;
  }

  private static Duration delay(Instant now, Instant due) {
    if (!due.isAfter(now)) {
      return Duration.ZERO;
    }
    // Instants are compared because a far-future due time does not fit a Duration in nanoseconds.
    // The scheduler counts whole milliseconds; one more keeps it from being early.
    return due.isAfter(now.plus(LONGEST)) ? LONGEST : Duration.between(now, due).plusMillis(1);
  }
}
