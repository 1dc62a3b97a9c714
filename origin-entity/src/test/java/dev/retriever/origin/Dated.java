package dev.retriever.origin;

import dev.retriever.alarms.Schedule;
import java.time.Duration;
import java.time.Instant;

/** Journals what its handlers are told, and when it was by {@link Next#now}. */
public final class Dated extends Origin<Dated.Command, Dated.Event, Integer> {
  public sealed interface Command extends Serialized {}

  /** A fetch that may be tried three times. */
  public record Ask(String fetchId) implements Command {}

  public record Set(String alarmId, Duration after) implements Command {}

  public record Event(String about, Instant at) implements Serialized {}

  record Name(String name) {}

  static final Continuation<Name> CAME = Continuation.of("came", Name.class);
  static final Continuation<Name> RANG = Continuation.of("rang", Name.class);

  /** Of the fetches and alarms whose handlers throw. */
  public volatile java.util.Set<String> broken = java.util.Set.of();

  @Override
  protected Integer emptyState() {
    return 0;
  }

  @Override
  protected Integer apply(Integer state, Event event) {
    return state + 1;
  }

  @Override
  protected void define(Definition<Command, Event, Integer> on) {
    on.command(
        Ask.class,
        (state, ask, next) ->
            next.persist(new Event("ask " + ask.fetchId(), next.now()))
                .fetch(
                    ask.fetchId(),
                    FetchSpec.of(Samples.KEYED_POST)
                        .timeout(Duration.ofSeconds(10))
                        .within(Duration.ofHours(1))
                        .retry(Samples.attempts(3)),
                    CAME.with(new Name(ask.fetchId()))));
    on.command(
        Set.class,
        (state, set, next) ->
            next.alarm(
                set.alarmId(), Schedule.after(set.after()), RANG.with(new Name(set.alarmId()))));
    on.outcome(
        CAME, (state, of, outcome, next) -> heard(of.name(), outcome.type().toString(), next));
    on.late(CAME, (state, of, late, next) -> heard("late " + of.name(), "" + late.status(), next));
    on.alarm(RANG, (state, of, firing, next) -> heard(of.name(), "rang", next));
  }

  private Next<Event, Integer> heard(String name, String what, Next<Event, Integer> next) {
    if (broken.contains(name)) {
      throw new IllegalStateException("scripted");
    }
    return next.persist(new Event(name + " " + what, next.now()));
  }
}
