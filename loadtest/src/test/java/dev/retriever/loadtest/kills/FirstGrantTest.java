package dev.retriever.loadtest.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.kills.FirstGrant.Look;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstGrantTest {
  private static final int SLOTS = 8;
  private static final Instant STRUCK = Instant.parse("2026-01-01T00:00:10Z");
  private static final Optional<Look> BEFORE = Optional.of(look(-1, 2, 500, 8, 0));

  private static Look look(double seconds, long moves, long given, int running, int lingering) {
    return new Look(
        STRUCK.plusMillis(Math.round(seconds * 1_000)), moves, given, running, lingering, 5);
  }

  private static FirstGrant of(Look... looks) {
    return FirstGrant.of(STRUCK, BEFORE, List.of(looks), SLOTS);
  }

  @Test
  void a_queue_that_is_back_is_late_from_then_until_its_first_grant() {
    var grant = of(look(9, 3, 0, 5, 2), look(10, 3, 0, 5, 2), look(11.5, 3, 1, 6, 2));

    assertThat(grant.back()).contains(Duration.ofSeconds(9));
    assertThat(grant.grant()).contains(Duration.ofMillis(2_500));
    assertThat(grant.lingered()).isFalse();
  }

  @Test
  void while_all_slots_linger_no_grant_is_late() {
    var grant =
        of(look(9, 3, 0, 8, 8), look(20, 3, 0, 8, 8), look(25, 3, 0, 7, 7), look(26, 3, 1, 8, 7));

    assertThat(grant.lingered()).isTrue();
    assertThat(grant.free()).contains(Duration.ofSeconds(25));
    assertThat(grant.grant()).contains(Duration.ofSeconds(1));
  }

  @Test
  void a_queue_that_still_reads_what_is_taken_had_no_free_slot() {
    var grant =
        of(look(9, 3, 0, 1, 0), look(9.1, 3, 0, 5, 5), look(9.3, 3, 0, 8, 8), look(24, 3, 1, 8, 7));

    assertThat(grant.grant()).contains(Duration.ZERO);
    assertThat(grant.lingered()).isTrue();
    assertThat(of(look(9, 3, 0, 1, 0), look(9.3, 3, 0, 8, 8)).inVain()).isZero();
  }

  @Test
  void a_slot_that_is_taken_again_between_two_looks_was_not_waited_for() {
    var grant = of(look(9, 3, 0, 8, 8), look(25, 3, 1, 8, 7));

    assertThat(grant.grant()).contains(Duration.ZERO);
  }

  @Test
  void a_queue_that_did_not_move_must_grant_more_than_it_had_before() {
    var grant = of(look(0.1, 2, 500, 7, 0), look(0.2, 2, 500, 7, 0), look(0.4, 2, 501, 8, 0));

    assertThat(grant.grant()).contains(Duration.ofMillis(300));
  }

  @Test
  void a_queue_that_never_grants_again_has_no_first_grant_though_a_slot_was_free() {
    var grant = of(look(9, 3, 0, 5, 2), look(40, 3, 0, 5, 2));

    assertThat(grant.free()).isPresent();
    assertThat(grant.grant()).isEmpty();
    assertThat(grant.inVain()).isEqualTo(Duration.ofSeconds(31));
    assertThat(FirstGrant.of(STRUCK, BEFORE, List.of(), SLOTS).back()).isEmpty();
  }
}
