package dev.retriever.origin.core;

import dev.retriever.origin.OriginEvent.BodiesErased;
import dev.retriever.origin.OriginEvent.ErasureDone;
import dev.retriever.origin.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Decides about the erasure of what a settled fetch sent and got. */
record Erasing(OriginCore core) {
  /** After this time it is tried again, if rows and snapshots are not overwritten. */
  static final Duration AGAIN = Duration.ofMinutes(1);

  private static final Duration LONGEST = Duration.ofHours(1);

  /** The times between tries double. */
  static Instant again(SettledFetch fetch, Instant asked) {
    var tried = Duration.between(fetch.erasure().orElseThrow().since(), asked);
    var wait = tried.compareTo(AGAIN) < 0 ? AGAIN : tried;
    return asked.plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }

  Decision erase(OriginState state, String fetchId, Instant now) {
    if (state.pending(fetchId).isPresent()) {
      return Decision.nothing(Verdict.NOT_SETTLED);
    }
    var fetch = core.settled(state, fetchId, now);
    if (fetch.isEmpty()) {
      return Decision.nothing(Verdict.NO_SUCH_FETCH);
    }
    if (!state.unhandledOf(fetchId).isEmpty()) {
      // Its outcome is in the state, and the continuation needs it.
      return Decision.nothing(Verdict.UNHANDLED);
    }
    return fetch.get().erasure().isPresent()
        ? Decision.nothing(Verdict.NOTED)
        : asked(fetchId, now);
  }

  /** Asks for it, for the first time or again. */
  static Decision asked(String fetchId, Instant now) {
    return new Decision(Verdict.NOTED, List.of(new BodiesErased(fetchId, now)), List.of());
  }

  /**
   * All rows before that one are overwritten, and older snapshots deleted.
   *
   * @param row of the first event that asked for it
   */
  static Decision done(OriginState state, String fetchId, long row, Instant now) {
    return state
        .settled(fetchId)
        .flatMap(SettledFetch::erasure)
        .filter(erasure -> erasure.row() == row && !erasure.done())
        .map(
            erasure ->
                new Decision(Verdict.NOTED, List.of(new ErasureDone(fetchId, now)), List.of()))
        .orElse(Decision.nothing(Verdict.NOTED));
  }
}
