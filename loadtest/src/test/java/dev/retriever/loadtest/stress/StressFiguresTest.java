package dev.retriever.loadtest.stress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retriever.loadtest.ledger.Ledger;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What runs with subscribers conclude from their figures. */
class StressFiguresTest {
  private static ByteBuf event(String text) {
    return Unpooled.copiedBuffer(text, UTF_8);
  }

  private static String outcome(String id, String body) {
    return ("{\"event\":\"outcome\",\"id\":\"7\",\"data\":{\"originId\":\"o\",\"id\":\"%s\","
            + "\"state\":\"settled\",\"acceptedAt\":\"2026-01-01T00:00:00Z\","
            + "\"settledAt\":\"2026-01-01T00:00:01Z\",\"attempts\":[],"
            + "\"outcome\":{\"type\":\"answered\",\"status\":200,\"body\":\"%s\"}}}")
        .formatted(id, body);
  }

  @Test
  void a_copy_of_an_event_that_differs_by_one_byte_is_altered() {
    var received = new ReceivedEvents();

    received.outcome("o", "7", event(outcome("f", "same")), true);
    received.outcome("o", "7", event(outcome("f", "same")), true);
    received.outcome("o", "7", event(outcome("f", "sane")), true);

    assertThat(received.outcomes()).isEqualTo(3);
    assertThat(received.altered()).isOne();
  }

  @Test
  void the_ledger_takes_the_outcome_that_readers_were_told() {
    var received = new ReceivedEvents();
    var ledger = new Ledger();
    ledger.accepted(new Ledger.Accepted("f", "fetch", true, Set.of("answered")));
    received.outcome("o", "7", event(outcome("f", "")), true);

    received.handOver(ledger);

    assertThat(ledger.latest()).hasSize(1).allMatch(fetch -> fetch.settled());
    ledger.forget();
    assertThat(ledger.verdict(Map.of()).total().accepted()).isZero();
  }

  @Test
  void only_healthy_subscribers_of_watched_origins_are_in_their_times() {
    var received = new ReceivedEvents();
    received.outcome("o", "1", event(outcome("f", "")), true);
    var watched = received.watch(Set.of("o"));

    received.outcome("o", "2", event(outcome("g", "")), true);
    received.outcome("p", "2", event(outcome("h", "")), true);
    received.outcome("o", "2", event(outcome("g", "")), false);

    assertThat(watched.getTotalCount()).isOne();
    assertThat(received.took().getTotalCount()).isEqualTo(4);
  }

  @Test
  void each_subscriber_of_a_channel_is_to_receive_each_of_its_events() {
    assertThat(Publisher.deliveries(new long[] {10, 5}, 4)).isEqualTo(2 * 10 + 2 * 5);
    assertThat(Publisher.deliveries(new long[] {10, 5}, 3)).isEqualTo(2 * 10 + 5);
    assertThat(Publisher.deliveries(new long[] {10, 5, 1}, 1)).isEqualTo(10);
  }

  @Test
  void a_rate_is_that_of_rounds_of_calls_which_take_as_long_as_they_do() {
    assertThat(StressCompared.rate(1_000, 64, 2)).isCloseTo(1_000 / 32.0, within(1e-9));
    assertThat(StressCompared.rate(2, 64, 2)).isCloseTo(0.5, within(1e-9));
  }

  private static List<StressDay.Part> parts(int count, double partSeconds, double slower) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new StressDay.Part(
                    100, partSeconds * (i + 1), i >= count * 9 / 10 ? slower : 1, 500))
        .toList();
  }

  @Test
  void growth_of_a_day_is_fitted_from_when_the_node_forgets_as_much_as_it_learns() {
    assertThat(StressDay.steady(parts(20, 720, 1))).isEqualTo(5);
    assertThat(StressDay.steady(parts(20, 10, 1))).isEqualTo(4);
    assertThat(StressDay.steady(parts(5, 900, 1))).isEqualTo(1);
  }

  @Test
  void a_day_that_is_half_as_fast_in_its_last_tenth_is_seen() {
    assertThat(StressDay.asFast(parts(20, 60, 2))).isEqualTo(0.5);
    assertThat(StressDay.asFast(parts(20, 60, 1))).isEqualTo(1.0);
    assertThat(StressDay.asFast(parts(2, 60, 1))).isEqualTo(1.0);
  }
}
