package dev.retriever.origin;

import dev.retriever.origin.FetchView.LateReport;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** Reads from the journal what origins do not keep in memory. */
final class Journal {
  private final ActorSystem<?> system;
  private final String originType;
  private final CurrentEventsByPersistenceIdQuery events;

  Journal(ActorSystem<?> system, String originType, String plugin) {
    this.system = system;
    this.originType = originType;
    var query = PersistenceQuery.get(system);
    this.events = query.getReadJournalFor(CurrentEventsByPersistenceIdQuery.class, plugin);
  }

  /** The whole view of a fetch: its settlement and its late reports are one row each. */
  CompletionStage<FetchView> view(String originId, OriginReply.Stored stored) {
    var late = late(originId, stored.lateRows());
    if (stored.row().isEmpty()) {
      return late.thenApply(stored.pending().orElseThrow()::withLate);
    }
    return row(originId, stored.row().get(), FetchSettled.class)
        .thenCombine(
            late,
            (settled, reports) ->
                FetchView.settled(originId, stored.acceptedAt(), settled, reports));
  }

  /** Those of a fetch that was pending long after they came may be purged already. */
  private CompletionStage<List<LateReport>> late(String originId, List<Long> rows) {
    if (rows.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    return Stages.sameThread(
        Source.from(rows)
            .mapAsync(1, row -> rows(originId, row, LateAnswerKept.class))
            .mapConcat(kept -> kept)
            .map(kept -> new LateReport(kept.attempt(), kept.at(), kept.report()))
            .runWith(Sink.seq(), system));
  }

  private <E> CompletionStage<E> row(String originId, long row, Class<E> type) {
    return rows(originId, row, type)
        .thenApply(
            rows ->
                rows.stream()
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new NoSuchElementException(
                                "origin "
                                    + originId
                                    + " names row "
                                    + row
                                    + " of its journal, which is not there; read again")));
  }

  /** The one of that number, if it is there. */
  private <E> CompletionStage<List<E>> rows(String originId, long row, Class<E> type) {
    var id = PersistenceId.of(originType, originId).id();
    return Stages.sameThread(
        events
            .currentEventsByPersistenceId(id, row, row)
            .map(envelope -> type.cast(envelope.event()))
            .runWith(Sink.seq(), system));
  }
}
