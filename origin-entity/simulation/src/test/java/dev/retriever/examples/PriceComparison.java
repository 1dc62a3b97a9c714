package dev.retriever.examples;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.Firing;
import dev.retriever.origin.Next;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Asks many shops for the price of a product, all at once, and is done when all have settled,
 * whatever each came to, or after ten seconds. The origin's id names the comparison.
 */
final class PriceComparison
    extends Origin<PriceComparison.Command, PriceComparison.Event, PriceComparison.State> {
  sealed interface Command extends Serialized {}

  /**
   * @param shops by host name, at least one
   */
  record Compare(String product, Set<String> shops, ActorRef<State> replyTo) implements Command {}

  record Get(ActorRef<State> replyTo) implements Command {}

  record Offer(String shop, int cents) {}

  /**
   * @param asked how many shops
   * @param cents the price in each shop that settled; empty where there was none
   * @param best once all have settled; empty when nobody has the product
   */
  record State(int asked, Map<String, Optional<Integer>> cents, boolean done, Optional<Offer> best)
      implements Serialized {}

  sealed interface Event extends Serialized {
    State on(State state);
  }

  record Asked(String product, int shops) implements Event {
    @Override
    public State on(State state) {
      return new State(shops, Map.of(), false, Optional.empty());
    }
  }

  record Settled(String shop, Optional<Integer> cents) implements Event {
    @Override
    public State on(State state) {
      var all = new TreeMap<>(state.cents());
      all.put(shop, cents);
      return new State(state.asked(), all, false, Optional.empty());
    }
  }

  record Compared(Optional<Offer> best) implements Event {
    @Override
    public State on(State state) {
      return new State(state.asked(), state.cents(), true, best);
    }
  }

  record Shop(String name) {}

  static final Continuation<Shop> PRICED = Continuation.of("priced", Shop.class);
  static final Continuation<NoContext> TIME_IS_UP = Continuation.of("time-is-up");

  @Override
  protected State emptyState() {
    return new State(0, Map.of(), false, Optional.empty());
  }

  @Override
  protected State apply(State state, Event event) {
    return event.on(state);
  }

  @Override
  protected void define(Definition<Command, Event, State> on) {
    on.command(Compare.class, this::compare);
    on.command(Get.class, (state, get, next) -> next.thenReply(get.replyTo(), Function.identity()));
    on.outcome(PRICED, this::priced);
    on.alarm(TIME_IS_UP, this::timeIsUp);
  }

  private Next<Event, State> compare(State state, Compare compare, Next<Event, State> next) {
    var all = state.asked() > 0 ? next : ask(compare, next);
    return all.thenReply(compare.replyTo(), Function.identity());
  }

  private Next<Event, State> ask(Compare compare, Next<Event, State> next) {
    var all =
        next.persist(new Asked(compare.product(), compare.shops().size()))
            .alarm("deadline", Duration.ofSeconds(10), TIME_IS_UP.with(NoContext.NONE));
    for (var shop : compare.shops()) {
      var price = FetchRequest.get("https://" + shop + "/price/" + compare.product());
      all = all.fetch(shop, price, PRICED.with(new Shop(shop)));
    }
    return all;
  }

  /** The join: whichever shop settles last, its handler sees that it is the last. */
  private Next<Event, State> priced(
      State state, Shop shop, Outcome outcome, Next<Event, State> next) {
    var settled = new Settled(shop.name(), price(outcome));
    var after = settled.on(state);
    return after.cents().size() < after.asked()
        ? next.persist(settled)
        : next.persist(settled, new Compared(best(after))).cancelAlarm("deadline");
  }

  /** Each fetch that is taken back settles as cancelled, and the last of them joins. */
  private Next<Event, State> timeIsUp(
      State state, NoContext none, Firing firing, Next<Event, State> next) {
    var all = next;
    for (var shop : next.pending()) {
      all = all.cancelFetch(shop);
    }
    return all;
  }

  private static Optional<Integer> price(Outcome outcome) {
    return outcome instanceof Outcome.Answered answered && answered.response().successful()
        ? cents(answered.response().body().text().strip())
        : Optional.empty();
  }

  private static Optional<Integer> cents(String text) {
    return text.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  private static Optional<Offer> best(State state) {
    return state.cents().entrySet().stream()
        .flatMap(it -> it.getValue().map(cents -> new Offer(it.getKey(), cents)).stream())
        .min((one, other) -> Integer.compare(one.cents(), other.cents()));
  }
}
