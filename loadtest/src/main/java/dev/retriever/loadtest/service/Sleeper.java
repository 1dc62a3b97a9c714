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

/** An origin that waits for its alarms and counts those that fired. */
final class Sleeper extends Origin<Sleeper.Command, Sleeper.Fired, Sleeper.State> {
  sealed interface Command extends Serialized {}

  /** Alarms that are due one after the other. */
  record SetAlarms(int alarms, Instant first, Duration every, ActorRef<AlarmCounts> replyTo)
      implements Command {}

  record Get(ActorRef<AlarmCounts> replyTo) implements Command {}

  record AlarmCounts(int fired, int early, int pending) implements Serialized {}

  record Fired(boolean early) implements Serialized {}

  record State(int fired, int early) implements Serialized {}

  private static final Continuation<NoContext> FIRE = Continuation.of("fire");

  private final Runnable inMemory;
  private final ActorRef<Instant> fired;

  /**
   * @param inMemory called when an origin comes into memory
   * @param fired receives the due time of each alarm that has fired, once that is durable
   */
  Sleeper(Runnable inMemory, ActorRef<Instant> fired) {
    this.inMemory = inMemory;
    this.fired = fired;
  }

  @Override
  protected State emptyState() {
    inMemory.run();
    return new State(0, 0);
  }

  @Override
  protected State apply(State state, Fired event) {
    return new State(state.fired() + 1, state.early() + (event.early() ? 1 : 0));
  }

  @Override
  protected void define(Definition<Command, Fired, State> on) {
    on.command(
        SetAlarms.class,
        (state, wait, next) -> {
          var all = next;
          for (var i = 0; i < wait.alarms(); i++) {
            var due = wait.first().plus(wait.every().multipliedBy(i));
            all = all.alarm("a" + i, due, FIRE.with(NoContext.NONE));
          }
          return all.thenReply(
              wait.replyTo(),
              after -> new AlarmCounts(after.fired(), after.early(), wait.alarms()));
        });
    on.command(
        Get.class,
        (state, get, next) -> {
          var pending = next.scheduled(AlarmFilter.ALL).size();
          return next.thenReply(
              get.replyTo(), after -> new AlarmCounts(after.fired(), after.early(), pending));
        });
    on.alarm(
        FIRE,
        (state, none, firing, next) ->
            next.persist(new Fired(firing.at().isBefore(firing.due())))
                .thenReply(fired, after -> firing.due()));
  }
}
