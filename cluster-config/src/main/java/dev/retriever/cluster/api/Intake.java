package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * A node's doors, and the order in which they are shut when it stops. The first thing is that the
 * node says so, to those who wait as well; other requests that are under way are answered, and
 * management stays until the end.
 */
public final class Intake {
  private static final String STOPPING =
      "The node is stopping; ask another one, or this one when it is back.";

  private final ActorSystem<?> system;
  private final CoordinatedShutdown shutdown;
  private final Set<CompletableFuture<?>> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  public Intake(ActorSystem<?> system) {
    this.system = system;
    shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
        "close-intake",
        () -> {
          closed = true;
          waiting.forEach(Intake::turnAway);
          return CompletableFuture.completedFuture(Done.getInstance());
        });
  }

  /** Why nothing is taken any more, in a sentence. */
  public Optional<String> closed() {
    return closed ? Optional.of(STOPPING) : Optional.empty();
  }

  /**
   * The answer to who waits for it, unless the node stops before: then that it is not ready. Not
   * for what is being recorded, which is quick, and whose caller wants to know.
   */
  <T> CompletionStage<T> whileOpen(CompletionStage<T> answer) {
    var told = answer.toCompletableFuture().copy();
    waiting.add(told);
    told.whenComplete((value, failure) -> waiting.remove(told));
    if (closed) {
      turnAway(told);
    }
    return told;
  }

  private static void turnAway(CompletableFuture<?> told) {
    told.completeExceptionally(Problem.of(ProblemType.NOT_READY, STOPPING).found());
  }

  /** What would keep requests under way for as long as it can is told to end, first of all. */
  public void ending(String task, Supplier<CompletionStage<Done>> end) {
    shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), task, end);
  }

  /**
   * The routes, until the node stops; then callers on connections that are still open hear so. What
   * is answered from then on ends its connection: one that is kept would be reset later.
   */
  public Route guarding(Route routes) {
    return Directives.mapResponse(
        response -> closed ? response.addHeader(Connection.create("close")) : response,
        () ->
            Directives.extractRequest(
                request ->
                    closed()
                        .map(
                            why ->
                                Directives.complete(
                                    Problem.of(ProblemType.NOT_READY, why).toResponse()))
                        .orElse(routes)));
  }

  /**
   * Takes no new connections, then waits for requests under way.
   *
   * @param limit after it they are answered with 503
   */
  public void closing(ServerBinding api, Duration limit) {
    api.addToCoordinatedShutdown(limit, system);
  }

  /** Health can be asked for while the node drains. */
  public void closingLast(ServerBinding management) {
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
        "close-management",
        () -> management.terminate(Duration.ofSeconds(1)).thenApply(end -> Done.getInstance()));
  }
}
