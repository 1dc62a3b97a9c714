package dev.retriever.loadtest.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.result.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  private static final Instant BLOW = Instant.parse("2026-01-01T00:00:10Z");
  private static final String DEAD = "127.0.0.1:1";
  private static final String ALIVE = "127.0.0.1:2";
  private static final Strike STRIKE =
      new Strike("kill -9", BLOW, Optional.of(DEAD), true, 100, 60);

  private final List<FetchAnswer> fetches = new ArrayList<>();

  /** One each 100 ms in a span of seconds after the strike. */
  private void settling(double from, double to, String origin, String node) {
    for (var at = (long) (from * 1000); at < to * 1000; at += 100) {
      var settled = BLOW.plusMillis(at);
      var attempt =
          new FetchAnswer.Attempt(
              1,
              "retriever@" + node + "#a",
              settled.minusMillis(10),
              Optional.of(settled),
              Optional.of(200));
      var outcome =
          new FetchAnswer.Outcome(
              "answered",
              Optional.of("complete"),
              Optional.empty(),
              Optional.of(200),
              settled.toString());
      fetches.add(
          Recorded.fetch(
              origin,
              origin + at,
              settled.minusMillis(10),
              Optional.of(outcome),
              List.of(attempt)));
    }
  }

  private Recovery recovery() {
    return Recovery.of(fetches, List.of(STRIKE)).get(0);
  }

  @Test
  void the_rate_is_back_when_as_much_settles_as_before_the_strike() {
    settling(-3, 0, "there", DEAD);
    settling(-3, 0, "here", ALIVE);
    settling(4, 20, "here", ALIVE);
    settling(13, 20, "there", ALIVE);

    var recovery = recovery();

    assertThat(recovery.elsewhere().orElseThrow()).isEqualTo(Duration.ofMillis(3_800));
    assertThat(recovery.all().orElseThrow()).isEqualTo(Duration.ofMillis(12_600));
    assertThat(recovery.first().orElseThrow()).isEqualTo(Duration.ofMillis(13_000));
    assertThat(recovery.share()).isBetween(33.0, 34.0);
  }

  @Test
  void a_rate_that_was_never_lost_is_back_at_once() {
    settling(-3, 20, "here", ALIVE);

    assertThat(recovery().all()).contains(Duration.ZERO);
    assertThat(recovery().elsewhere()).contains(Duration.ZERO);
  }

  @Test
  void a_rate_that_comes_back_after_the_next_strike_is_not_counted() {
    settling(-3, 0, "here", ALIVE);
    settling(8, 20, "here", ALIVE);
    var next = new Strike("kill -9", BLOW.plusSeconds(6), Optional.of(ALIVE), true, 100, 60);

    assertThat(Recovery.of(fetches, List.of(STRIKE, next)).get(0).all()).isEmpty();
  }

  @Test
  void a_strike_to_all_is_left_out() {
    var all = new Strike("kill -9 of PostgreSQL", BLOW, Optional.empty(), true, 100, 60);

    assertThat(Recovery.of(fetches, List.of(all))).isEmpty();
  }
}
