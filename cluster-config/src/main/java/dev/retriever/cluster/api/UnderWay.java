package dev.retriever.cluster.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * Counts requests that have no answer yet, so that a node which stops can await them. Thread-safe.
 */
final class UnderWay {
  private int count;
  private CompletableFuture<Done> idle = CompletableFuture.completedFuture(Done.getInstance());

  /** The routes, with their requests counted until their answers begin. */
  Route counting(Route routes) {
    return Directives.mapRouteResultFuture(
        result -> {
          begin();
          return result.whenComplete((answer, failure) -> end());
        },
        () -> routes);
  }

  private synchronized void begin() {
    if (count++ == 0) {
      idle = new CompletableFuture<>();
    }
  }

  private synchronized void end() {
    if (--count == 0) {
      idle.complete(Done.getInstance());
    }
  }

  /** Done when there is none for a moment. */
  synchronized CompletionStage<Done> idle() {
    return idle.copy();
  }
}
