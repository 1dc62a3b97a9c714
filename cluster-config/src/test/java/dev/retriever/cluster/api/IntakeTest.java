package dev.retriever.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.Test;

/** What the doors of a node answer while it stops. */
class IntakeTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final ActorTestKit kit = ActorTestKit.create();
  private final Intake intake = new Intake(kit.system());

  private CompletableFuture<HttpResponse> ask() {
    return handled(intake.guarding(Directives.complete(StatusCodes.OK)));
  }

  private CompletableFuture<HttpResponse> handled(Route routes) {
    try {
      return routes
          .handler(kit.system())
          .apply(HttpRequest.GET("http://127.0.0.1/v1/origins"))
          .toCompletableFuture();
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Test
  void a_request_that_comes_while_the_node_stops_is_refused_and_ends_its_connection() {
    assertThat(ask()).succeedsWithin(SOON);
    assertThat(ask().join().status()).isEqualTo(StatusCodes.OK);
    assertThat(ask().join().getHeader("Connection")).isEmpty();

    var asked = new CompletableFuture<HttpResponse>();
    CoordinatedShutdown.get(kit.system())
        .addTask(
            CoordinatedShutdown.PhaseServiceUnbind(),
            "ask",
            () ->
                ask()
                    .thenApply(
                        response -> {
                          asked.complete(response);
                          return Done.getInstance();
                        }));
    kit.shutdownTestKit();

    assertThat(asked).succeedsWithin(SOON);
    assertThat(asked.join().status()).isEqualTo(StatusCodes.SERVICE_UNAVAILABLE);
    assertThat(asked.join().entity().getContentType().toString())
        .isEqualTo("application/problem+json");
    assertThat(asked.join().getHeader("Connection").orElseThrow().value()).isEqualTo("close");
  }

  @Test
  void a_node_that_stops_waits_for_the_answers_of_its_management_port() {
    var answer = new CompletableFuture<HttpResponse>();
    var routes = intake.awaiting(Directives.completeWithFuture(answer), SOON);
    var asked = handled(routes);
    var isOver = new CompletableFuture<Done>();
    var stop = CoordinatedShutdown.get(kit.system());
    stop.addTask(
        CoordinatedShutdown.PhaseServiceUnbind(),
        "answer-later",
        () -> {
          var later = CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS);
          later.execute(() -> answer.complete(HttpResponse.create()));
          return CompletableFuture.completedFuture(Done.getInstance());
        });
    stop.addTask(
        CoordinatedShutdown.PhaseServiceStop(),
        "hand-over",
        () -> {
          isOver.complete(Done.getInstance());
          return CompletableFuture.completedFuture(Done.getInstance());
        });

    var wasAnswered = isOver.thenApply(over -> answer.isDone());
    kit.shutdownTestKit();

    assertThat(wasAnswered).succeedsWithin(SOON).isEqualTo(true);
    assertThat(asked).succeedsWithin(SOON);
  }

  @Test
  void requests_of_the_management_port_are_awaited_no_longer_than_the_limit() {
    var routes =
        intake.awaiting(
            Directives.completeWithFuture(new CompletableFuture<HttpResponse>()),
            Duration.ofMillis(50));
    handled(routes);

    var begun = System.nanoTime();
    kit.shutdownTestKit();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
  }
}
