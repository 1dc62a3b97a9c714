package dev.retriever.origin.view;

import dev.retriever.executor.Report;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes pages of an origin's outcomes.
 *
 * @param maxBytes what of a page may be sent along, about; the rest its reader takes from the
 *     journal
 */
public record OutcomePages(OriginCore core, long maxBytes) {
  /** What an outcome has beside its response, for each attempt, about. */
  private static final long BESIDE = 200;

  /**
   * What has settled after that row. What is over when the retention is counts as a gap, whether it
   * has been forgotten already or not: its rows may be gone.
   *
   * @param limit look at so many at most
   * @param atHand by row, those that settled just now
   */
  public OutcomePage after(
      OriginState state, long row, int limit, Instant now, Map<Long, FetchView> atHand) {
    var gapTo = Math.max(row, state.settled().forgotten());
    var items = new ArrayList<OutcomePage.Item>();
    var room = maxBytes;
    for (var fetch : state.settled().settledAfter(gapTo, limit)) {
      if (core.shows(fetch, now)) {
        var view = Optional.ofNullable(atHand.get(fetch.row()));
        room -= view.map(OutcomePages::size).orElse(0L);
        var along = room >= 0 ? view : Optional.<FetchView>empty();
        items.add(new OutcomePage.Item(fetch.row(), fetch.acceptedAt(), along));
      } else if (items.isEmpty()) {
        gapTo = fetch.row();
      } else {
        break; // it is the gap of the next page
      }
    }
    var gap = Optional.of(gapTo).filter(to -> to > row);
    return new OutcomePage(gap, List.copyOf(items), state.row());
  }

  /** Says only where the origin is. */
  public static OutcomePage none(OriginState state) {
    return new OutcomePage(Optional.empty(), List.of(), state.row());
  }

  private static long size(FetchView view) {
    var response = view.outcome().flatMap(Outcome::received);
    return response.map(it -> Parcels.size(new Report.Answered(it))).orElse(0L)
        + BESIDE * (1 + view.attempts().size());
  }
}
