package dev.retriever.origin.view;

import dev.retriever.executor.Report;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes pages of an origin's outcomes.
 *
 * @param maxBytes about how many bytes of views a page may have; its reader takes the rest from the
 *     journal
 */
public record OutcomePages(OriginCore core, long maxBytes) {
  /** About how many bytes an outcome has beside its response, for each attempt. */
  private static final long BESIDE = 200;

  /**
   * The outcomes after that row. Outcomes whose retention is over count as a gap even if the state
   * still has them: their rows may be gone.
   *
   * @param limit at most this many outcomes
   * @param atHand views of fetches that settled just now, by row
   */
  public OutcomePage after(
      OriginState state, long row, int limit, Instant now, Map<Long, FetchView> atHand) {
    var gapTo = Math.max(row, state.settled().forgotten());
    var items = new ArrayList<OutcomePage.Item>();
    var room = maxBytes;
    for (var fetch : state.settled().toldAfter(gapTo, limit)) {
      if (core.shows(fetch, now)) {
        var view = Optional.ofNullable(atHand.get(fetch.row()));
        room -= view.map(OutcomePages::size).orElse(0L);
        var along = room >= 0 ? view : Optional.<FetchView>empty();
        items.add(new OutcomePage.Item(fetch.row(), fetch.acceptedAt(), along, fetch.erased()));
      } else if (items.isEmpty()) {
        gapTo = fetch.row();
      } else {
        break; // this is the gap of the next page
      }
    }
    var gap = Optional.of(gapTo).filter(to -> to > row);
    return new OutcomePage(gap, List.copyOf(items), state.row(), born(state));
  }

  /** A page with only the newest row. */
  public static OutcomePage none(OriginState state) {
    return new OutcomePage(Optional.empty(), List.of(), state.row(), born(state));
  }

  private static Optional<Instant> born(OriginState state) {
    return state.born().map(it -> it.truncatedTo(ChronoUnit.MILLIS));
  }

  private static long size(FetchView view) {
    var response = view.outcome().flatMap(Outcome::received);
    return response.map(it -> Parcels.size(new Report.Answered(it))).orElse(0L)
        + BESIDE * (1 + view.attempts().size());
  }
}
