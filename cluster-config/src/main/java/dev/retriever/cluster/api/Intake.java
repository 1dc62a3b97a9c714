package dev.retriever.cluster.api;

import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.http.AwaitedAnswers;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The connections of a node, and the order in which they end when it stops. First the node tells
 * that it stops, also to waiting callers. Other requests under way are answered. The management
 * port stays until the end.
 */
public final class Intake {
  private static final String STOPPING =
      "The node is stopping; ask another one, or this one when it is back.";

  private final ActorSystem<?> system;
  private final CoordinatedShutdown shutdown;
  private final UnderWay underWay = new UnderWay();
  private final AwaitedAnswers answers =
      new AwaitedAnswers(Problem.of(ProblemType.NOT_READY, STOPPING));

  public Intake(ActorSystem<?> system) {
    this.system = system;
    shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
        "close-intake",
        () -> {
          answers.giveUp();
          return CompletableFuture.completedFuture(Done.getInstance());
        });
  }

  /** Why no request is taken any more, in a sentence. */
  public Optional<String> closed() {
    return answers.isGivenUp() ? Optional.of(STOPPING) : Optional.empty();
  }

  /**
   * The answer for a waiting caller, or that the node is not ready if it stops before. Do not use
   * it for requests that are being recorded: these are quick, and their callers need the real
   * answer.
   */
  <T> CompletionStage<T> whileOpen(CompletionStage<T> answer) {
    return answers.await(answer);
  }

  /** Long requests, such as subscriptions, are told first to end. */
  public void ending(String task, Supplier<CompletionStage<Done>> end) {
    shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), task, end);
  }

  /**
   * The routes until the node stops. After that, callers on open connections get 503. Each such
   * answer closes its connection, because a kept one would be reset later.
   */
  public Route guarding(Route routes) {
    return Directives.mapResponse(
        response -> answers.isGivenUp() ? response.addHeader(Connection.create("close")) : response,
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

  /**
   * The routes of a port that stays open until the end. A node that stops waits for their requests
   * under way before it hands its origins over, as it does for those of the API's port.
   *
   * @param limit after it they are not awaited any more
   */
  public Route awaiting(Route routes, Duration limit) {
    shutdown.addTask(
        CoordinatedShutdown.PhaseServiceRequestsDone(),
        "await-management-requests",
        () ->
            underWay
                .idle()
                .toCompletableFuture()
                .completeOnTimeout(Done.getInstance(), limit.toMillis(), TimeUnit.MILLISECONDS));
    return underWay.counting(routes);
  }

  /** Health can be asked for while the node drains. */
  public void closingLast(ServerBinding management) {
    LastTasks.await(
        system,
        "close-management",
        () -> management.terminate(Duration.ofSeconds(1)).thenApply(end -> Done.getInstance()));
  }
}
