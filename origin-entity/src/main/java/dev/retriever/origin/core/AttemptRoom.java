package dev.retriever.origin.core;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Verdict;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Where a turn asks for room: in memory, and with those who make attempts. */
public interface AttemptRoom {
  /** Why there is no memory for another fetch with that request. */
  default Optional<Verdict> refusal(FetchSpec spec) {
    return Optional.empty();
  }

  /** Who makes the first attempt of that new fetch, if there is room for it. */
  Optional<String> first(String fetchId, FetchSpec spec);

  /**
   * Who makes the next attempts of those that are to start by then.
   *
   * @param limit so many at most
   * @return by fetch id, the executor that has room for its next attempt
   */
  Map<String, String> next(OriginState state, Instant until, int limit);
}
