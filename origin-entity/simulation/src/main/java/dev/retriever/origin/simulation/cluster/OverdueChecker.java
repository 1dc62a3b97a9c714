package dev.retriever.origin.simulation.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Watches that what is due comes in time, once nothing goes wrong any more. */
public final class OverdueChecker {
  /**
   * A write that began during the faults fails within 10 s; a journal that has failed often is left
   * alone for 30 s then, and an origin tries again every 10 s.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** An attempt that may start does so within this, when there is room everywhere. */
  private static final Duration ROOM_USED = Duration.ofSeconds(10);

  /** From the last fault on: nodes that are gone are noticed, and origins are back. */
  private static final Duration SETTLED_DOWN = Duration.ofSeconds(40);

  private final PromiseChecker promises;
  private final Predicate<String> executors;
  private final BooleanSupplier room;
  private final Instant healed;

  /** Since when every node has had room whenever somebody looked. */
  private Optional<Instant> roomSince = Optional.empty();

  /** Attempts on which no report will come, and since when. */
  private final Map<String, Instant> stranded = new HashMap<>();

  /**
   * @param room whether every node has room for another attempt
   * @param healed since when nothing goes wrong
   */
  public OverdueChecker(
      PromiseChecker promises, Predicate<String> executors, BooleanSupplier room, Instant healed) {
    this.promises = promises;
    this.executors = executors;
    this.room = room;
    this.healed = healed;
  }

  /** To be called now and then. */
  public void look(Instant now) {
    roomSince = room.getAsBoolean() ? roomSince.or(() -> Optional.of(now)) : Optional.empty();
    promises
        .schedules()
        .due()
        .forEach(
            (name, due) -> {
              if (isLate(due, now)) {
                promises.broken("P14", name, "it was to tick at " + due + ", and does not");
              }
            });
    for (var life : promises.lives()) {
      if (life.settled.isEmpty() && isLate(life.deadline().plus(life.spec.grace()), now)) {
        promises.broken("P1", life.name(), "it has not settled, and its deadline was long ago");
      }
      if (life.settled.isEmpty() && life.joinsAt.filter(due -> isLate(due, now)).isPresent()) {
        promises.broken(
            "P8", life.name(), "its time came long ago, and it does not wait in its queue");
      }
      life.open().ifPresent(attempt -> look(life, attempt, now));
      if (waitsInVain(life, now)) {
        promises.broken("P1", life.name(), "it may start, there is room, and it does not");
      }
    }
  }

  private boolean waitsInVain(FetchHistory life, Instant now) {
    if (life.settled.isPresent()
        || life.nextStart.isEmpty()
        || life.spec.isDirect()
        || life.spec.queue().isPresent()
        || life.slowlyAccepted) {
      return false;
    }
    var due = life.nextStart.get();
    return roomSince
        .map(since -> since.isAfter(due) ? since : due)
        .map(since -> since.isAfter(healed.plus(SETTLED_DOWN)) ? since : healed.plus(SETTLED_DOWN))
        .filter(since -> now.isAfter(since.plus(ROOM_USED)))
        .isPresent();
  }

  private void look(FetchHistory life, int attempt, Instant now) {
    var what = "attempt " + attempt + " is still waited for, and ";
    if (isLate(life.backstop(attempt), now)) {
      promises.broken("P5", life.name(), what + "its time was up long ago");
    }
    var isMade = executors.test(life.journaled.get(attempt)) && life.begun.contains(attempt);
    var name = life.name() + "#" + attempt;
    if (isMade || life.slow.contains(attempt)) {
      stranded.remove(name);
    } else if (isLate(stranded.computeIfAbsent(name, it -> now), now)) {
      promises.broken("P5", life.name(), what + "no executor makes it");
    }
  }

  private boolean isLate(Instant due, Instant now) {
    return now.isAfter((due.isAfter(healed) ? due : healed).plus(PATIENCE));
  }
}
