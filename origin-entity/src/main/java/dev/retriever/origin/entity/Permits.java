package dev.retriever.origin.entity;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Reservation;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.room.Full;
import dev.retriever.origin.core.room.Lane;
import dev.retriever.origin.core.specs.StoredBody;
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
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Takes permits from pools for the attempts of one origin. Holds those of attempts that are not
 * durable yet, and knows the pools and targets that had no room.
 */
public final class Permits implements AttemptRoom {
  private final Pools pools;
  private final BiFunction<String, Integer, AttemptKey> key;

  /** Taken permits, with the id of their pool. */
  private final Map<AttemptKey, String> reserved = new HashMap<>();

  /** Full lanes in which an earlier attempt of this origin holds the permit. */
  private final Set<Lane> held = new HashSet<>();

  /** Full pools for whose next request body there was no memory. */
  private final Set<Optional<String>> unfit = new HashSet<>();

  /** Lanes in which a fetch with a grant found no room. */
  private final Map<Lane, Room> fullForGrants = new LinkedHashMap<>();

  /** Whether a request body of so many bytes may be sent now. */
  private final LongPredicate fits;

  /** Whether this node knows where the next attempt of a fetch goes. */
  private final Predicate<PendingFetch> hasPlace;

  /** Whether the origin leaves memory; then it begins no direct attempts. */
  private boolean leaving;

  /** Pools and targets without room for due starts, or pools that the node does not have. */
  private final Full full = new Full();

  /**
   * @param hasPlace false for callbacks whose endpoints this node has not heard of yet
   */
  public Permits(
      Pools pools,
      BiFunction<String, Integer, AttemptKey> key,
      LongPredicate fits,
      Predicate<PendingFetch> hasPlace) {
    this.hasPlace = hasPlace;
    this.pools = pools;
    this.key = key;
    this.fits = fits;
  }

  /** The origin is about to leave memory: its next incarnation makes the direct attempts. */
  void leave() {
    leaving = true;
  }

  @Override
  public Optional<String> first(String fetchId, FetchSpec spec) {
    var lane = Lane.of(spec);
    var bytes = spec.request().body().map(Body::size).orElse(0);
    // Fetches that wait already go first.
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

  /** The permit is released after the turn, if the turn does not use it. */
  @Override
  public Optional<String> granted(PendingFetch fetch) {
    var lane = fetch.lane();
    var bytes = fetch.storedBody().map(StoredBody::size).orElse(0);
    if (full.has(lane) || !fits.test(bytes) || !hasPlace.test(fetch)) {
      return Optional.empty();
    }
    var reservation = reserve(key.apply(fetch.id(), fetch.nextNumber()), lane);
    if (reservation.pool().isEmpty() && reservation.room() != Room.HELD) {
      fullForGrants.put(lane, reservation.room());
    }
    return reservation.pool();
  }

  /** Asks the pools to call back that had no room for fetches with grants. */
  void awaitRoomForGrants(String waiter, Runnable tryAgain) {
    fullForGrants.forEach(
        (lane, room) -> {
          var target =
              room == Room.TARGET_FULL ? Optional.of(lane.target()) : Optional.<Target>empty();
          pools.awaitRoom(lane.pool(), target, waiter, tryAgain);
        });
    fullForGrants.clear();
  }

  /**
   * Takes permits for the starts that are due by then, one after the other, until their pools or
   * targets are full.
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
      var lane = fetch.lane();
      var more = bytes + fetch.storedBody().map(StoredBody::size).orElse(0);
      if (!full.has(lane) && !hasPlace.test(fetch)) {
        // No pool calls back for that; it is looked at again as full pools are.
        full.add(lane);
        held.add(lane);
      } else if (!full.has(lane) && more > bytes && !fits.test(more)) {
        // The body would be read and then refused. The starts behind it wait as well.
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
   * Asks the pools to call back when there is room. There is no call when a permit of an earlier
   * incarnation lapses, nor when there is memory for a body.
   *
   * @param waiter the name of this origin
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
   * When to look for due starts. Full pools are tried again after {@code recheck}; pools that the
   * node does not have are not, since it gets them only by a restart.
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

  /** Releases the permits that were not used. */
  public void letGo() {
    reserved.forEach((attempt, id) -> pools.withId(id).ifPresent(pool -> pool.release(attempt)));
    reserved.clear();
  }
}
