package dev.retriever.cluster.queues;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import dev.retriever.origin.queue.QueueOperations;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** The figures of queues, for callers of any tenant: sums, and nothing of single fetches. */
final class CallerQueueRoutes extends AllDirectives {
  private final QueueOperations queues;

  CallerQueueRoutes(QueueOperations queues) {
    this.queues = queues;
  }

  /** The caller seals this route. */
  Route routes() {
    return path(
        segment("v1").slash("queues").slash(segment()),
        name -> get(() -> completeWithFuture(figures(QueueAnswers.named(name)))));
  }

  private CompletionStage<HttpResponse> figures(String name) {
    return QueueAnswers.inTime(name, queues.read(name))
        .thenApply(
            view ->
                QueueAnswers.ok(
                    QueueWriter.forCallers(view.orElseThrow(() -> QueueAnswers.notThere(name)))));
  }
}
