package dev.retriever.origin.index;

import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.SettledFetch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The rows of the index that follow from the state of an origin. Each is as of the row that last
 * changed its fetch, so that one which was written meanwhile stays.
 *
 * @param missing settled fetches whose acceptance is no longer in the journal
 */
public record Rebuilt(IndexRows rows, int missing) {
  /**
   * Makes them.
   *
   * @param oldest fetches that settled then or before are left out; empty for none
   * @param rowAt the journal row of that number; empty when it is gone
   */
  public static Rebuilt of(
      OriginState state, Optional<Instant> oldest, LongFunction<Optional<Object>> rowAt) {
    var rows = new ArrayList<IndexRow>();
    state.pending().values().forEach(fetch -> rows.add(Indexing.of(fetch)));
    var missing = 0;
    for (var fetch : state.settled().values()) {
      if (oldest.filter(at -> !fetch.settledAt().isAfter(at)).isPresent()) {
        continue;
      }
      var row = settled(fetch, rowAt);
      row.ifPresent(rows::add);
      missing += row.isPresent() ? 0 : 1;
    }
    return new Rebuilt(new IndexRows(List.copyOf(rows)), missing);
  }

  private static Optional<IndexRow> settled(
      SettledFetch fetch, LongFunction<Optional<Object>> rowAt) {
    return Optional.of(fetch.acceptedRow())
        .filter(row -> row > 0)
        .flatMap(rowAt::apply)
        .filter(FetchAccepted.class::isInstance)
        .map(FetchAccepted.class::cast)
        .filter(accepted -> accepted.fetchId().equals(fetch.id()))
        .map(
            accepted ->
                IndexRow.pending(
                        fetch.order(),
                        fetch.acceptedRow(),
                        fetch.id(),
                        accepted.spec(),
                        fetch.acceptedAt())
                    .ended(end(fetch), fetch.row()));
  }

  private static IndexRow.End end(SettledFetch fetch) {
    Outcome.Type type = fetch.type();
    return new IndexRow.End(
        fetch.settledAt(),
        type,
        fetch.stage().map(stage -> stage.label()),
        fetch.reason(),
        fetch.status(),
        fetch.reportsSeen().size());
  }
}
