package dev.retriever.origin.queue.core;

import java.time.Instant;
import java.util.Optional;

/** What stops the queue from outside: a pause, a hold, a database that is away. */
final class Stops {
  private Optional<Instant> pausedUntil = Optional.empty();
  private boolean paused;
  private Optional<Instant> heldUntil = Optional.empty();
  private boolean away;
  private long awaySince;
  private long awayBefore;

  void pause(Optional<Instant> until) {
    paused = true;
    pausedUntil = until;
  }

  void resume() {
    paused = false;
    pausedUntil = Optional.empty();
  }

  void hold(Instant until) {
    heldUntil = heldUntil.filter(it -> it.isAfter(until)).or(() -> Optional.of(until));
  }

  void release() {
    heldUntil = Optional.empty();
  }

  void databaseAway(boolean newAway, Now now) {
    if (newAway && !away) {
      awaySince = now.micros();
    } else if (away && !newAway) {
      awayBefore += now.micros() - awaySince;
    }
    away = newAway;
  }

  boolean isAway() {
    return away;
  }

  boolean isPaused(Now now) {
    return paused && pausedUntil.filter(it -> !now.wall().isBefore(it)).isEmpty();
  }

  boolean isHeld(Now now) {
    return heldUntil.filter(now.wall()::isBefore).isPresent();
  }

  Optional<Instant> pausedUntil() {
    return pausedUntil;
  }

  Optional<Instant> heldUntil() {
    return heldUntil;
  }

  /** Time, without that in which the database was away. */
  long living(Now now) {
    return (away ? awaySince : now.micros()) - awayBefore;
  }

  /** When that much of it has passed; never while the database is away. */
  long at(long living) {
    return away || living == Timers.NEVER ? Timers.NEVER : living + awayBefore;
  }
}
