package dev.retriever.origin.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Watches that what is due comes in time, once nothing goes wrong any more. */
final class Overdue {
  /**
   * A write that began during the faults fails within 10 s; a journal that has failed often is left
   * alone for 30 s then, and an origin tries again every 10 s.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Promises promises;
  private final AttemptPromises.Executors executors;
  private final Instant healed;

  /** Attempts on which no report will come, and since when. */
  private final Map<String, Instant> stranded = new HashMap<>();

  /**
   * @param healed since when nothing goes wrong
   */
  Overdue(Promises promises, AttemptPromises.Executors executors, Instant healed) {
    this.promises = promises;
    this.executors = executors;
    this.healed = healed;
  }

  /** To be called now and then. */
  void look(Instant now) {
    for (var life : promises.lives()) {
      if (life.settled.isEmpty() && isLate(life.deadline().plus(life.spec.grace()), now)) {
        promises.broken("P1", life.name(), "it has not settled, and its deadline was long ago");
      }
      life.open().ifPresent(attempt -> look(life, attempt, now));
    }
  }

  private void look(Life life, int attempt, Instant now) {
    var what = "attempt " + attempt + " is still waited for, and ";
    if (isLate(life.backstop(attempt), now)) {
      promises.broken("P5", life.name(), what + "its time was up long ago");
    }
    var isMade = executors.isWell(life.journaled.get(attempt)) && life.begun.contains(attempt);
    var name = life.name() + "#" + attempt;
    if (isMade || life.slow.contains(attempt)) {
      stranded.remove(name);
    } else if (isLate(stranded.computeIfAbsent(name, it -> now), now)) {
      promises.broken("P5", life.name(), what + "nobody makes it");
    }
  }

  private boolean isLate(Instant due, Instant now) {
    return now.isAfter((due.isAfter(healed) ? due : healed).plus(PATIENCE));
  }
}
