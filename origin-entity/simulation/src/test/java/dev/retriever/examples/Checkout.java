package dev.retriever.examples;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Response;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Firing;
import dev.retriever.origin.Next;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * One order: it is placed, confirmed, charged once, and its item is reserved. The origin's id is
 * the id of the order.
 *
 * <p>When it cannot know whether the charge was made, it looks, and never charges a second time.
 * When the item cannot be had, what was paid is given back.
 */
final class Checkout extends Origin<Checkout.Command, Checkout.Event, Checkout.State> {
  sealed interface Command extends Serialized {}

  record Place(String item, int cents, ActorRef<State> replyTo) implements Command {}

  record Confirm(ActorRef<State> replyTo) implements Command {}

  enum Status {
    NEW,
    PLACED,
    CHARGING,
    UNCLEAR,
    PAID,
    RESERVED,
    CANCELLED
  }

  record State(Status status, String item, int cents) implements Serialized {
    private State with(Status newStatus) {
      return new State(newStatus, item, cents);
    }
  }

  /** Each event says itself what it does to the state. */
  sealed interface Event extends Serialized {
    State on(State state);
  }

  record Placed(String item, int cents) implements Event {
    @Override
    public State on(State state) {
      return new State(Status.PLACED, item, cents);
    }
  }

  record Confirmed() implements Event {
    @Override
    public State on(State state) {
      return state.with(Status.CHARGING);
    }
  }

  record Charged() implements Event {
    @Override
    public State on(State state) {
      return state.with(Status.PAID);
    }
  }

  record NotCharged(String why) implements Event {
    @Override
    public State on(State state) {
      return state.with(Status.CANCELLED);
    }
  }

  record ChargeUnclear(String why) implements Event {
    @Override
    public State on(State state) {
      return state.with(Status.UNCLEAR);
    }
  }

  record Reserved() implements Event {
    @Override
    public State on(State state) {
      return state.with(Status.RESERVED);
    }
  }

  record NotReserved(String why) implements Event {
    @Override
    public State on(State state) {
      return state.with(Status.CANCELLED);
    }
  }

  /** What has happened besides: it changes nothing, and is in the journal. */
  record Noted(String what) implements Event {
    @Override
    public State on(State state) {
      return state;
    }
  }

  /** What the payment provider is told, and what is remembered for the time it takes to answer. */
  record Charge(String order, String item, int cents) {}

  static final Continuation<Charge> CHARGED = Continuation.of("charged", Charge.class);
  static final Continuation<Charge> LOOKED_UP = Continuation.of("looked-up", Charge.class);
  static final Continuation<Charge> RESERVED = Continuation.of("reserved", Charge.class);
  static final Continuation<Charge> REFUNDED = Continuation.of("refunded", Charge.class);
  static final Continuation<Charge> RELEASED = Continuation.of("released", Charge.class);
  static final Continuation<Charge> REMIND = Continuation.of("remind", Charge.class);
  static final Continuation<Charge> REMINDED = Continuation.of("reminded", Charge.class);

  static final String PAYMENTS = "https://pay.example/charges";
  static final String REFUNDS = "https://pay.example/refunds";
  static final String STOCK = "https://stock.example/reservations/";
  static final String MAIL = "https://mail.example/reminders";

  @Override
  protected State emptyState() {
    return new State(Status.NEW, "", 0);
  }

  @Override
  protected State apply(State state, Event event) {
    return event.on(state);
  }

  @Override
  protected void define(Definition<Command, Event, State> on) {
    on.command(Place.class, this::place);
    on.command(Confirm.class, this::confirm);
    on.outcome(CHARGED, this::charged);
    on.late(CHARGED, this::chargedLate);
    on.outcome(LOOKED_UP, this::lookedUp);
    on.outcome(RESERVED, this::reserved);
    on.outcome(REFUNDED, (state, charge, outcome, next) -> note("refund", outcome, next));
    on.outcome(RELEASED, (state, charge, outcome, next) -> note("release", outcome, next));
    on.alarm(REMIND, this::remind);
    on.outcome(REMINDED, (state, charge, outcome, next) -> note("reminder", outcome, next));
  }

  private Next<Event, State> place(State state, Place place, Next<Event, State> next) {
    var charge = new Charge(next.originId(), place.item(), place.cents());
    var placed =
        state.status() != Status.NEW
            ? next // the command came twice
            : next.persist(new Placed(place.item(), place.cents()))
                .alarm("reminder", Duration.ofHours(24), REMIND.with(charge));
    return placed.thenReply(place.replyTo(), Function.identity());
  }

  private Next<Event, State> confirm(State state, Confirm confirm, Next<Event, State> next) {
    var confirmed = state.status() != Status.PLACED ? next : charge(state, next);
    return confirmed.thenReply(confirm.replyTo(), Function.identity());
  }

  /** The order's id is the idempotency key: whatever is sent twice is charged once. */
  private Next<Event, State> charge(State state, Next<Event, State> next) {
    var charge = new Charge(next.originId(), state.item(), state.cents());
    var request = FetchRequest.post(PAYMENTS).json(charge).idempotencyKey(charge.order());
    return next.persist(new Confirmed())
        .fetch(
            "charge", FetchSpec.of(request).within(Duration.ofSeconds(30)), CHARGED.with(charge));
  }

  private Next<Event, State> charged(
      State state, Charge charge, Outcome outcome, Next<Event, State> next) {
    return outcome.fold(
        answered -> answered(charge, answered.response(), next),
        failed -> next.persist(new NotCharged(failed.reason())),
        unknown -> look(charge, unknown.reason(), next),
        cancelled -> look(charge, "cancelled", next));
  }

  private Next<Event, State> answered(Charge charge, Response response, Next<Event, State> next) {
    if (response.successful()) {
      return paid(charge, next);
    }
    var why = "status " + response.status();
    return response.status() < 500
        ? next.persist(new NotCharged(why))
        : look(charge, why, next); // a server that stumbled may have charged before
  }

  /** Whether it was charged is for the provider to say, as soon as it can: reading is harmless. */
  private Next<Event, State> look(Charge charge, String why, Next<Event, State> next) {
    var request = FetchRequest.get(PAYMENTS + "/" + charge.order());
    return next.persist(new ChargeUnclear(why))
        .fetch("look-up", patiently(request), LOOKED_UP.with(charge));
  }

  private Next<Event, State> lookedUp(
      State state, Charge charge, Outcome outcome, Next<Event, State> next) {
    var status = outcome instanceof Outcome.Answered answered ? answered.response().status() : 0;
    return switch (status) {
      case 200 -> paid(charge, next);
      case 404 -> next.persist(new NotCharged("the charge never arrived"));
      default -> note("look-up", outcome, next); // after a day: somebody has to look
    };
  }

  private Next<Event, State> paid(Charge charge, Next<Event, State> next) {
    var reserve = FetchRequest.put(STOCK + charge.order()).json(charge);
    return next.persist(new Charged())
        .cancelAlarm("reminder")
        .fetch(
            "reserve", FetchSpec.of(reserve).retry(RetryPolicy.attempts(5)), RESERVED.with(charge));
  }

  /** The charge was given up as unknown, and now its answer has come. */
  private Next<Event, State> chargedLate(
      State state, Charge charge, Response response, Next<Event, State> next) {
    var noted = next.persist(new Noted("late answer " + response.status()));
    return response.successful() && state.status() == Status.CANCELLED
        ? refund(charge, noted)
        : noted;
  }

  /** What is not reserved for certain is taken back, and so is the charge before it. */
  private Next<Event, State> reserved(
      State state, Charge charge, Outcome outcome, Next<Event, State> next) {
    if (outcome instanceof Outcome.Answered answered && answered.response().successful()) {
      return next.persist(new Reserved());
    }
    var release = FetchRequest.delete(STOCK + charge.order());
    var released =
        next.persist(new NotReserved(what(outcome)))
            .fetch("release", patiently(release), RELEASED.with(charge));
    return refund(charge, released);
  }

  private Next<Event, State> refund(Charge charge, Next<Event, State> next) {
    var request =
        FetchRequest.post(REFUNDS).json(charge).idempotencyKey("refund-" + charge.order());
    return next.fetch("refund", patiently(request), REFUNDED.with(charge));
  }

  private Next<Event, State> remind(
      State state, Charge charge, Firing firing, Next<Event, State> next) {
    return state.status() == Status.PLACED
        ? next.fetch("remind", FetchRequest.post(MAIL).json(charge), REMINDED.with(charge))
        : next;
  }

  private static Next<Event, State> note(String step, Outcome outcome, Next<Event, State> next) {
    return next.persist(new Noted(step + ": " + what(outcome)));
  }

  private static String what(Outcome outcome) {
    return outcome.fold(
        answered -> "status " + answered.response().status(),
        failed -> "failed, " + failed.reason(),
        unknown -> "unknown, " + unknown.reason(),
        cancelled -> "cancelled");
  }

  private static FetchSpec patiently(FetchRequest request) {
    var untilItAnswers =
        RetryPolicy.attempts(100).backoff(Duration.ofSeconds(1), Duration.ofMinutes(15));
    return FetchSpec.of(request).within(Duration.ofDays(1)).retry(untilItAnswers);
  }
}
