package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SteadyRenewalsTest {
  private static final long NOW = 1_893_499_200_000L;

  private final SteadyRenewals renewals = new SteadyRenewals(Duration.ofMinutes(2));

  private boolean after(long seconds) {
    return renewals.renewedAt(NOW + seconds * 1_000);
  }

  @Test
  void a_node_that_has_renewed_for_the_whole_time_may_take_licences() {
    assertThat(after(0)).isFalse();
    assertThat(after(30)).isFalse();
    assertThat(after(90)).isFalse();
    assertThat(after(119)).isFalse();
    assertThat(after(120)).isTrue();
    assertThat(after(150)).isTrue();
  }

  @Test
  void after_a_gap_the_time_begins_anew() {
    after(0);
    after(60);
    assertThat(after(121)).isFalse();
    assertThat(after(181)).isFalse();
    assertThat(after(241)).isTrue();
  }

  @Test
  void after_a_clock_went_back_the_time_begins_anew() {
    after(0);
    after(60);
    assertThat(after(59)).isFalse();
    assertThat(after(119)).isFalse();
    assertThat(after(179)).isTrue();
  }

  @Test
  void after_a_renewal_that_failed_the_time_begins_anew() {
    after(0);
    after(60);
    renewals.failed();
    assertThat(after(119)).isFalse();
    assertThat(after(170)).isFalse();
    assertThat(after(230)).isFalse();
    assertThat(after(239)).isTrue();
  }
}
