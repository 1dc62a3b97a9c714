package dev.retriever.loadtest.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class HitsTest {
  private long now = 1_000_000;
  private final Hits hits = new Hits(() -> Instant.ofEpochMilli(now));

  @Test
  void an_attempt_after_the_pause_is_not_early() {
    hits.count("f", 1);
    hits.pause("f", 1, 3);
    now += 3_000;
    hits.count("f", 2);

    assertThat(hits.early()).isEmpty();
  }

  @Test
  void an_attempt_within_the_pause_is_early_by_what_was_left() {
    hits.count("f", 1);
    hits.pause("f", 1, 3);
    now += 2_750;
    hits.count("f", 2);

    assertThat(hits.early()).containsExactly(new Hits.Early("f", 1, 2, 250));
  }

  @Test
  void the_same_attempt_again_and_other_fetches_are_no_matter_of_the_pause() {
    hits.pause("f", 2, 3);
    hits.count("f", 2);
    hits.count("g", 3);

    assertThat(hits.early()).isEmpty();
  }

  @Test
  void a_pause_is_judged_once_and_forgotten_by_a_reset() {
    hits.pause("f", 1, 3);
    hits.count("f", 2);
    hits.count("f", 3);
    assertThat(hits.early()).hasSize(1);

    hits.pause("f", 3, 3);
    hits.reset();
    hits.count("f", 4);
    assertThat(hits.early()).isEmpty();
  }
}
