package dev.retriever.origin.simulation.probe;

import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Firing;
import dev.retriever.origin.Next;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The origin that Retriever itself is simulated with: writes down whatever its continuations hear,
 * and sometimes goes on with another fetch. It does all that a user's may, failing included.
 */
public final class ProbeOrigin extends Origin<Object, ProbeOrigin.Event, ProbeOrigin.State> {
  /** What it is told. */
  public sealed interface Command extends Serialized {}

  public record Ask(String fetchId, FetchSpec spec) implements Command {}

  public record SetAlarm(String alarmId, Duration delay) implements Command {}

  /** What it writes down. */
  public sealed interface Event extends Serialized {}

  public record Asked(String fetchId) implements Event {}

  public record Heard(String fetchId, Outcome.Type type) implements Event {}

  public record HeardLate(String fetchId, int status) implements Event {}

  public record Rang(String alarmId) implements Event {}

  public record State(long events) implements Serialized {}

  record About(String fetchId) {}

  static final Continuation<About> OUTCOME = Continuation.of("outcome", About.class);
  static final Continuation<About> ALARM = Continuation.of("alarm", About.class);

  /** At the end of the ids of fetches whose outcomes another fetch follows. */
  public static final String FOLLOWED = "-then";

  private final BooleanSupplier throwsNow;
  private final boolean knowsOutcomes;

  /**
   * @param knowsOutcomes false for code that was deployed with a continuation missing
   */
  public ProbeOrigin(BooleanSupplier throwsNow, boolean knowsOutcomes) {
    this.throwsNow = throwsNow;
    this.knowsOutcomes = knowsOutcomes;
  }

  @Override
  protected State emptyState() {
    return new State(0);
  }

  @Override
  protected State apply(State state, Event event) {
    return new State(state.events() + 1);
  }

  @Override
  protected void define(Definition<Object, Event, State> on) {
    on.command(Ask.class, this::ask);
    on.command(SetAlarm.class, this::setAlarm);
    on.alarm(ALARM, this::rang);
    if (knowsOutcomes) {
      on.outcome(OUTCOME, this::heard);
      on.late(
          OUTCOME,
          (state, about, response, next) -> {
            throwSometimes();
            return next.persist(new HeardLate(about.fetchId(), response.status()));
          });
    }
  }

  private Next<Event, State> ask(State state, Ask ask, Next<Event, State> next) {
    return next.persist(new Asked(ask.fetchId()))
        .fetch(ask.fetchId(), ask.spec(), OUTCOME.with(new About(ask.fetchId())));
  }

  private Next<Event, State> setAlarm(State state, SetAlarm set, Next<Event, State> next) {
    return next.alarm(set.alarmId(), set.delay(), ALARM.with(new About(set.alarmId())));
  }

  private Next<Event, State> heard(
      State state, About about, Outcome outcome, Next<Event, State> next) {
    throwSometimes();
    var heard = next.persist(new Heard(about.fetchId(), outcome.type()));
    if (!about.fetchId().endsWith(FOLLOWED)) {
      return heard;
    }
    var id = about.fetchId().replace(FOLLOWED, "-2");
    return heard.fetch(id, Requests.followUp(), OUTCOME.with(new About(id)));
  }

  private Next<Event, State> rang(
      State state, About about, Firing firing, Next<Event, State> next) {
    throwSometimes();
    return next.persist(new Rang(firing.alarmId()));
  }

  private void throwSometimes() {
    if (throwsNow.getAsBoolean()) {
      throw new IllegalStateException("the handler throws");
    }
  }
}
