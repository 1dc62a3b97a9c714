package dev.retriever.origin.simulation;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.io.IOException;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Quiet.class)
class SimulationTest {
  /** Those of every build; others are for the command line. */
  private static final int SEEDS = 300;

  /** Besides, one in which two attempts want one slot: that happens once in a thousand. */
  private static final long TWO_FOR_A_SLOT = 1_135;

  private static final int THREADS = 2;

  private static final Chapter CHAPTER =
      new Chapter(
          "<!-- what happened: made by SimulationTest -->\n",
          "<!-- end of what happened -->\n",
          "SimulationTest");

  private static Totals summary;

  @BeforeAll
  static void run_the_seeds_of_every_build() {
    summary =
        Campaign.run(
            1,
            SEEDS + 1,
            THREADS,
            1,
            number -> SeedRun.run(SeedRun.Plan.of(number > SEEDS ? TWO_FOR_A_SLOT : number)),
            progress -> {});
  }

  @Test
  void every_promise_is_kept_whatever_strikes() {
    assertThat(summary.failures()).isEmpty();
    assertThat(summary.struck().keySet()).isEqualTo(EnumSet.allOf(Fault.class));
    assertThat(summary.seen().keySet()).isEqualTo(EnumSet.allOf(CoverageMark.class));
  }

  @Test
  void the_document_shows_what_struck_and_what_was_seen() throws IOException {
    var faults = Stream.of(Fault.values()).map(SimulationTest::row).collect(joining());
    var sights = Stream.of(CoverageMark.values()).map(SimulationTest::row).collect(joining());
    var text =
        """

        %d seeds had %d fetches, and %d things happened in them, in %d virtual minutes.

        ### Faults

        | fault | what happens | struck |
        |---|---|---|
        %s
        ### Rare events

        | rare event | what was seen | seen |
        |---|---|---|
        %s
        """
            .formatted(
                summary.seeds(),
                summary.fetches(),
                summary.steps(),
                summary.virtual().toMinutes(),
                faults,
                sights);
    CHAPTER.reads(text);
  }

  private static String row(Fault fault) {
    return row(fault.label(), fault.words(), summary.struck().getOrDefault(fault, 0));
  }

  private static String row(CoverageMark sight) {
    return row(sight.label(), sight.words(), summary.seen().getOrDefault(sight, 0));
  }

  private static String row(String label, String words, int times) {
    return "| %s | %s | %d |\n".formatted(label, words, times);
  }

  @Test
  void a_seed_always_gives_the_same_run() {
    var plan = SeedRun.Plan.of(7);

    assertThat(SeedRun.run(plan).hash()).isEqualTo(SeedRun.run(plan).hash());
  }

  @Test
  void without_faults_nothing_is_unknown_or_lost() {
    var well =
        Campaign.run(
            1,
            5,
            THREADS,
            1,
            seed -> SeedRun.run(new SeedRun.Plan(seed, EnumSet.noneOf(Fault.class), 0, false)),
            progress -> {});

    assertThat(well.failures()).isEmpty();
    assertThat(well.struck()).isEmpty();
    assertThat(well.seen()).doesNotContainKeys(CoverageMark.UNKNOWN, CoverageMark.ATTEMPT_LOST);
  }
}
