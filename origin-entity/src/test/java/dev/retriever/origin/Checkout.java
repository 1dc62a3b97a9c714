package dev.retriever.origin;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.core.PendingFetch;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** Charges an order; looks before it leaps when it cannot know whether the charge was made. */
public final class Checkout extends Origin<Checkout.Command, Checkout.Event, Checkout.State> {
  sealed interface Command extends Serialized {}

  record Pay(String order, int cents, ActorRef<Accepted> replyTo) implements Command {}

  record PayAll(List<String> orders) implements Command {}

  record Stop(String order) implements Command {}

  record Accepted(int asked) implements Serialized {}

  sealed interface Event extends Serialized {}

  record PaymentAsked(String order) implements Event {}

  record Paid(String order, int status) implements Event {}

  record NotCharged(String order, String why) implements Event {}

  /** What a journal cannot hold: it refers to itself. */
  record Endless(List<Object> self) implements Event {
    static Endless loop() {
      var list = new java.util.ArrayList<Object>();
      list.add(list);
      return new Endless(list);
    }
  }

  public record State(List<String> asked, List<String> paid, List<String> notCharged)
      implements Serialized {}

  record OrderRef(String order) {}

  static final Continuation<OrderRef> CHARGED = Continuation.of("charged", OrderRef.class);
  static final Continuation<OrderRef> UNDEFINED = Continuation.of("undefined", OrderRef.class);
  static final String URL = "http://pay.example.org/";

  /** What goes wrong in the handler of {@link #CHARGED}; empty when nothing does. */
  Optional<String> trouble = Optional.empty();

  /** A fetch that the handler of {@link #CHARGED} cancels, whatever the outcome. */
  Optional<String> alsoCancels = Optional.empty();

  /** False: as if this code were from before the continuation was written. */
  boolean knowsCharged = true;

  @Override
  protected State emptyState() {
    return new State(List.of(), List.of(), List.of());
  }

  @Override
  protected State apply(State state, Event event) {
    if (event instanceof PaymentAsked asked) {
      return new State(
          PendingFetch.plus(state.asked(), asked.order()), state.paid(), state.notCharged());
    } else if (event instanceof Paid paid) {
      return new State(
          state.asked(), PendingFetch.plus(state.paid(), paid.order()), state.notCharged());
    } else if (event instanceof NotCharged not) {
      return new State(
          state.asked(), state.paid(), PendingFetch.plus(state.notCharged(), not.order()));
    }
    return state;
  }

  @Override
  protected void define(Definition<Command, Event, State> on) {
    on.command(
        Pay.class,
        (state, pay, next) ->
            next.persist(new PaymentAsked(pay.order()))
                .fetch(pay.order(), charge(pay.order()), CHARGED.with(new OrderRef(pay.order())))
                .thenReply(pay.replyTo(), after -> new Accepted(after.asked().size())));
    on.command(
        PayAll.class,
        (state, all, next) -> {
          for (var order : all.orders()) {
            next = next.fetch(charge(order), CHARGED.with(new OrderRef(order)));
          }
          return next;
        });
    on.command(Stop.class, (state, stop, next) -> next.cancelFetch(stop.order()));
    if (knowsCharged) {
      on.outcome(CHARGED, this::charged);
    }
  }

  static FetchSpec charge(String order) {
    return FetchSpec.of(FetchRequest.post(URL + order).body(Body.utf8(order)));
  }

  private Next<Event, State> charged(
      State state, OrderRef ref, Outcome outcome, Next<Event, State> next) {
    var paid =
        outcome.<Next<Event, State>>fold(
            answered -> next.persist(new Paid(ref.order(), answered.response().status())),
            failed -> next.persist(new NotCharged(ref.order(), failed.reason())),
            unknown ->
                next.fetch(
                    "look-up-" + ref.order(),
                    FetchRequest.get(URL + ref.order()),
                    CHARGED.with(ref)),
            cancelled -> next.persist(new NotCharged(ref.order(), "cancelled")));
    return switch (trouble.orElse("none")) {
      case "throws" -> throw new IllegalStateException("scripted");
      case "half a pair" -> throw new IllegalStateException("half\ud800");
      case "unserializable" -> paid.persist(Endless.loop());
      case "no such pool" -> paid.fetch(charge("more").executor("gone"), CHARGED.with(ref));
      case "undefined" -> paid.fetch(charge("more"), UNDEFINED.with(ref));
      default -> alsoCancels.map(paid::cancelFetch).orElse(paid);
    };
  }
}
