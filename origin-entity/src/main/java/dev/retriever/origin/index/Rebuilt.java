package dev.retriever.origin.index;

import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.SettledFetch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of the index that follow from the state of an origin. Each is as of the row that last
 * changed its fetch, so that one which was written meanwhile stays.
 *
 * @param missing settled fetches whose acceptance is no longer in the journal
 */
public record Rebuilt(IndexRows rows, int missing) {
  /**
   * Makes them in parts. Each part is made when the stream comes to it, so that its journal rows
   * can be read in the transaction that it is written in.
   *
   * @param oldest fetches that settled then or before are left out; empty for none
   * @param most rows of a part
   * @param rowAt the journal row of that number; empty when it is gone
   */
  public static Stream<Rebuilt> parts(
      OriginState state, Optional<Instant> oldest, int most, LongFunction<Optional<Object>> rowAt) {
    var all = new ArrayList<Supplier<Optional<IndexRow>>>();
    pending(state).forEach(fetch -> all.add(() -> Optional.of(Indexing.of(fetch))));
    for (var fetch : settled(state).toList()) {
      if (oldest.filter(at -> !fetch.settledAt().isAfter(at)).isEmpty()) {
        all.add(() -> settled(fetch, rowAt));
      }
    }
    return IntStream.iterate(0, from -> from < all.size(), from -> from + most)
        .mapToObj(from -> part(all.subList(from, Math.min(all.size(), from + most))));
  }

  private static Rebuilt part(List<Supplier<Optional<IndexRow>>> all) {
    var rows = all.stream().map(Supplier::get).flatMap(Optional::stream).toList();
    return new Rebuilt(new IndexRows(rows), all.size() - rows.size());
  }

  /** The places of all fetches that the origin still has, and that are in the index. */
  public static Set<Long> places(OriginState state) {
    return Stream.concat(
            pending(state).map(PendingFetch::order), settled(state).map(SettledFetch::order))
        .collect(Collectors.toSet());
  }

  /**
   * The rows of all schedules that the origin has.
   *
   * @param stored the ids of rows that there are; those of others are removed
   */
  public static IndexRows schedules(OriginState state, Set<String> stored) {
    // Of two rows of one id the last one counts, also if ids differ only as they are stored.
    return new IndexRows(
        List.of(),
        Stream.concat(
                stored.stream().map(ScheduleRow::removed),
                state.schedules().byId().values().stream().map(ScheduleRow::of))
            .toList());
  }

  private static Stream<PendingFetch> pending(OriginState state) {
    return state.pending().values().stream().filter(fetch -> fetch.spec().delivers().isEmpty());
  }

  private static Stream<SettledFetch> settled(OriginState state) {
    return state.settled().values().stream().filter(fetch -> !fetch.callback());
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
                    .ended(end(fetch, rowAt), fetch.row()));
  }

  /** Which attempts had no room is only in the row of the settlement. */
  private static IndexRow.End end(SettledFetch fetch, LongFunction<Optional<Object>> rowAt) {
    return rowAt
        .apply(fetch.row())
        .filter(FetchSettled.class::isInstance)
        .map(FetchSettled.class::cast)
        .filter(settled -> settled.fetchId().equals(fetch.id()))
        .map(IndexRow.End::of)
        .orElseGet(() -> end(fetch));
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
