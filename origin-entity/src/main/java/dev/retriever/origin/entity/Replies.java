package dev.retriever.origin.entity;

import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.SettledFetch;
import dev.retriever.origin.storage.StoredFetch;
import dev.retriever.origin.view.Views;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes an origin's replies about its fetches.
 *
 * @param maxBody a settled fetch with a larger body is not sent along: its reader takes it from the
 *     journal
 */
public record Replies(String originType, String originId, long maxBody, OriginCore core) {
  /**
   * The fetch as it stands, or that there is none. A caller that reuses an id learns nothing of the
   * fetch. A fetch whose retention is over and which is kept for its continuation is not shown: its
   * rows may be gone.
   */
  public OriginReply.Fetch fetch(OriginState state, Verdict verdict, String fetchId, Instant now) {
    if (!core.knows(state, fetchId, now)) {
      return none(verdict == Verdict.NOTED ? Verdict.NO_SUCH_FETCH : verdict);
    }
    if (verdict == Verdict.ID_REUSED || verdict == Verdict.ERASED) {
      return none(verdict);
    }
    return state
        .pending(fetchId)
        .map(fetch -> stored(state, fetch))
        .or(() -> state.settled(fetchId).filter(f -> core.shows(f, now)).map(Replies::stored))
        .map(stored -> at(verdict, stored))
        .orElseGet(() -> none(verdict));
  }

  private static OriginReply.Fetch at(Verdict verdict, StoredFetch stored) {
    return stored.row().isEmpty() && stored.lateRows().isEmpty()
        ? new OriginReply.Fetch(verdict, stored.pending(), Optional.empty())
        : new OriginReply.Fetch(verdict, Optional.empty(), Optional.of(stored));
  }

  private static OriginReply.Fetch none(Verdict verdict) {
    return new OriginReply.Fetch(verdict, Optional.empty(), Optional.empty());
  }

  private StoredFetch stored(OriginState state, PendingFetch fetch) {
    var view = Views.pending(originType, originId, state, fetch, List.of());
    return new StoredFetch(
        fetch.id(),
        fetch.acceptedAt(),
        Optional.empty(),
        fetch.lateRows(),
        Optional.of(view),
        Erased.NO);
  }

  private static StoredFetch stored(SettledFetch fetch) {
    return new StoredFetch(
        fetch.id(),
        fetch.acceptedAt(),
        Optional.of(fetch.row()),
        fetch.lateRows(),
        Optional.empty(),
        fetch.erased());
  }

  /** A fetch that has just settled, with its outcome, which the state does not keep. */
  OriginReply.Fetch settled(OriginState state, OriginEvent.FetchSettled event) {
    var fetch = state.settled(event.fetchId()).orElseThrow();
    var size = event.outcome().received().map(response -> response.body().size()).orElse(0);
    if (size > maxBody || !fetch.lateRows().isEmpty()) {
      return fetch(state, Verdict.NOTED, event.fetchId(), event.at());
    }
    var view = Views.settled(originType, originId, fetch.acceptedAt(), event);
    return new OriginReply.Fetch(Verdict.NOTED, Optional.of(view), Optional.empty());
  }

  public OriginReply.Redriven redriven(OriginState state, String cause) {
    return new OriginReply.Redriven(
        Optional.ofNullable(state.unhandled().get(cause))
            .map(unhandled -> Views.unhandled(state, unhandled)));
  }
}
