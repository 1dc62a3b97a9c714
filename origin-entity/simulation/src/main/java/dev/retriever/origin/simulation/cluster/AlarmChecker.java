package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.OriginEvent.AlarmCancelled;
import dev.retriever.origin.OriginEvent.AlarmFired;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Watches alarms, and continuations that failed: that each comes, in time, and once. */
public final class AlarmChecker {
  /** An alarm may ring so much later than it is due, when clocks differ and its origin sleeps. */
  static final Duration RINGING = Duration.ofSeconds(40);

  private final Findings findings;

  /** That are to ring, and when. */
  private final Map<String, Instant> alarms = new TreeMap<>();

  /** How often alarms rang and their continuations have not taken effect. */
  private final Map<String, Integer> rung = new TreeMap<>();

  /** Continuations that failed, by origin and cause. */
  private final Map<String, String> unhandled = new TreeMap<>();

  AlarmChecker(Findings findings) {
    this.findings = findings;
  }

  /** A row of the journal that is about no fetch. */
  void journaled(String origin, Object row) {
    continued(origin, row);
    alarm(origin, row);
  }

  void rang(String alarm) {
    if (rung.merge(alarm, -1, Integer::sum) < 0) {
      findings.broken("P8", alarm, "its continuation has taken effect more often than it rang");
    }
  }

  private void continued(String origin, Object row) {
    if (row instanceof HandlingFailed failed) {
      unhandled.put(origin + "/" + failed.cause(), failed.reason());
      findings.saw(failed.retryAt().isPresent() ? CoverageMark.HANDLED_AGAIN : CoverageMark.PARKED);
    } else if (row instanceof ContinuationHandled handled
        && unhandled.remove(origin + "/" + handled.cause()) == null) {
      findings.broken("P2", origin + "/" + handled.cause(), "it was handled twice");
    }
  }

  private void alarm(String origin, Object row) {
    if (row instanceof AlarmScheduled scheduled) {
      alarms.put(origin + "/" + scheduled.alarmId(), scheduled.due());
    } else if (row instanceof AlarmCancelled cancelled) {
      alarms.remove(origin + "/" + cancelled.alarmId());
    } else if (row instanceof AlarmFired fired) {
      var name = origin + "/" + fired.alarmId();
      findings.saw(CoverageMark.ALARM_RANG);
      if (fired.at().isBefore(fired.due())) {
        findings.broken("P8", name, "it rang at " + fired.at() + ", and was due at " + fired.due());
      }
      rung.merge(name, 1, Integer::sum);
      if (alarms.remove(name) == null) {
        findings.broken("P8", name, "it rang twice, or was taken back");
      }
      fired.next().ifPresent(next -> alarms.put(name, next));
    }
  }

  /** Those that should have rung. */
  public Map<String, Instant> overdue() {
    var overdue = new TreeMap<String, Instant>();
    alarms.forEach(
        (name, due) -> {
          if (due.isBefore(findings.wall().minus(RINGING))) {
            overdue.put(name, due);
          }
        });
    return overdue;
  }

  /** Continuations that failed and have not succeeded, and why. */
  public Map<String, String> unhandled() {
    return unhandled;
  }

  /**
   * Whether nothing is to come soon.
   *
   * @param probed whether the origins write down what their continuations hear
   */
  boolean nothingIsOwed(boolean probed) {
    var soon = findings.wall().plus(RINGING);
    return alarms.values().stream().noneMatch(soon::isAfter)
        && rung.values().stream().noneMatch(left -> probed && left > 0)
        && unhandled.isEmpty();
  }
}
