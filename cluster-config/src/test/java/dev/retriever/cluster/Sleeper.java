package dev.retriever.cluster;

import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;

/** Waits for an alarm, and keeps how late it came. */
final class Sleeper extends Origin<Sleeper.Command, Sleeper.Rang, Sleeper.State> {
  sealed interface Command extends Serialized {}

  record Wait(Duration delay) implements Command {}

  record Get(ActorRef<State> replyTo) implements Command {}

  record Rang(long lateMillis) implements Serialized {}

  record State(List<Long> lateMillis) implements Serialized {}

  /** How often an origin of this kind came into memory. */
  static final AtomicInteger RECOVERED = new AtomicInteger();

  private static final Continuation<NoContext> RING = Continuation.of("ring");

  @Override
  protected State emptyState() {
    RECOVERED.incrementAndGet();
    return new State(List.of());
  }

  @Override
  protected State apply(State state, Rang event) {
    var all = new ArrayList<>(state.lateMillis());
    all.add(event.lateMillis());
    return new State(List.copyOf(all));
  }

  @Override
  protected void define(Definition<Command, Rang, State> on) {
    on.command(
        Wait.class,
        (state, wait, next) -> next.alarm("a", wait.delay(), RING.with(NoContext.NONE)));
    on.command(Get.class, (state, get, next) -> next.thenReply(get.replyTo(), after -> after));
    on.alarm(
        RING,
        (state, none, firing, next) ->
            next.persist(new Rang(Duration.between(firing.due(), firing.at()).toMillis())));
  }
}
