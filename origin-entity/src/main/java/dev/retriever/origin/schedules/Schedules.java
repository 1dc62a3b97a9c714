package dev.retriever.origin.schedules;

import java.util.concurrent.CompletionStage;

/**
 * The schedules of the origins of one type: each belongs to one origin, is in its journal, and
 * makes fetches of it. Their outcomes come as those of all its fetches; no continuation runs for
 * them. Thread-safe.
 *
 * <p>Stages fail as those of {@link dev.retriever.origin.Origins}: after a time-out the result is
 * unknown. All requests but {@code Trigger} may be repeated.
 */
@FunctionalInterface
public interface Schedules {
  /** Most schedules of one origin, inclusive. */
  int MOST = 1_000;

  /** Most ticks of one backfill, inclusive. */
  int MOST_BACKFILLED = 10_000;

  /** The longest id of a schedule, in characters: the ids of its fetches begin with it. */
  int LONGEST_ID = 64;

  /** Changes or shows schedules of that origin. A change is durable when the stage completes. */
  CompletionStage<ScheduleAnswer> ask(String originId, ScheduleRequest request);

  /** Makes a schedule, or gives it other contents, whatever it has. */
  default CompletionStage<ScheduleAnswer> put(String originId, String id, ScheduleSpec spec) {
    return ask(originId, new ScheduleRequest.Put(id, spec, ScheduleRequest.Condition.NONE));
  }

  /** Shows a schedule. */
  default CompletionStage<ScheduleAnswer> read(String originId, String id) {
    return ask(originId, new ScheduleRequest.Read(id));
  }

  /** Takes a schedule away. */
  default CompletionStage<ScheduleAnswer> remove(String originId, String id) {
    return ask(originId, new ScheduleRequest.Remove(id, ScheduleRequest.Condition.NONE));
  }
}
