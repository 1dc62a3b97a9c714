package dev.retriever.cluster.queues;

import dev.retriever.cluster.streams.EventStreams;
import dev.retriever.origin.queue.QueueOperations;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Streams of a queue's figures, until the queue is removed. Thread-safe. */
final class QueueStreams {
  /** Each asks its queue once in {@code every}. */
  static final int MOST = EventStreams.MOST;

  private final QueueOperations queues;
  private final EventStreams streams;

  /**
   * @param every the shortest time between two events of a stream
   */
  QueueStreams(QueueOperations queues, Duration every) {
    this.queues = queues;
    this.streams = new EventStreams("queue", every);
  }

  /** Looks after the credentials of open streams from now on, so often. */
  void start(ActorSystem<?> system, Duration credentialCheck, Clock clock) {
    streams.start(system, credentialCheck, clock);
  }

  /** Ends all streams, so that their readers connect to another node. */
  CompletionStage<Done> end() {
    return streams.end();
  }

  CompletionStage<HttpResponse> stream(HttpRequest request, String name, boolean ids) {
    streams.admit(request);
    return QueueAnswers.inTime(name, queues.read(name))
        .thenApply(
            view -> {
              view.orElseThrow(() -> QueueAnswers.noSuchQueue(name));
              return streams.open(request, () -> look(name, ids));
            });
  }

  private CompletionStage<EventStreams.Look> look(String name, boolean ids) {
    return queues
        .read(name)
        .thenApply(
            view ->
                new EventStreams.Look(
                    view.isPresent(), view.map(it -> QueueWriter.queue(it, ids).toString())));
  }
}
