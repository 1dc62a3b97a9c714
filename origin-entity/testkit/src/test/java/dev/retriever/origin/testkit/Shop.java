package dev.retriever.origin.testkit;

import dev.retriever.executor.Body;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Reserves, charges and ships an order. When it cannot know whether the charge was made, it looks
 * two hours later.
 */
class Shop extends Origin<Shop.Command, Shop.Event, Shop.State> {
  sealed interface Command extends Serialized {}

  record Order(String item, ActorRef<Ordered> replyTo) implements Command {}

  record Ask(FetchSpec spec) implements Command {}

  record Hush(ActorRef<Ordered> replyTo) implements Command {}

  record Ordered(String item) implements Serialized {}

  sealed interface Event extends Serialized {}

  record ItemOrdered(String item) implements Event {}

  record Reserved(int status) implements Event {}

  record ChargeUnclear(String why) implements Event {}

  record Charged(String how) implements Event {}

  record Shipped() implements Event {}

  record Heard(String what) implements Event {}

  record State(Optional<String> item, List<String> done) implements Serialized {}

  record Item(String name) {}

  static final Continuation<Item> RESERVED = Continuation.of("reserved", Item.class);
  static final Continuation<Item> CHARGED = Continuation.of("charged", Item.class);
  static final Continuation<Item> LOOK = Continuation.of("look", Item.class);
  static final Continuation<NoContext> SHIPPED = Continuation.of("shipped");
  static final Continuation<NoContext> HEARD = Continuation.of("heard");
  static final String URL = "https://shop.example/";

  @Override
  protected State emptyState() {
    return new State(Optional.empty(), List.of());
  }

  @Override
  protected State apply(State state, Event event) {
    var item = event instanceof ItemOrdered ordered ? Optional.of(ordered.item()) : state.item();
    var done = Stream.concat(state.done().stream(), Stream.of(event.getClass().getSimpleName()));
    return new State(item, done.toList());
  }

  @Override
  protected void define(Definition<Command, Event, State> on) {
    on.command(Order.class, this::order);
    on.command(
        Ask.class, (state, ask, next) -> next.fetch("ask", ask.spec(), HEARD.with(NoContext.NONE)));
    on.command(Hush.class, (state, hush, next) -> next);
    on.outcome(RESERVED, this::reserved);
    on.outcome(CHARGED, this::charged);
    on.alarm(LOOK, this::look);
    on.outcome(SHIPPED, (state, none, outcome, next) -> next.persist(new Shipped()));
    on.outcome(
        HEARD, (state, none, outcome, next) -> next.persist(new Heard(outcome.type().name())));
    on.late(
        HEARD,
        (state, none, response, next) -> next.persist(new Heard("late " + response.status())));
  }

  static FetchSpec slow(FetchRequest request) {
    return FetchSpec.of(request).timeout(Duration.ofHours(1)).within(Duration.ofHours(2));
  }

  static FetchRequest post(String what, String item) {
    return FetchRequest.post(URL + what).body(Body.utf8(item));
  }

  private Next<Event, State> order(State state, Order order, Next<Event, State> next) {
    var first =
        state.item().isPresent()
            ? next
            : next.persist(new ItemOrdered(order.item()))
                .fetch(
                    "reserve",
                    FetchSpec.of(
                        new FetchRequest(
                            "PUT",
                            URL + "reserve",
                            List.of(),
                            Optional.of(Body.utf8(order.item())),
                            Optional.empty())),
                    RESERVED.with(new Item(order.item())));
    return first.thenReply(order.replyTo(), after -> new Ordered(after.item().orElseThrow()));
  }

  private Next<Event, State> reserved(
      State state, Item item, Outcome outcome, Next<Event, State> next) {
    return next.persist(new Reserved(outcome.received().map(Response::status).orElse(0)))
        .fetch("charge", FetchSpec.of(post("charge", item.name())), CHARGED.with(item));
  }

  private Next<Event, State> charged(
      State state, Item item, Outcome outcome, Next<Event, State> next) {
    return outcome.fold(
        answered ->
            next.persist(new Charged(answered.response().status() + ""))
                .fetch(
                    "ship", FetchSpec.of(post("ship", item.name())), SHIPPED.with(NoContext.NONE)),
        failed -> next.persist(new ChargeUnclear(failed.reason())),
        unknown ->
            next.persist(new ChargeUnclear(unknown.reason()))
                .alarm("look", Duration.ofHours(2), LOOK.with(item)),
        cancelled -> next);
  }

  private Next<Event, State> look(State state, Item item, Firing firing, Next<Event, State> next) {
    return next.fetch("look", FetchSpec.of(FetchRequest.get(URL + "charge")), CHARGED.with(item));
  }
}
