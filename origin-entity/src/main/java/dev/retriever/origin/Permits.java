package dev.retriever.origin;

import dev.retriever.alarms.Alarm;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Pools;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * The permits that one origin has taken for attempts that are not durable yet, and the pools that
 * had none left for it.
 */
final class Permits {
  private final Pools pools;
  private final BiFunction<String, Integer, AttemptKey> key;

  /** By the id of the pool that has the permit. */
  private final Map<AttemptKey, String> reserved = new HashMap<>();

  /** Attempts that would end with this incarnation begin no more. */
  private boolean leaving;

  /** Fetches that are due to start had no room there, or the node has no such pool. */
  private final Set<Optional<String>> full = new HashSet<>();

  Permits(Pools pools, BiFunction<String, Integer, AttemptKey> key) {
    this.pools = pools;
    this.key = key;
  }

  /** The origin is about to leave memory: what it would make itself, its next incarnation makes. */
  void leave() {
    leaving = true;
  }

  /** The executor that has room for that attempt, if its pool has. */
  Optional<String> reserve(String fetchId, int attempt, FetchSpec spec) {
    if (leaving && spec.isDirect()) {
      return Optional.empty();
    }
    var attemptKey = key.apply(fetchId, attempt);
    var pool = pools.reserve(spec.executor(), attemptKey);
    pool.ifPresent(id -> reserved.put(attemptKey, id));
    return pool;
  }

  /**
   * Takes permits for those that are to start, one after the other, until their pools are full.
   *
   * @param limit so many at most
   * @return by fetch id, the executor that has room for its next attempt
   */
  Map<String, String> reserve(OriginState state, List<Alarm<Guard>> starts, int limit) {
    full.clear();
    var granted = new LinkedHashMap<String, String>();
    for (var start : starts) {
      var fetch = state.pending(start.payload().id()).orElseThrow();
      if (granted.size() < limit && !full.contains(fetch.spec().executor())) {
        reserve(fetch.id(), fetch.nextNumber(), fetch.spec())
            .ifPresentOrElse(
                executor -> granted.put(fetch.id(), executor),
                () -> full.add(fetch.spec().executor()));
      }
    }
    return granted;
  }

  /**
   * Asks the pools that were full to tell when they have room.
   *
   * @param waiter who asks
   */
  void awaitRoom(String waiter, Runnable tryAgain) {
    full.forEach(name -> pools.awaitRoom(name, waiter, tryAgain));
  }

  boolean awaitsRoom() {
    return !full.isEmpty();
  }

  /**
   * When to look for those due to start. Full pools are looked at again after a while, those that
   * the node does not have never: it has them when it is started with them.
   */
  Optional<Instant> nextStart(OriginState state, Instant now, Duration recheck) {
    var again = full.stream().filter(pools::has).findAny();
    return Stream.of(state.starts().next(full), again.map(name -> now.plus(recheck)))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /** The attempt is durable and about to be dispatched. */
  void used(AttemptKey attempt) {
    reserved.remove(attempt);
  }

  /** What was reserved and has not been used will not be. */
  void letGo() {
    reserved.forEach((attempt, id) -> pools.withId(id).ifPresent(pool -> pool.release(attempt)));
    reserved.clear();
  }
}
