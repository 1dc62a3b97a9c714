package dev.retriever.origin.core;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Lease;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.callback.Endpoints;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Gives a turn room: in memory, and in the pools that make attempts. */
public interface AttemptRoom {
  /**
   * Why there is no memory for another fetch with that request.
   *
   * @param taken bytes that other new fetches of the turn hold, as {@link #held} says
   */
  default Optional<Verdict> refusal(FetchSpec spec, long taken) {
    return Optional.empty();
  }

  /** The bytes of memory that a fetch holds. */
  default long held(PendingFetch fetch) {
    return 0;
  }

  /** Why a new fetch may not wait in that queue. */
  default Optional<Verdict> refusal(QueueChoice choice) {
    return Optional.empty();
  }

  /** The endpoints that may be told outcomes, as this node knows them. */
  default Endpoints endpoints() {
    return Endpoints.none();
  }

  /** The name of the tenant of the origin, which its endpoints belong to. */
  default String tenant() {
    return Tenant.DEFAULT.name();
  }

  /** The key, in every queue, of the origin's fetches that choose none. */
  default String ownKey() {
    return "";
  }

  /** The pass with which the new fetch need not wait in its queue, if its node has one. */
  default Optional<Lease> pass(FetchSpec spec) {
    return Optional.empty();
  }

  /** The id of the pool that makes the next attempt of a fetch now; empty without room. */
  default Optional<String> granted(PendingFetch fetch) {
    return Optional.empty();
  }

  /** The id of the pool that makes the first attempt of the new fetch; empty without room. */
  Optional<String> first(String fetchId, FetchSpec spec);

  /**
   * Reserves room for the next attempts of fetches that are due to start by then.
   *
   * @param limit at most this many
   * @return by fetch id, the id of the pool that has room for the next attempt
   */
  Map<String, String> next(OriginState state, Instant until, int limit);
}
