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
  /** The row with that number; empty when there is none. */
  CompletionStage<Optional<Object>> row(String persistenceId, long number);

  /** Reads rows with the query plugin of that name. */
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
