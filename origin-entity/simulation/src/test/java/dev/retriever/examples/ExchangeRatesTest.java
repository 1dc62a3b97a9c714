package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.examples.ExchangeRates.Get;
import dev.retriever.examples.ExchangeRates.Rate;
import dev.retriever.examples.ExchangeRates.Start;
import dev.retriever.examples.ExchangeRates.State;
import dev.retriever.examples.ExchangeRates.Stop;
import dev.retriever.executor.Stage;
import dev.retriever.origin.testkit.OriginTestKit;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExchangeRatesTest {
  private final OriginTestKit<ExchangeRates.Command, ExchangeRates.Event, State> kit =
      OriginTestKit.of(new ExchangeRates(), "EUR-USD");

  private Optional<BigDecimal> rate() {
    return kit.ask(State.class, Get::new).latest().map(Rate::rate);
  }

  private void quarters(int count) {
    kit.advance(Duration.ofMinutes(15).multipliedBy(count));
  }

  @Test
  void the_rate_is_asked_for_every_quarter_of_an_hour() {
    kit.otherwise().answers(200, "1.0812");
    kit.tell(new Start());

    kit.advance(Duration.ofMinutes(15).minusNanos(1));
    assertThat(rate()).isEmpty();
    kit.advance(Duration.ofNanos(1));

    assertThat(rate()).contains(new BigDecimal("1.0812"));
    quarters(7);
    assertThat(kit.requests()).hasSize(8);
  }

  @Test
  void a_failed_fetch_leaves_the_last_good_rate() {
    kit.otherwise().answers(200, "1.0812");
    kit.tell(new Start());
    quarters(1);

    kit.otherwise().fails(Stage.CONNECTING, "connection-refused");
    quarters(1);
    kit.otherwise().breaks(Stage.BODY, "connection-closed");
    quarters(1);
    kit.otherwise().answers(503, "sorry");
    quarters(1);
    assertThat(rate()).contains(new BigDecimal("1.0812"));

    kit.otherwise().answers(200, "1.0795");
    quarters(1);
    assertThat(rate()).contains(new BigDecimal("1.0795"));
  }

  @Test
  void an_answer_that_is_no_number_is_parked_and_polling_goes_on() {
    kit.otherwise().answers(200, "soon");
    kit.tell(new Start());
    quarters(1);

    kit.otherwise().answers(200, "1.0812");
    quarters(8);

    assertThat(rate()).contains(new BigDecimal("1.0812"));
    assertThat(kit.parked()).hasSize(1);
    assertThat(kit.parked().get(0).reason()).contains("NumberFormatException");
  }

  @Test
  void a_tick_is_skipped_while_a_poll_is_pending() {
    kit.otherwise().answersAfter(Duration.ofMinutes(16), 503);
    kit.tell(new Start());

    quarters(2);
    assertThat(kit.requests()).hasSize(1);
    quarters(1);

    assertThat(kit.requests()).hasSize(2);
  }

  @Test
  void polling_stops_when_told_and_starts_again() {
    kit.otherwise().staysSilent();
    kit.tell(new Start());
    quarters(1);

    kit.tell(new Stop());
    quarters(8);
    assertThat(kit.requests()).hasSize(1);
    assertThat(kit.pending()).isEmpty();
    assertThat(kit.alarms()).isEmpty();

    kit.tell(new Start());
    kit.tell(new Start());
    quarters(1);
    assertThat(kit.requests()).hasSize(2);
  }

  /** Two starts, and a tick and an answer every quarter. */
  private static final int WRITES = 10;

  @Test
  void a_crash_at_any_write_changes_nothing() {
    for (var write = 1; write <= WRITES; write++) {
      assertThat(rateAfterAnHour(write, true)).isEqualTo(new BigDecimal("1.0812"));
      assertThat(rateAfterAnHour(write, false)).isEqualTo(new BigDecimal("1.0812"));
    }
  }

  private static BigDecimal rateAfterAnHour(int write, boolean before) {
    var kit = OriginTestKit.of(new ExchangeRates(), "EUR-USD");
    kit.otherwise().answers(200, "1.0812");
    if (before) {
      kit.crashBeforePersist(write);
    } else {
      kit.crashAfterPersist(write);
    }
    kit.tell(new Start());
    kit.tell(new Start()); // whoever cannot be sure that it arrived says it again
    kit.advance(Duration.ofMinutes(61));
    assertThat(kit.requests()).hasSize(4);
    assertThat(kit.writes()).isGreaterThanOrEqualTo(WRITES);
    assertThat(kit.unhandled()).isEmpty();
    return kit.state().latest().orElseThrow().rate();
  }
}
