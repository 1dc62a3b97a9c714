package dev.retriever.origin;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.origin.Origins.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The operators' interface to the origins of one type: inspects them, redrives failed
 * continuations, and counts. Stages fail as those of {@link Origins} do. Thread-safe.
 */
public interface OriginOperations {
  /** Most alarms that one call may trigger: they are one journal write. */
  int MAX_TRIGGER = 500;

  /** Most fetches, alarms and unhandled things that one view holds, of each. */
  int MAX_VIEW = 200;

  /**
   * An origin as it stands: pending fetches, next alarms, and unhandled causes.
   *
   * @param limit at most so many of each, 0 to {@link #MAX_VIEW}
   * @throws IllegalArgumentException if the limit is out of its range
   */
  CompletionStage<OriginView> view(String originId, int limit);

  /**
   * Alarms of an origin, its handlers' and its own, in the order in which they will fire.
   *
   * @param filter by {@link AlarmView#id} and time; of an origin of unknown size, give it a limit
   */
  CompletionStage<List<AlarmView>> alarms(
      String originId, AlarmFilter filter, Set<AlarmView.Kind> kinds);

  /**
   * Fires the earliest alarms of an origin now, before they are due: its handlers' and its own. The
   * origin's own alarms give up fetches and attempts. For tests, and for careful operators.
   *
   * @param count 1 to {@link #MAX_TRIGGER}
   * @return the alarms that fired, in order; fewer when there are no more
   * @throws IllegalArgumentException if the count is out of its range
   */
  CompletionStage<List<AlarmView>> trigger(String originId, int count);

  /**
   * Fires one alarm of an origin now, if it still is the earliest.
   *
   * @param shown as {@link #view} or {@link #alarms} gave it; times are compared by milliseconds
   * @return whether it fired. If not, nothing was changed: another one is the earliest now, or this
   *     one has no room, or is a tick of a schedule, which has a trigger of its own
   */
  CompletionStage<Boolean> trigger(String originId, AlarmView shown);

  /**
   * Runs the unhandled and parked continuations of a fetch now. {@code NOTED} with the fetch,
   * whether they succeeded or not; {@code NO_SUCH_FETCH} when there is none.
   */
  CompletionStage<Answer> redrive(String originId, String fetchId);

  /**
   * Runs one unhandled or parked continuation now.
   *
   * @param key from {@link UnhandledView#key}
   * @return the cause if it is still unhandled; empty when the continuation has run, or there is no
   *     such cause
   */
  CompletionStage<Optional<UnhandledView>> redriveUnhandled(String originId, String key);

  /** Counts since the node started, and what is pending on it now. */
  Stats stats();

  /**
   * What the origins of one type count on a node.
   *
   * @param counts every notice, from 0 when the node started
   * @param pending fetches that have not settled, of origins in its memory
   * @param mostUnsettled the most fetches at once that were accepted and not settled here since the
   *     node started, also of origins that slept. Those of before the start, or of origins that
   *     moved, do not count as accepted here, only as settled
   * @param inMemory origins in its memory
   */
  record Stats(Map<Notice, Long> counts, long pending, long mostUnsettled, long inMemory) {}
}
