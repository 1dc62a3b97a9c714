package dev.retriever.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.queue.Churn.Gone;
import dev.retriever.loadtest.result.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChurnTest {
  private static final Instant AT = Instant.parse("2026-01-01T00:00:10Z");
  private static final Gone GONE = new Gone("executor", "127.0.0.1:1", true, AT);

  private final List<FetchAnswer> fetches = new ArrayList<>();

  /** A fetch of a time, in milliseconds before and after the kill, with attempts at those ports. */
  private void fetch(long accepted, long settled, int... ports) {
    var attempts = new ArrayList<FetchAnswer.Attempt>();
    for (var port : ports) {
      attempts.add(
          new FetchAnswer.Attempt(
              attempts.size() + 1,
              "retriever@127.0.0.1:" + port + "#a",
              AT.plusMillis(accepted),
              Optional.of(AT.plusMillis(settled)),
              Optional.of(200)));
    }
    var outcome =
        new FetchAnswer.Outcome(
            "answered",
            Optional.of("complete"),
            Optional.empty(),
            Optional.of(200),
            AT.plusMillis(settled).toString());
    fetches.add(
        Recorded.fetch(
            "o", "f" + fetches.size(), AT.plusMillis(accepted), Optional.of(outcome), attempts));
  }

  private Churn churn(Gone... gone) {
    return Churn.of(fetches, List.of(gone)).get(0);
  }

  @Test
  void the_first_settlement_and_the_first_of_those_that_were_there_are_told_apart() {
    fetch(-500, 30, 2);
    fetch(-500, 900, 1, 2);
    fetch(-800, -700, 1);
    fetch(100, 20, 2);

    var churn = churn(GONE);

    assertThat(churn.underWay()).isEqualTo(2);
    assertThat(churn.there()).isEqualTo(1);
    assertThat(churn.first()).contains(Duration.ofMillis(20));
    assertThat(churn.firstThere()).contains(Duration.ofMillis(900));
  }

  @Test
  void the_rate_is_back_when_as_much_settles_as_before_and_counts_until_the_next_goes_only() {
    for (var at = -3_000; at < 0; at += 100) {
      fetch(at - 50, at, 2);
    }
    for (var at = 6_000; at < 15_000; at += 100) {
      fetch(at - 50, at, 2);
    }

    assertThat(churn(GONE).back()).contains(Duration.ofMillis(5_800));
    assertThat(churn(GONE, new Gone("origin", "127.0.0.1:2", true, AT.plusSeconds(7))).back())
        .isEmpty();
  }
}
