package dev.retriever.loadtest.service;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.time.Instant;
import org.apache.pekko.actor.typed.ActorRef;

/** An origin that does nothing but wait for its alarms, and counts those that rang. */
final class Sleeper extends Origin<Sleeper.Command, Sleeper.Rang, Sleeper.State> {
  sealed interface Command extends Serialized {}

  /** Alarms that are due one after the other. */
  record Wait(int alarms, Instant first, Duration every, ActorRef<Found> replyTo)
      implements Command {}

  record Get(ActorRef<Found> replyTo) implements Command {}

  record Found(int rang, int early, int pending) implements Serialized {}

  record Rang(boolean early) implements Serialized {}

  record State(int rang, int early) implements Serialized {}

  private static final Continuation<NoContext> RING = Continuation.of("ring");

  private final Runnable inMemory;
  private final ActorRef<Instant> rang;

  /**
   * @param inMemory called when an origin comes into memory
   * @param rang told when an alarm was due that has rung, once that is durable
   */
  Sleeper(Runnable inMemory, ActorRef<Instant> rang) {
    this.inMemory = inMemory;
    this.rang = rang;
  }

  @Override
  protected State emptyState() {
    inMemory.run();
    return new State(0, 0);
  }

  @Override
  protected State apply(State state, Rang event) {
    return new State(state.rang() + 1, state.early() + (event.early() ? 1 : 0));
  }

  @Override
  protected void define(Definition<Command, Rang, State> on) {
    on.command(
        Wait.class,
        (state, wait, next) -> {
          var all = next;
          for (var i = 0; i < wait.alarms(); i++) {
            var due = wait.first().plus(wait.every().multipliedBy(i));
            all = all.alarm("a" + i, due, RING.with(NoContext.NONE));
          }
          return all.thenReply(
              wait.replyTo(), after -> new Found(after.rang(), after.early(), wait.alarms()));
        });
    on.command(
        Get.class,
        (state, get, next) -> {
          var pending = next.scheduled(AlarmFilter.ALL).size();
          return next.thenReply(
              get.replyTo(), after -> new Found(after.rang(), after.early(), pending));
        });
    on.alarm(
        RING,
        (state, none, firing, next) ->
            next.persist(new Rang(firing.at().isBefore(firing.due())))
                .thenReply(rang, after -> firing.due()));
  }
}
