package dev.retriever.origin.entity;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Reservation;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.Full;
import dev.retriever.origin.core.Lane;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.StoredBody;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * The permits that one origin has taken for attempts that are not durable yet, and the pools and
 * targets that had none left for it.
 */
public final class Permits implements AttemptRoom {
  private final Pools pools;
  private final BiFunction<String, Integer, AttemptKey> key;

  /** By the id of the pool that has the permit. */
  private final Map<AttemptKey, String> reserved = new HashMap<>();

  /** Of those, where it was an attempt of this origin itself that stood in its own way. */
  private final Set<Lane> held = new HashSet<>();

  /** Of those that were full, the pools for whose next request body there was no memory. */
  private final Set<Optional<String>> unfit = new HashSet<>();

  /** Whether a request body of so many bytes may be sent now. */
  private final LongPredicate fits;

  /** Attempts that would end with this incarnation begin no more. */
  private boolean leaving;

  /** Fetches that are due to start had no room there, or the node has no such pool. */
  private final Full full = new Full();

  public Permits(Pools pools, BiFunction<String, Integer, AttemptKey> key, LongPredicate fits) {
    this.pools = pools;
    this.key = key;
    this.fits = fits;
  }

  /** The origin is about to leave memory: what it would make itself, its next incarnation makes. */
  void leave() {
    leaving = true;
  }

  @Override
  public Optional<String> first(String fetchId, FetchSpec spec) {
    var lane = Lane.of(spec);
    var bytes = spec.request().body().map(Body::size).orElse(0);
    // Those that wait already go before it.
    return full.has(lane) || !fits.test(bytes)
        ? Optional.empty()
        : reserve(key.apply(fetchId, 1), lane).pool();
  }

  private Reservation reserve(AttemptKey attempt, Lane lane) {
    if (leaving && lane.isDirect()) {
      return Reservation.none();
    }
    var reservation = pools.reserve(lane.pool(), attempt, lane.target());
    reservation.pool().ifPresent(id -> reserved.put(attempt, id));
    return reservation;
  }

  /**
   * Takes permits for those that are to start by then, one after the other, until their pools or
   * their targets are full.
   */
  @Override
  public Map<String, String> next(OriginState state, Instant until, int limit) {
    full.clear();
    held.clear();
    unfit.clear();
    var bytes = 0L;
    var granted = new LinkedHashMap<String, String>();
    var starts = state.starts().inTurn(until, limit, full);
    var next = starts.next();
    while (next.isPresent() && granted.size() < limit) {
      var fetch = state.pending(next.get().payload().id()).orElseThrow();
      var lane = Lane.of(fetch);
      var more = bytes + fetch.storedBody().map(StoredBody::size).orElse(0);
      if (!full.has(lane) && more > bytes && !fits.test(more)) {
        // To begin would be to read a body that is refused then. Those behind it wait as well.
        full.add(lane.pool());
        unfit.add(lane.pool());
      } else if (!full.has(lane)) {
        var poolId = reserve(fetch, lane);
        bytes = poolId.isPresent() ? more : bytes;
        poolId.ifPresent(id -> granted.put(fetch.id(), id));
      }
      next = starts.next();
    }
    return granted;
  }

  private Optional<String> reserve(PendingFetch fetch, Lane lane) {
    var reservation = reserve(key.apply(fetch.id(), fetch.nextNumber()), lane);
    switch (reservation.room()) {
      case RESERVED -> {}
      case POOL_FULL -> full.add(lane.pool());
      case TARGET_FULL -> full.add(lane);
      case HELD -> {
        full.add(lane);
        held.add(lane);
      }
    }
    return reservation.pool();
  }

  /**
   * Asks for word when there is room where there was none. Nobody tells when a permit lapses that
   * an earlier incarnation left behind, nor when there is memory for a body.
   *
   * @param waiter who asks
   */
  void awaitRoom(String waiter, Runnable tryAgain) {
    full.pools().stream()
        .filter(name -> !unfit.contains(name))
        .forEach(name -> pools.awaitRoom(name, Optional.empty(), waiter, tryAgain));
    full.targets()
        .forEach(
            (name, targets) ->
                targets.stream()
                    .filter(target -> !held.contains(new Lane(name, target)))
                    .forEach(at -> pools.awaitRoom(name, Optional.of(at), waiter, tryAgain)));
  }

  public boolean awaitsRoom() {
    return !full.isEmpty();
  }

  /**
   * When to look for those due to start. Full pools are looked at again after a while, those that
   * the node does not have never: it has them when it is started with them.
   */
  public Optional<Instant> nextStart(OriginState state, Instant now, Duration recheck) {
    var again =
        Stream.concat(full.pools().stream(), full.targets().keySet().stream())
            .filter(pools::has)
            .findAny();
    return Stream.of(state.starts().next(full), again.map(name -> now.plus(recheck)))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /** The attempt is durable and about to be dispatched. */
  public void used(AttemptKey attempt) {
    reserved.remove(attempt);
  }

  /** What was reserved and has not been used will not be. */
  public void letGo() {
    reserved.forEach((attempt, id) -> pools.withId(id).ifPresent(pool -> pool.release(attempt)));
    reserved.clear();
  }
}
