package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Serialized;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Origins of several types on an actor system of the users', as the library is started. */
class RetrieverTest {
  @TempDir Path dataDir;

  sealed interface Command extends Serialized {}

  record Fetch(String url) implements Command {}

  record Get(ActorRef<State> replyTo) implements Command {}

  record Got(String what) implements Serialized {}

  record State(String got) implements Serialized {}

  /** Fetches once, and keeps what came, marked with its own name. */
  static final class Keeper extends Origin<Command, Got, State> {
    private static final Continuation<NoContext> CAME = Continuation.of("came");
    private final String name;

    Keeper(String name) {
      this.name = name;
    }

    @Override
    protected State emptyState() {
      return new State("");
    }

    @Override
    protected State apply(State state, Got event) {
      return new State(event.what());
    }

    @Override
    protected void define(Definition<Command, Got, State> on) {
      on.command(
          Fetch.class,
          (state, fetch, next) ->
              next.fetch(FetchRequest.get(fetch.url()), CAME.with(NoContext.NONE)));
      on.command(Get.class, (state, get, next) -> next.thenReply(get.replyTo(), after -> after));
      on.outcome(
          CAME,
          (state, none, outcome, next) ->
              next.persist(new Got(name + " " + outcome.type() + status(outcome))));
    }

    private static String status(Outcome outcome) {
      return outcome.received().map(response -> " " + response.status()).orElse("");
    }
  }

  private ActorSystem<Void> system() {
    var config = RunningNode.config(dataDir, RunningNode.MAY_CALL_LOOPBACK);
    return ActorSystem.create(Behaviors.empty(), "library", Retriever.prepare(config));
  }

  private static void stop(ActorSystem<?> system) {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }

  @Test
  void origins_of_several_types_run_side_by_side_and_recover() {
    var system = system();
    try (var target = new TestTarget()) {
      var retriever = Retriever.on(system);
      var dogs = retriever.origins("dog", new Keeper("dog"));
      var cats = retriever.origins("cat", new Keeper("cat"));
      retriever.joinAlone();
      retriever.start();

      dogs.tell("same-id", new Fetch(target.url("/status/201")));
      cats.tell("same-id", new Fetch(target.url("/status/404")));

      Eventually.becomes("dog ANSWERED 201", () -> got(dogs));
      Eventually.becomes("cat ANSWERED 404", () -> got(cats));
    } finally {
      stop(system);
    }
    var again = system();
    try {
      var retriever = Retriever.on(again);
      var dogs = retriever.origins("dog", new Keeper("dog"));
      retriever.origins("cat", new Keeper("cat"));
      retriever.joinAlone();

      retriever.start();

      assertThat(got(dogs)).isEqualTo("dog ANSWERED 201");
      assertThatThrownBy(() -> retriever.origins("dog", new Keeper("dog")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dog are started already");
      assertThatThrownBy(() -> retriever.origins("d|g", new Keeper("dog")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("A-Z a-z 0-9 _ -");
    } finally {
      stop(again);
    }
  }

  private static String got(Origins<Command> origins) {
    return origins
        .<State>ask("same-id", Get::new)
        .toCompletableFuture()
        .orTimeout(60, TimeUnit.SECONDS)
        .join()
        .got();
  }

  @Test
  void an_actor_system_that_was_not_prepared_is_refused() {
    var config = RunningNode.config(dataDir);
    var system = ActorSystem.<Void>create(Behaviors.empty(), "unprepared", config);
    try {
      assertThatThrownBy(() -> Retriever.on(system))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Retriever.prepare(config)");
    } finally {
      stop(system);
    }
  }
}
