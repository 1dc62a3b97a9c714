package dev.retriever.origin;

import dev.retriever.alarms.Schedule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** Journals what rings, and what comes of its fetches, late answers too. */
final class Watch extends Origin<Watch.Command, Watch.Event, List<Watch.Event>> {
  sealed interface Command extends Serialized {}

  record Set(String id, Schedule schedule, int number, ActorRef<Done> replyTo) implements Command {}

  record SetMany(int from, int to, Schedule schedule, ActorRef<Done> replyTo) implements Command {}

  record Drop(String id, ActorRef<Done> replyTo) implements Command {}

  record Ask(String fetchId, ActorRef<Done> replyTo) implements Command {}

  /** What the handler saw while it handled the command. */
  record Done(Optional<Instant> dueBefore, Instant now, String originId) implements Serialized {}

  sealed interface Event extends Serialized {}

  record Fired(String id, int number, Instant due, Instant at) implements Event {}

  record Came(String fetchId, String what) implements Event {}

  record Number(int number) {}

  record Of(String fetchId) {}

  static final Continuation<Number> RING = Continuation.of("ring", Number.class);
  static final Continuation<Of> CAME = Continuation.of("came", Of.class);

  /** Alarms and fetches whose handler throws. */
  volatile java.util.Set<String> broken = java.util.Set.of();

  @Override
  protected List<Event> emptyState() {
    return List.of();
  }

  @Override
  protected List<Event> apply(List<Event> state, Event event) {
    return state;
  }

  @Override
  protected void define(Definition<Command, Event, List<Event>> on) {
    on.command(
        Set.class,
        (state, set, next) ->
            next.alarm(set.id(), set.schedule(), RING.with(new Number(set.number())))
                .thenReply(set.replyTo(), after -> seen(next, set.id())));
    on.command(
        SetMany.class,
        (state, set, next) -> {
          var all = next;
          for (var number = set.from(); number < set.to(); number++) {
            all = all.alarm(set.schedule(), RING.with(new Number(number)));
          }
          return all.thenReply(set.replyTo(), after -> seen(next, "none"));
        });
    on.command(
        Drop.class,
        (state, drop, next) ->
            next.cancelAlarm(drop.id()).thenReply(drop.replyTo(), after -> seen(next, drop.id())));
    on.command(
        Ask.class,
        (state, ask, next) ->
            next.fetch(ask.fetchId(), Samples.post(), CAME.with(new Of(ask.fetchId())))
                .thenReply(ask.replyTo(), after -> seen(next, "none")));
    on.alarm(
        RING,
        (state, number, firing, next) -> {
          fail(firing.alarmId());
          return next.persist(
              new Fired(firing.alarmId(), number.number(), firing.due(), firing.at()));
        });
    on.outcome(
        CAME,
        (state, of, outcome, next) -> {
          fail(of.fetchId());
          return next.persist(new Came(of.fetchId(), outcome.type().toString()));
        });
    on.late(
        CAME,
        (state, of, late, next) -> {
          fail("late " + of.fetchId());
          return next.persist(new Came(of.fetchId(), "late " + late.status()));
        });
  }

  private static Done seen(Next<Event, List<Event>> next, String alarmId) {
    return new Done(next.scheduled(alarmId).map(ScheduledAlarm::due), next.now(), next.originId());
  }

  private void fail(String about) {
    if (broken.contains(about)) {
      throw new IllegalStateException("scripted");
    }
  }
}
