package dev.retriever.cluster.queues;

import dev.retriever.origin.queue.QueueOperations;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Route;

/** The queues of a node over HTTP, at both of its ports. Thread-safe. */
public final class QueueFaces {
  private final QueueStreams streams;
  private final QueueRoutes management;
  private final CallerQueueRoutes api;

  /**
   * @param every the shortest time between two events of a stream
   * @param credentialCheck how often the credentials of open streams are looked at
   */
  public QueueFaces(
      ActorSystem<?> system,
      QueueOperations queues,
      Duration every,
      Duration credentialCheck,
      Clock clock) {
    streams = new QueueStreams(queues, every);
    streams.start(system, credentialCheck, clock);
    management = new QueueRoutes(system, queues, streams, clock);
    api = new CallerQueueRoutes(queues);
  }

  /** For operators, behind the door of the management port. The caller seals this route. */
  public Route management() {
    return management.routes();
  }

  /** For callers, behind the door of the API's port. The caller seals this route. */
  public Route api() {
    return api.routes();
  }

  /** Ends all streams of events. */
  public CompletionStage<Done> end() {
    return streams.end();
  }
}
