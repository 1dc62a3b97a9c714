package dev.retriever.origin;

import java.util.List;
import java.util.Optional;

/**
 * What an origin tells of its fetches.
 *
 * @param maxBody a settled fetch with a larger one is not sent along: its reader goes to the
 *     journal
 */
record Replies(String originId, long maxBody) {
  /** The fetch as it stands, or that there is none. Nothing of it to whoever reuses its id. */
  OriginReply.Fetch fetch(OriginState state, Verdict verdict, String fetchId) {
    if (!state.knows(fetchId) || verdict == Verdict.ID_REUSED) {
      return new OriginReply.Fetch(
          verdict == Verdict.NOTED ? Verdict.NO_SUCH_FETCH : verdict,
          Optional.empty(),
          Optional.empty());
    }
    var stored =
        state
            .pending(fetchId)
            .map(this::stored)
            .or(() -> state.settled(fetchId).map(Replies::stored))
            .orElseThrow();
    return stored.row().isEmpty() && stored.lateRows().isEmpty()
        ? new OriginReply.Fetch(verdict, stored.pending(), Optional.empty())
        : new OriginReply.Fetch(verdict, Optional.empty(), Optional.of(stored));
  }

  private OriginReply.Stored stored(PendingFetch fetch) {
    var view = FetchView.pending(originId, fetch, List.of());
    return new OriginReply.Stored(
        fetch.id(), fetch.acceptedAt(), Optional.empty(), fetch.lateRows(), Optional.of(view));
  }

  private static OriginReply.Stored stored(SettledFetch fetch) {
    return new OriginReply.Stored(
        fetch.id(),
        fetch.acceptedAt(),
        Optional.of(fetch.row()),
        fetch.lateRows(),
        Optional.empty());
  }

  /** A fetch that has just settled, with its outcome, which is at hand only now. */
  OriginReply.Fetch settled(OriginState state, OriginEvent.FetchSettled event) {
    var fetch = state.settled(event.fetchId()).orElseThrow();
    var size = event.outcome().received().map(response -> response.body().size()).orElse(0);
    if (size > maxBody || !fetch.lateRows().isEmpty()) {
      return fetch(state, Verdict.NOTED, event.fetchId());
    }
    var view = FetchView.settled(originId, fetch.acceptedAt(), event, List.of());
    return new OriginReply.Fetch(Verdict.NOTED, Optional.of(view), Optional.empty());
  }

  OriginReply.Redriven redriven(OriginState state, String cause) {
    return new OriginReply.Redriven(
        Optional.ofNullable(state.unhandled().get(cause))
            .map(unhandled -> UnhandledView.of(state, unhandled)));
  }
}
