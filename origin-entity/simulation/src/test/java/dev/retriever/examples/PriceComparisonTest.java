package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.examples.PriceComparison.Compare;
import dev.retriever.examples.PriceComparison.Compared;
import dev.retriever.examples.PriceComparison.Get;
import dev.retriever.examples.PriceComparison.Offer;
import dev.retriever.examples.PriceComparison.State;
import dev.retriever.executor.Stage;
import dev.retriever.origin.testkit.NoReply;
import dev.retriever.origin.testkit.OriginTestKit;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PriceComparisonTest {
  private static final Set<String> SHOPS = shops(100);

  private static final Set<String> FEW = shops(10);

  private final OriginTestKit<PriceComparison.Command, PriceComparison.Event, State> kit =
      OriginTestKit.of(new PriceComparison());

  private static Set<String> shops(int count) {
    return IntStream.range(0, count)
        .mapToObj("shop-%02d.example"::formatted)
        .collect(Collectors.toUnmodifiableSet());
  }

  private State compare() {
    return kit.ask(State.class, replyTo -> new Compare("bicycle", SHOPS, replyTo));
  }

  private static Compared best(String shop, int cents) {
    return new Compared(Optional.of(new Offer(shop, cents)));
  }

  @Test
  void the_best_of_a_hundred_prices_is_found() {
    kit.otherwise().answers(200, "49900");
    kit.whenFetch("shop-42.example").answersAfter(Duration.ofSeconds(3), 503);
    kit.whenFetch("shop-77.example").answers(200, "44900");

    assertThat(compare().done()).isFalse();
    kit.advance(Duration.ofSeconds(3));

    assertThat(kit.requests()).hasSize(100);
    assertThat(kit.events()).endsWith(best("shop-77.example", 44900));
    assertThat(kit.ask(State.class, Get::new).done()).isTrue();
    assertThat(kit.alarms()).isEmpty();
  }

  @Test
  void it_is_done_when_all_have_settled_whatever_each_came_to() {
    kit.otherwise().answers(404);
    kit.whenFetch("shop-01.example").fails(Stage.CONNECTING, "connection-refused");
    kit.whenFetch("shop-02.example").breaks(Stage.SENT, "connection-closed");
    kit.whenFetch("shop-03.example").answers(200, "ask us");
    kit.whenFetch("shop-04.example").answers(200, "49900");

    compare();

    assertThat(kit.events()).endsWith(best("shop-04.example", 49900));
    assertThat(kit.state().cents()).hasSize(100);
  }

  @Test
  void no_shop_has_it() {
    kit.otherwise().answers(404);

    compare();

    assertThat(kit.events()).endsWith(new Compared(Optional.empty()));
  }

  @Test
  void after_ten_seconds_those_that_have_answered_are_compared() {
    kit.otherwise().staysSilent();
    kit.whenFetch("shop-05.example").answers(200, "49900");
    compare();

    kit.advance(Duration.ofSeconds(10).minusNanos(1));
    assertThat(kit.state().done()).isFalse();
    kit.advance(Duration.ofNanos(1));

    assertThat(kit.events()).endsWith(best("shop-05.example", 49900));
    assertThat(kit.pending()).isEmpty();
  }

  @Test
  void to_ask_twice_is_to_ask_once() {
    kit.otherwise().answers(404);

    compare();
    compare();

    assertThat(kit.requests()).hasSize(100);
  }

  @Test
  void a_crash_at_any_write_leaves_one_comparison() {
    for (var write = 1; write <= FEW.size() + 2; write++) {
      survives(write, true);
      survives(write, false);
    }
  }

  private static void survives(int write, boolean before) {
    var kit = OriginTestKit.of(new PriceComparison());
    kit.otherwise().answers(200, "49900");
    kit.whenFetch("shop-05.example").answersAfter(Duration.ofSeconds(1), 404);
    kit.whenFetch("shop-09.example").answers(200, "44900");
    if (before) {
      kit.crashBeforePersist(write);
    } else {
      kit.crashAfterPersist(write);
    }
    try {
      kit.ask(State.class, replyTo -> new Compare("bicycle", FEW, replyTo));
    } catch (NoReply e) {
      kit.ask(State.class, replyTo -> new Compare("bicycle", FEW, replyTo));
    }
    kit.advance(Duration.ofMinutes(1));

    assertThat(kit.events()).hasSize(FEW.size() + 2).endsWith(best("shop-09.example", 44900));
    assertThat(kit.requests()).hasSize(FEW.size());
    assertThat(kit.alarms()).isEmpty();
  }
}
