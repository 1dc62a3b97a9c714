package dev.retriever.cluster.tenants.quota;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PendingLeaseTest {
  private final PendingLease lease = new PendingLease();

  @BeforeEach
  void grant() {
    lease.granted(2);
  }

  @Test
  void units_are_held_until_their_fetches_are_recorded() {
    assertThat(lease.take()).isTrue();
    assertThat(lease.held()).isEqualTo(2);

    lease.recorded();

    assertThat(lease.held()).isEqualTo(1);
  }

  @Test
  void a_returned_unit_can_be_taken_again() {
    lease.take();
    lease.take();
    assertThat(lease.take()).isFalse();

    lease.returned();

    assertThat(lease.take()).isTrue();
    assertThat(lease.held()).isEqualTo(2);
  }

  @Test
  void a_doubtful_unit_is_held_for_so_many_looks() {
    lease.take();
    lease.doubtful();

    for (var n = 1; n < PendingLease.DOUBTS; n++) {
      lease.look();
    }
    assertThat(lease.held()).isEqualTo(1);
    lease.look();

    assertThat(lease.held()).isZero();
  }

  @Test
  void free_units_are_given_back_after_an_idle_look() {
    lease.take();
    lease.look();
    assertThat(lease.free()).isEqualTo(1);

    lease.look();

    assertThat(lease.free()).isZero();
    assertThat(lease.held()).isEqualTo(1);
  }

  @Test
  void a_lapsed_lease_has_no_free_units_but_those_under_way() {
    lease.take();

    lease.lapsed();

    assertThat(lease.take()).isFalse();
    assertThat(lease.held()).isEqualTo(1);
  }
}
