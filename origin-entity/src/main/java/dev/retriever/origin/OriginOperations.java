package dev.retriever.origin;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.origin.Origins.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The operators' door to the origins of one type: looks into them, runs again what failed, and
 * counts. Stages fail as those of {@link Origins} do. Thread-safe.
 */
public interface OriginOperations {
  /** Most alarms that one call may trigger: they are one journal write. */
  int MAX_TRIGGER = 500;

  /** Most fetches, alarms and unhandled things that one view holds, of each. */
  int MAX_VIEW = 200;

  /**
   * An origin as it stands: what is pending, what will ring, and what could not be handled.
   *
   * @param limit at most so many of each, 0 to {@link #MAX_VIEW}
   * @throws IllegalArgumentException if the limit is out of its range
   */
  CompletionStage<OriginView> view(String originId, int limit);

  /**
   * Alarms of an origin, its handlers' and its own, in the order in which they will ring.
   *
   * @param filter by {@link AlarmView#id} and time; of an origin of unknown size, give it a limit
   */
  CompletionStage<List<AlarmView>> alarms(
      String originId, AlarmFilter filter, Set<AlarmView.Kind> kinds);

  /**
   * Rings the earliest alarms of an origin now, before they are due: its handlers' and its own,
   * which give up fetches and attempts. For tests, and for operators who know what they do.
   *
   * @param count 1 to {@link #MAX_TRIGGER}
   * @return those that rang, in order; fewer when there are no more
   * @throws IllegalArgumentException if the count is out of its range
   */
  CompletionStage<List<AlarmView>> trigger(String originId, int count);

  /**
   * Runs what is unhandled or parked of a fetch, now. {@code NOTED} with the fetch, whether that
   * helped or not; {@code NO_SUCH_FETCH} when there is none.
   */
  CompletionStage<Answer> redrive(String originId, String fetchId);

  /**
   * Runs one continuation that is unhandled or parked, now.
   *
   * @param key from {@link UnhandledView#key}
   * @return what is still unhandled of it; empty when it has run, or there is no such thing
   */
  CompletionStage<Optional<UnhandledView>> redriveUnhandled(String originId, String key);

  /** Counts since the node started, and what is pending on it now. */
  Stats stats();

  /**
   * What the origins of one type count on a node.
   *
   * @param counts every notice, from 0 when the node started
   * @param pending fetches that have not settled, of origins in its memory
   * @param inMemory origins in its memory
   */
  record Stats(Map<Notice, Long> counts, long pending, long inMemory) {}
}
