package dev.retriever.cluster.security.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.audit.AuditRow.Kind;
import dev.retriever.cluster.security.audit.AuditRow.Who;
import dev.retriever.cluster.security.audit.AuditStore.Stored;
import dev.retriever.executor.Tenant;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditJsonTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  private static final AuditRow ASKED =
      new AuditRow(
          NOON,
          Kind.ASKED,
          "id",
          new Who(Tenant.DEFAULT, "key", "k", "::1"),
          "POST /x",
          "",
          0,
          "",
          1,
          "",
          "");

  private static String result(Optional<Kind> end, Instant now) {
    return AuditJson.stored(new Stored(1, ASKED, end), now).path("result").asText();
  }

  @Test
  void a_deed_without_an_end_is_unknown_after_a_minute() {
    assertThat(result(Optional.empty(), NOON.plusMillis(59_999))).isEqualTo("asked");
    assertThat(result(Optional.empty(), NOON.plusSeconds(60))).isEqualTo("unknown");
    assertThat(result(Optional.of(Kind.DONE), NOON.plusSeconds(3600))).isEqualTo("done");
    assertThat(result(Optional.of(Kind.FAILED), NOON)).isEqualTo("failed");
  }

  @Test
  void the_end_of_a_deed_is_failed_from_status_400_on() {
    assertThat(ASKED.ended(NOON, 399, "", "").kind()).isEqualTo(Kind.DONE);
    assertThat(ASKED.ended(NOON, 400, "", "").kind()).isEqualTo(Kind.FAILED);
    assertThat(ASKED.ended(NOON, 200, "a", "b").deed()).isEqualTo("id");
  }
}
