package dev.retriever.examples;

import dev.retriever.alarms.Schedule;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Response;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Firing;
import dev.retriever.origin.Next;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Serialized;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The rate of one pair of currencies, asked for every quarter of an hour. The origin's id is the
 * pair, as {@code EUR-USD}. The last good rate stays, whatever becomes of later polls.
 */
final class ExchangeRates
    extends Origin<ExchangeRates.Command, ExchangeRates.Event, ExchangeRates.State> {
  sealed interface Command extends Serialized {}

  record Start() implements Command {}

  record Stop() implements Command {}

  record Get(ActorRef<State> replyTo) implements Command {}

  record Rate(BigDecimal rate, Instant at) {}

  /**
   * @param poll the id of the latest fetch
   */
  record State(Optional<Rate> latest, String poll) implements Serialized {}

  sealed interface Event extends Serialized {
    State on(State state);
  }

  record Polled(String fetchId) implements Event {
    @Override
    public State on(State state) {
      return new State(state.latest(), fetchId);
    }
  }

  record Quoted(Rate rate) implements Event {
    @Override
    public State on(State state) {
      return new State(Optional.of(rate), state.poll());
    }
  }

  static final Continuation<NoContext> TICK = Continuation.of("tick");
  static final Continuation<NoContext> ANSWER = Continuation.of("answer");
  static final String RATES = "https://rates.example/";

  @Override
  protected State emptyState() {
    return new State(Optional.empty(), "none");
  }

  @Override
  protected State apply(State state, Event event) {
    return event.on(state);
  }

  @Override
  protected void define(Definition<Command, Event, State> on) {
    on.command(Start.class, this::start);
    on.command(Stop.class, this::stop);
    on.command(Get.class, (state, get, next) -> next.thenReply(get.replyTo(), Function.identity()));
    on.alarm(TICK, this::tick);
    on.outcome(ANSWER, this::answer);
  }

  /** To start twice is to start once: an alarm takes the place of the one under its id. */
  private Next<Event, State> start(State state, Start start, Next<Event, State> next) {
    var quarterly = Schedule.cron("*/15 * * * *", "Europe/Berlin");
    return next.alarm("poll", quarterly, TICK.with(NoContext.NONE));
  }

  private Next<Event, State> stop(State state, Stop stop, Next<Event, State> next) {
    return next.cancelAlarm("poll").cancelFetch(state.poll());
  }

  private Next<Event, State> tick(
      State state, NoContext none, Firing firing, Next<Event, State> next) {
    if (next.isPending(state.poll())) {
      return next; // the target is slow: this tick is skipped
    }
    var id = "poll-" + firing.due();
    var request = FetchRequest.get(RATES + next.originId());
    return next.persist(new Polled(id))
        .fetch(
            id,
            FetchSpec.of(request).timeout(Duration.ofMinutes(20)).within(Duration.ofMinutes(20)),
            ANSWER.with(NoContext.NONE));
  }

  private Next<Event, State> answer(
      State state, NoContext none, Outcome outcome, Next<Event, State> next) {
    return outcome instanceof Outcome.Answered answered && answered.response().successful()
        ? next.persist(new Quoted(rate(answered.response(), next.now())))
        : next; // the last good rate stays; the next tick asks again
  }

  private static Rate rate(Response response, Instant at) {
    return new Rate(new BigDecimal(response.body().text().strip()), at);
  }
}
