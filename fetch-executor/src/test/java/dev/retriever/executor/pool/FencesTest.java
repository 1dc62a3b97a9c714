package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FencesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LASTING = Duration.ofSeconds(60);

  private final Fences fences = new Fences(2, LASTING);

  private static AttemptKey key(String fetchId) {
    return new AttemptKey("origin", "o", fetchId, 1);
  }

  @Test
  void a_fence_lasts_its_time_that_instant_included() {
    fences.put(key("a"), NOW);

    assertThat(fences.has(key("a"), NOW.plus(LASTING))).isTrue();
    assertThat(fences.has(key("a"), NOW.plus(LASTING).plusNanos(1))).isFalse();
    assertThat(fences.has(key("b"), NOW)).isFalse();
  }

  @Test
  void without_room_for_another_nothing_is_promised_until_the_oldest_is_over() {
    fences.put(key("a"), NOW);
    fences.put(key("b"), NOW.plusSeconds(1));

    assertThat(fences.put(key("c"), NOW.plus(LASTING))).isFalse();
    assertThat(fences.put(key("c"), NOW.plus(LASTING).plusNanos(1))).isTrue();
    assertThat(fences.has(key("a"), NOW.plus(LASTING).plusNanos(1))).isFalse();
  }

  @Test
  void one_that_is_put_again_lasts_from_then_on() {
    fences.put(key("a"), NOW);
    fences.put(key("b"), NOW);
    assertThat(fences.put(key("a"), NOW.plusSeconds(30))).isTrue();

    assertThat(fences.has(key("a"), NOW.plusSeconds(90))).isTrue();
    assertThat(fences.put(key("c"), NOW.plusSeconds(61))).as("b is over").isTrue();
  }
}
