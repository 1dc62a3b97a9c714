package dev.retriever.origin.storage;

import dev.retriever.executor.Futures;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.stream.javadsl.Sink;

/** Reads single rows of the journal. Thread-safe. */
@FunctionalInterface
public interface JournalRows {
  /** The row of that number; empty when it is not there. */
  CompletionStage<Optional<Object>> row(String persistenceId, long number);

  /** Those that the query plugin of that name reads. */
  static JournalRows of(ActorSystem<?> system, String plugin) {
    var events =
        PersistenceQuery.get(system)
            .getReadJournalFor(CurrentEventsByPersistenceIdQuery.class, plugin);
    return (id, number) ->
        Futures.sameThread(
            events
                .currentEventsByPersistenceId(id, number, number)
                .map(envelope -> envelope.event())
                .runWith(Sink.headOption(), system));
  }
}
