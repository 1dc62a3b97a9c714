package dev.retriever.cluster.security.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.audit.AuditRow.Who;
import dev.retriever.executor.Tenant;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DenialsTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  private final Denials denials = new Denials(10);

  private boolean deny(Instant at, String address, String reason) {
    return denials.count(
        at, new Who(Tenant.DEFAULT, "none", "", address), "GET", "/" + address, reason);
  }

  private List<AuditRow> rows(Instant now) {
    return denials.take(now, () -> "id");
  }

  @Test
  void refusals_of_an_address_for_a_reason_in_a_minute_are_one_row() {
    assertThat(deny(NOON, "a", "x")).isTrue();
    assertThat(deny(NOON.plusSeconds(59), "a", "x")).isFalse();
    assertThat(deny(NOON, "b", "x")).isTrue();
    assertThat(deny(NOON, "a", "y")).isTrue();
    assertThat(deny(NOON.plusSeconds(60), "a", "x")).isTrue();

    assertThat(rows(NOON.plusSeconds(59))).isEmpty();
    assertThat(rows(NOON.plusSeconds(60))).extracting(AuditRow::count).containsExactly(2L, 1L, 1L);
    assertThat(rows(NOON.plusSeconds(120))).extracting(AuditRow::count).containsExactly(1L);
    assertThat(rows(NOON.plusSeconds(600))).isEmpty();
  }

  @Test
  void a_flood_from_many_addresses_makes_few_rows_and_loses_no_count() {
    for (var i = 0; i < 100_000; i++) {
      deny(NOON, "address-" + i, i % 2 == 0 ? "x" : "y");
    }

    var rows = rows(NOON.plusSeconds(60));
    assertThat(rows).hasSize(12);
    assertThat(rows.stream().mapToLong(AuditRow::count).sum()).isEqualTo(100_000);
    assertThat(denials.takeDropped()).isZero();
  }

  @Test
  void rows_that_could_not_be_stored_are_held_up_to_a_bound_and_then_only_counted() {
    for (var minute = 0; minute < 100; minute++) {
      var now = NOON.plusSeconds(60L * minute);
      for (var i = 0; i < 20; i++) {
        deny(now, "address-" + i, "x");
      }
      rows(now.plusSeconds(60)).forEach(denials::putBack);
    }

    var rows = rows(NOON.plusSeconds(100_000));
    assertThat(rows).hasSizeLessThanOrEqualTo(20);
    assertThat(rows.stream().mapToLong(AuditRow::count).sum() + denials.takeDropped())
        .isEqualTo(2_000);
  }
}
