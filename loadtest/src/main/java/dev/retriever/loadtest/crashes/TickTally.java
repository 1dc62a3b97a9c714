package dev.retriever.loadtest.crashes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The ticks of schedules as they say them, and their fetches as they came to the target, compared
 * with the times at which they were due. Decides by its arguments alone.
 *
 * @param due ticks that were due, of all schedules together
 * @param fired of these, those that are in the journal with a fetch
 * @param lost ticks that were due, and did not fire or whose fetch did not come to the target
 * @param twice ticks that are noted more than once, or have more than one fetch at the target, or
 *     an attempt that came twice; and fetches of no tick
 * @param early ticks that were decided, or whose fetch came, before they were due
 * @param otherwise schedules that count other ticks than those that fired, or that have not ended
 */
record TickTally(long due, long fired, long lost, long twice, long early, long otherwise) {

  /**
   * A tick in the journal.
   *
   * @param at when it was due
   * @param result such as {@code fired}
   */
  record Tick(Instant at, Instant decidedAt, String result) {
    boolean isFired() {
      return result.equals("fired");
    }
  }

  /**
   * A schedule as it stands in the end.
   *
   * @param recent its latest ticks
   * @param counted how many fired, by its own count
   * @param others how many were skipped, missed or paused, by its own count
   */
  record Ended(
      String id, long generation, String state, List<Tick> recent, long counted, long others) {
    /** The id of the fetch of that tick. */
    String fetchId(Instant tick) {
      return id + "~" + generation + "~" + tick;
    }
  }

  /**
   * A request at the target.
   *
   * @param fetchId the id of the fetch, with the time for which it was made
   */
  record Arrival(String fetchId, int attempt, Instant at) {}

  static TickTally of(
      Collection<Ended> schedules, List<Instant> due, Collection<Arrival> arrivals) {
    var came = new HashMap<String, List<Arrival>>();
    arrivals.forEach(it -> came.computeIfAbsent(it.fetchId(), id -> new ArrayList<>()).add(it));
    var known = new HashSet<String>();
    var tally = new TickTally(0, 0, 0, 0, 0, 0);
    for (var schedule : schedules) {
      for (var at : due) {
        known.add(schedule.fetchId(at));
        tally = tally.plus(tick(schedule, at, came));
      }
      tally = tally.plus(new TickTally(0, 0, 0, 0, 0, isAsDue(schedule, due) ? 0 : 1));
    }
    var unknown = came.keySet().stream().filter(it -> !known.contains(it)).count();
    return tally.plus(new TickTally(0, 0, 0, unknown, 0, 0));
  }

  private static TickTally tick(Ended schedule, Instant at, Map<String, List<Arrival>> came) {
    var noted = schedule.recent().stream().filter(it -> it.at().equals(at)).toList();
    var there = came.getOrDefault(schedule.fetchId(at), List.of());
    var fired = noted.stream().filter(Tick::isFired).count();
    var isRepeated = there.stream().map(Arrival::attempt).distinct().count() < there.size();
    var isEarly =
        noted.stream().anyMatch(it -> it.decidedAt().isBefore(at))
            || there.stream().anyMatch(it -> it.at().isBefore(at));
    return new TickTally(
        1,
        Math.min(1, fired),
        fired == 0 || there.isEmpty() ? 1 : 0,
        noted.size() > 1 || isRepeated ? 1 : 0,
        isEarly ? 1 : 0,
        0);
  }

  /** What a schedule notes besides, such as a tick of another time, is in its counts. */
  private static boolean isAsDue(Ended schedule, List<Instant> due) {
    var noted = Set.copyOf(schedule.recent().stream().map(Tick::at).toList());
    return schedule.state().equals("ended")
        && schedule.counted() == due.size()
        && schedule.others() == 0
        && noted.equals(Set.copyOf(due));
  }

  private TickTally plus(TickTally more) {
    return new TickTally(
        due + more.due,
        fired + more.fired,
        lost + more.lost,
        twice + more.twice,
        early + more.early,
        otherwise + more.otherwise);
  }

  /** From when each tick of that time was due until it was decided. */
  static List<Duration> late(Collection<Ended> schedules, Instant due) {
    return schedules.stream()
        .flatMap(it -> it.recent().stream())
        .filter(it -> it.at().equals(due))
        .map(it -> Duration.between(due, it.decidedAt()))
        .toList();
  }

  /** From when each tick of that time was due until its fetch came first. */
  static List<Duration> came(Collection<Arrival> arrivals, Instant due) {
    var first = new HashMap<String, Instant>();
    arrivals.stream()
        .filter(it -> it.fetchId().endsWith("~" + due))
        .forEach(it -> first.merge(it.fetchId(), it.at(), (a, b) -> a.isBefore(b) ? a : b));
    return first.values().stream().map(at -> Duration.between(due, at)).toList();
  }
}
