package dev.retriever.loadtest.ledger;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each attempt of each fetch reached the target, and which came earlier than the target
 * had asked for. Requests that name no fetch count under {@code ""}, those without a readable
 * attempt number under attempt 0. Thread-safe.
 */
public final class Hits {
  /** Fetches told apart; past it the target refuses, because a count with holes proves nothing. */
  static final int FETCHES_MAX = 1_000_000;

  /**
   * A fetch came again too early.
   *
   * @param asked the attempt that was answered with {@code Retry-After}
   * @param attempt the one that came
   * @param millis before its time, by the target's clock
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

  /** An attempt is being answered, and no other is to come for so long. */
  public synchronized void pause(String fetchId, int attempt, int seconds) {
    pauses.put(fetchId, new Pause(attempt, clock.millis() + seconds * 1000L));
  }

  /** Those that came before a pause was over; each pause once. */
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

  /** False when the book is full and the hit could not be counted. */
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
