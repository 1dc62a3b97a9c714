package dev.retriever.loadtest.ledger;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts how often each attempt of each fetch reached the target, and notes attempts that came
 * before a {@code Retry-After} was over. Requests without a fetch id count under {@code ""}, those
 * without a readable attempt number under attempt 0. Thread-safe.
 */
public final class Hits {
  /**
   * The most fetches that are counted. Beyond it the target refuses, since an incomplete count
   * proves nothing.
   */
  static final int FETCHES_MAX = 1_000_000;

  /**
   * An attempt that came too early.
   *
   * @param asked the attempt that was answered with {@code Retry-After}
   * @param attempt the attempt that came too early
   * @param millis how much too early, by the target's clock
   */
  public record Early(String fetchId, int asked, int attempt, long millis) {}

  private record Pause(int attempt, long until) {}

  private final InstantSource clock;
  private final Map<String, Map<Integer, Integer>> counts = new HashMap<>();
  private final Map<String, Pause> pauses = new HashMap<>();
  private final List<Early> early = new ArrayList<>();

  public Hits(InstantSource clock) {
    this.clock = clock;
  }

  /** Notes that the answer to an attempt forbids another one for so long. */
  public synchronized void pause(String fetchId, int attempt, int seconds) {
    pauses.put(fetchId, new Pause(attempt, clock.millis() + seconds * 1000L));
  }

  /** The attempts that came before a pause was over, at most one for each pause. */
  public synchronized List<Early> early() {
    return List.copyOf(early);
  }

  private void judge(String fetchId, int attempt) {
    var pause = pauses.get(fetchId);
    if (pause == null || attempt <= pause.attempt) {
      return;
    }
    pauses.remove(fetchId);
    var millis = pause.until - clock.millis();
    if (millis > 0) {
      early.add(new Early(fetchId, pause.attempt, attempt, millis));
    }
  }

  /** Counts a hit; false when there are too many fetches to count. */
  public synchronized boolean count(String fetchId, int attempt) {
    if (counts.size() >= FETCHES_MAX && !counts.containsKey(fetchId)) {
      return false;
    }
    judge(fetchId, attempt);
    counts.computeIfAbsent(fetchId, id -> new TreeMap<>()).merge(attempt, 1, Integer::sum);
    return true;
  }

  public synchronized Map<String, Map<Integer, Integer>> snapshot() {
    var copy = new TreeMap<String, Map<Integer, Integer>>();
    counts.forEach((fetchId, attempts) -> copy.put(fetchId, Map.copyOf(attempts)));
    return copy;
  }

  public synchronized void reset() {
    counts.clear();
    pauses.clear();
    early.clear();
  }
}
