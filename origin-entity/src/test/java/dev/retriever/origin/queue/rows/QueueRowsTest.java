package dev.retriever.origin.queue.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import dev.retriever.origin.queue.rows.QueueRows.Start;
import dev.retriever.origin.queue.wire.Line;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueueRowsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123Z");

  @Test
  void a_tag_gives_back_all_rows_with_any_text_in_them() {
    for (var text :
        List.of("plain", "", ",", "1,2,", "|\\\"\n\t\u0000", "ключ 🗝", "\ud800", "-1,")) {
      var lease = new Lease(text, 100_000, (7L << 32) + 5, true, false);
      var rows =
          new QueueRows(
              List.of(
                  new Start(lease, text, 3, text, 30_000),
                  new Start(new Lease("q", Lease.NO_SLOT, 1, false, true), "f", 1, text, 1)),
              List.of(new End(lease, true), new End(lease, false)),
              List.of(new KeyOf(text, "k", "f"), new KeyOf("q", text, "f")),
              List.of(new KeyOf("q", "k", text)),
              List.of(
                  new LineOf(text, text, line(text, Optional.of(NOW.plusSeconds(9)))),
                  new LineOf("q", "t", line(text, Optional.empty())),
                  new LineOf("q", "t", Line.empty(text, 5))),
              List.of(
                  new Listed(text, Long.MAX_VALUE, Optional.of(text)),
                  new Listed("q", 0, Optional.empty())));

      assertThat(QueueRows.of(rows.tag())).contains(rows);
    }
  }

  @Test
  void a_tag_without_rows_is_read_as_nothing() {
    assertThat(QueueRows.of(QueueRows.NONE.tag())).contains(QueueRows.NONE);
  }

  @Test
  void tags_of_other_kinds_are_no_rows_and_these_rows_are_no_wake_up() {
    assertThat(QueueRows.of(WakeUp.NONE.tag())).isEmpty();
    assertThat(QueueRows.of("")).isEmpty();
    assertThat(WakeUp.of(QueueRows.NONE.tag())).isEmpty();
  }

  @Test
  void times_are_rounded_down_to_the_millisecond() {
    var exact = new LineOf("q", "t", line("k", Optional.of(NOW.plusNanos(999_999))));
    var rows = new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(exact), List.of());

    assertThat(QueueRows.of(rows.tag()).orElseThrow().lines().get(0).line().laterAt())
        .contains(NOW);
  }

  private static Line line(String key, Optional<Instant> laterAt) {
    return new Line(key, 1, 5, 2, NOW.minusSeconds(60), NOW, laterAt, NOW.plusSeconds(600));
  }

  @Test
  void the_same_key_of_two_tenants_is_two_keys() {
    var one = KeyOf.of("q", "acme", "beta/k", "f");
    var other = KeyOf.of("q", "acme-beta", "k", "f");

    assertThat(one.key()).isNotEqualTo(other.key());
    assertThat(new QueueStore.HeldKey(one.key(), "http|acme/o", "f").ofTenant())
        .isEqualTo("beta/k");
  }
}
