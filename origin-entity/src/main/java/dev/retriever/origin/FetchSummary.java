package dev.retriever.origin;

import dev.retriever.executor.Stage;
import java.time.Instant;
import java.util.Optional;

/**
 * A fetch as a list shows it: without headers, bodies and attempts. Immutable.
 *
 * @param settledAt present together with {@code type}: the fetch has settled
 * @param stage how far it got, as {@link Outcome#reached}
 * @param status of the response, as far as one came
 * @param reason why there is no answer, as {@link Outcome#why}
 * @param exhausted as in {@link FetchView}
 * @param notBefore when it may begin at the earliest, while it {@link FetchView#waitsForItsTime}
 */
public record FetchSummary(
    String originId,
    String id,
    Instant acceptedAt,
    Optional<Instant> settledAt,
    Optional<Outcome.Type> type,
    Optional<Stage> stage,
    Optional<Integer> status,
    Optional<String> reason,
    boolean exhausted,
    Optional<Instant> notBefore) {
  /** Accepts messages of versions without scheduled fetches. */
  public FetchSummary {
    notBefore = notBefore == null ? Optional.empty() : notBefore;
  }
}
