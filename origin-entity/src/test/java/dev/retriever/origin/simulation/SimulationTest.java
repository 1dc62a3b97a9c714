package dev.retriever.origin.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Quiet.class)
class SimulationTest {
  /** Those of every build; others are for the command line. */
  private static final int SEEDS = 300;

  private static final int THREADS = 2;

  @Test
  void every_promise_is_kept_whatever_strikes() {
    var summary =
        Campaign.run(
            1, SEEDS, THREADS, 1, seed -> SeedRun.run(SeedRun.Plan.of(seed)), progress -> {});

    assertThat(summary.broken()).map(SeedRun.Result::breach).isEmpty();
    assertThat(summary.struck().keySet()).isEqualTo(EnumSet.allOf(Fault.class));
    assertThat(summary.seen().keySet()).isEqualTo(EnumSet.allOf(Sight.class));
  }

  @Test
  void a_seed_always_gives_the_same_run() {
    var plan = SeedRun.Plan.of(7);

    assertThat(SeedRun.run(plan).hash()).isEqualTo(SeedRun.run(plan).hash());
  }

  @Test
  void without_faults_nothing_is_unknown_or_lost() {
    var summary =
        Campaign.run(
            1,
            5,
            THREADS,
            1,
            seed -> SeedRun.run(new SeedRun.Plan(seed, EnumSet.noneOf(Fault.class), 0, false)),
            progress -> {});

    assertThat(summary.broken()).isEmpty();
    assertThat(summary.struck()).isEmpty();
    assertThat(summary.seen()).doesNotContainKeys(Sight.UNKNOWN, Sight.ATTEMPT_LOST);
  }
}
