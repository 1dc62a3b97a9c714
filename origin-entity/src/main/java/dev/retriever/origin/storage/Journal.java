package dev.retriever.origin.storage;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.FetchView.LateReport;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.core.specs.Bodiless;
import dev.retriever.origin.erasure.ErasedRow;
import dev.retriever.origin.view.Views;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.persistence.typed.PersistenceId;

/** Reads from the journal the parts of fetches that origins do not keep in memory. */
public final class Journal {
  private final String originType;
  private final JournalRows rows;

  /**
   * @param originType the first part of the journal ids of these origins
   */
  public Journal(String originType, JournalRows rows) {
    this.originType = originType;
    this.rows = rows;
  }

  /** The whole view of a fetch: its settlement and its late reports are one row each. */
  public CompletionStage<FetchView> view(String originId, StoredFetch stored) {
    var late = late(originId, stored.lateRows());
    if (stored.row().isEmpty()) {
      return late.thenApply(stored.pending().orElseThrow()::withLate);
    }
    var number = stored.row().get();
    return row(originId, number, FetchSettled.class)
        .thenApply(settled -> settled.orElseThrow(() -> purged(originId, number)))
        .thenCombine(
            late,
            (settled, reports) ->
                Views.settled(
                    originType,
                    originId,
                    stored.acceptedAt(),
                    shown(settled, stored.erased()),
                    shown(reports, stored.erased()),
                    stored.erased()));
  }

  /** A fetch as it settled in that row; empty when the row is purged. */
  public CompletionStage<Optional<FetchView>> settled(String originId, OutcomePage.Item item) {
    return row(originId, item.row(), FetchSettled.class)
        .thenApply(
            row ->
                row.map(
                    it ->
                        Views.settled(
                            originType,
                            originId,
                            item.acceptedAt(),
                            shown(it, item.erased()),
                            List.of(),
                            item.erased())));
  }

  /** The row may not be overwritten yet. */
  private static FetchSettled shown(FetchSettled row, Erased erased) {
    return erased == Erased.NO ? row : ErasedRow.of(row);
  }

  private static List<LateReport> shown(List<LateReport> reports, Erased erased) {
    return erased == Erased.NO
        ? reports
        : reports.stream()
            .map(it -> new LateReport(it.attempt(), it.at(), Bodiless.of(it.report())))
            .toList();
  }

  /** What the fetch was accepted with in that row; empty when the row is purged. */
  public CompletionStage<Optional<FetchSpec>> spec(String originId, String fetchId, long number) {
    return row(originId, number, FetchAccepted.class)
        .thenApply(row -> row.filter(it -> it.fetchId().equals(fetchId)).map(FetchAccepted::spec));
  }

  /** Late reports of a fetch that was pending long after them may be purged already. */
  private CompletionStage<List<LateReport>> late(String originId, List<Long> numbers) {
    CompletionStage<List<LateReport>> all = CompletableFuture.completedFuture(List.of());
    for (var number : numbers) {
      all =
          all.thenCompose(
              before ->
                  row(originId, number, LateAnswerKept.class)
                      .thenApply(kept -> plus(before, kept)));
    }
    return all;
  }

  private static List<LateReport> plus(List<LateReport> before, Optional<LateAnswerKept> kept) {
    return Stream.concat(
            before.stream(),
            kept.map(it -> new LateReport(it.attempt(), it.at(), it.report())).stream())
        .toList();
  }

  private static NoSuchElementException purged(String originId, long row) {
    return new NoSuchElementException(
        "origin %s names row %d of its journal, which is not there; read again"
            .formatted(originId, row));
  }

  private <E> CompletionStage<Optional<E>> row(String originId, long number, Class<E> type) {
    var id = PersistenceId.of(originType, originId).id();
    return rows.row(id, number).thenApply(row -> row.map(type::cast));
  }
}
