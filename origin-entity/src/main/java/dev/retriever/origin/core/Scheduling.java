package dev.retriever.origin.core;

import dev.retriever.origin.Later;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.Verdict;
import java.time.Instant;
import java.util.List;

/** Decides about the time of a fetch of which no attempt has begun. */
record Scheduling(OriginCore core) {
  /** Moves its time, earlier or later. */
  Decision move(OriginState state, String fetchId, Later later, Instant now) {
    var fetch = state.pending(fetchId);
    if (fetch.isEmpty() || !fetch.get().attempts().isEmpty()) {
      return refused(state, fetchId, now);
    }
    if (later.tooFar(now) || later.past(now)) {
      return Decision.nothing(Verdict.NOT_BEFORE_OUT_OF_RANGE);
    }
    var notBefore = later.from(now);
    if (!notBefore.isAfter(now)) {
      return start(state, fetchId, now);
    }
    return fetch.get().notBefore().filter(notBefore::equals).isPresent()
        ? Decision.nothing(Verdict.NOTED)
        : new Decision(
            Verdict.NOTED, List.of(new FetchScheduled(fetchId, notBefore, now)), List.of());
  }

  /** Brings it forward. It begins as one that is accepted now and finds no room at once. */
  Decision start(OriginState state, String fetchId, Instant now) {
    var fetch = state.pending(fetchId);
    if (fetch.isEmpty() || !fetch.get().attempts().isEmpty()) {
      return refused(state, fetchId, now);
    }
    return state.isScheduled(fetch.get()) && fetch.get().mayBeginAt().isAfter(now)
        ? due(fetch.get(), now)
        : Decision.nothing(Verdict.NOTED);
  }

  static Decision due(PendingFetch fetch, Instant now) {
    return new Decision(Verdict.NOTED, List.of(new FetchDue(fetch.id(), now)), List.of());
  }

  private Decision refused(OriginState state, String fetchId, Instant now) {
    if (state.pending(fetchId).isPresent()) {
      return Decision.nothing(Verdict.HAS_BEGUN);
    }
    return Decision.nothing(
        core.knows(state, fetchId, now) ? Verdict.SETTLED_OTHERWISE : Verdict.NO_SUCH_FETCH);
  }
}
