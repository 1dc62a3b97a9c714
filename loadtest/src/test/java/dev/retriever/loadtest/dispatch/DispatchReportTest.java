package dev.retriever.loadtest.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.cost.Deviation;
import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.cost.Usage;
import dev.retriever.loadtest.dispatch.Dispatch.Cell;
import dev.retriever.loadtest.dispatch.Dispatch.Origins;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DispatchReportTest {
  private static final Deviation NONE = new Deviation(0, 0, 0, 0);

  private final ResultDraft draft = new ResultDraft(false);
  private final List<DispatchCost> costs = new ArrayList<>();

  /** A plain call takes as long as its target. */
  private void cost(
      Dispatch dispatch,
      Origins origins,
      int duration,
      double added,
      double residency,
      double busy) {
    var times =
        new DispatchCost.Times(
            new double[] {duration}, new double[] {1}, new double[] {duration + added});
    costs.add(
        new DispatchCost(
            Cell.of(dispatch, origins, duration, 30),
            times,
            Optional.empty(),
            new Usage(residency, 1, 2, dispatch == Dispatch.DIRECT ? 0 : 1, 4, 0),
            new double[0],
            busy,
            1,
            1,
            Map.of(),
            NONE,
            List.of()));
  }

  private void asSaid(Origins origins) {
    for (var duration : List.of(0, 100, 1_000)) {
      cost(Dispatch.DIRECT, origins, duration, 4, duration + 10, duration + 5);
      cost(
          Dispatch.PROXY,
          origins,
          duration,
          7,
          duration < 100 ? 12 : duration == 100 ? 12.2 : 31.5,
          6);
      cost(Dispatch.NODES, origins, duration, 22, 60, 6);
    }
  }

  private void report() {
    for (var origins : Origins.values()) {
      asSaid(origins);
    }
    new DispatchReport(costs, PriceSheet.shipped(), 20).into(draft);
  }

  @Test
  void theories_are_compared_with_measurements() {
    report();

    assertThat(draft.findings)
        .anySatisfy(
            it ->
                assertThat(it)
                    .contains("at 100 ms proxy costs 9 times less", "9.0 times less", "It holds."))
        .anySatisfy(
            it ->
                assertThat(it)
                    .contains(
                        "at 1000 ms proxy costs 32 times less", "32.1 times less", "It holds."))
        .anySatisfy(
            it -> assertThat(it).contains("executors of its own node it is 3.0 ms", "It is less."))
        .anySatisfy(
            it -> assertThat(it).contains("executors of another node it is 15.0 ms", "It holds."));
  }

  @Test
  void the_decision_is_made_of_the_figures() {
    report();

    assertThat(draft.findings)
        .anySatisfy(
            it -> assertThat(it).contains("takes 3.0 ms more than direct", "cheaper beyond 2 ms"));
    assertThat(draft.findings)
        .anyMatch(it -> it.startsWith("Cost, plan: direct is cheaper up to fetches of 2 ms"));
  }

  @Test
  void the_first_page_gets_a_choice_for_200_ms_between_the_durations_that_were_measured() {
    report();

    assertThat(draft.answers)
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.headline()).isEqualTo(Headline.CHOICE);
              // Proxy is in memory for 12.2 ms at 100 ms and 31.5 ms at 1,000 ms; direct for all of
              // it.
              assertThat(it.text()).startsWith("**proxy**").contains("proxy adds 7 ms");
            });
  }

  @Test
  void the_costs_are_plotted_over_logarithmic_axes_with_the_crossing() {
    report();

    assertThat(draft.plots)
        .allMatch(it -> it.x().log() && it.y().log())
        .anySatisfy(
            it ->
                assertThat(it.marks())
                    .extracting(Plot.Mark::text)
                    .contains("direct = proxy at 2 ms"));
  }

  @Test
  void each_cell_is_a_row() {
    report();

    var table = draft.tables.get(0);
    assertThat(table.rows()).hasSize(costs.size());
    assertThat(table.rows().get(0)).startsWith("direct", "cold", 0);
  }

  @Test
  void pairs_that_do_not_differ_beyond_noise_are_said_to_and_the_inputs_of_the_cost_are_listed() {
    for (var dispatch : List.of(Dispatch.DIRECT, Dispatch.PROXY, Dispatch.QUEUED)) {
      var later = dispatch == Dispatch.QUEUED ? 40 : 0;
      var took = IntStream.range(0, 30).mapToDouble(i -> 100 + i + later).toArray();
      var memory = IntStream.range(0, 30).mapToDouble(i -> 20 + i / 10.0).toArray();
      costs.add(
          new DispatchCost(
              Cell.of(dispatch, Origins.COLD, 100, 30),
              new DispatchCost.Times(new double[] {100}, took, took),
              Optional.empty(),
              new Usage(20, 1, 2, 1, 4, 0),
              memory,
              5,
              1,
              1,
              Map.of(),
              NONE,
              List.of()));
    }

    new DispatchReport(costs, PriceSheet.shipped(), 20).into(draft);

    var differences =
        draft.tables.stream().filter(it -> it.title().startsWith("Which ways")).findFirst();
    assertThat(differences.orElseThrow().rows())
        .extracting(row -> row.get(3) + ": " + row.get(6))
        .containsExactly("proxy: " + DispatchDifferences.NOISE, "queued: slower", "queued: slower");
    assertThat(draft.findings)
        .anySatisfy(
            it ->
                assertThat(it)
                    .contains("Of 3 pairs of ways 1 do not differ", "direct and proxy of 100 ms"));
    assertThat(draft.tables)
        .anySatisfy(it -> assertThat(it.title()).startsWith("Inputs of the cost"));
  }

  @Test
  void without_both_of_them_nothing_is_decided() {
    cost(Dispatch.NODES, Origins.COLD, 100, 1, 1, 1);
    new DispatchReport(costs, PriceSheet.shipped(), 20).into(draft);

    assertThat(draft.findings).first().asString().startsWith("Decision: none");
  }

  @ParameterizedTest
  @CsvSource({
    "9, 8, 20, It holds.",
    "9, 30, 40, It says too little.",
    "9, 2, 12, It holds for origins that leave at once only; the wait before they leave takes the rest.",
    "9, 2, 4, It does not hold."
  })
  void a_theory_holds_holds_in_part_or_does_not(
      double said, double measured, double most, String verdict) {
    assertThat(DispatchFindings.verdict(said, measured, most)).isEqualTo(verdict);
  }

  @Test
  void a_hop_is_less_more_as_said_or_lost_in_noise() {
    assertThat(DispatchFindings.hopVerdict(new double[] {1, 2, 3})).isEqualTo("It is less.");
    assertThat(DispatchFindings.hopVerdict(new double[] {11, 12, 30})).isEqualTo("It holds.");
    assertThat(DispatchFindings.hopVerdict(new double[] {31, 40, 50})).isEqualTo("It is more.");
    assertThat(DispatchFindings.hopVerdict(new double[] {-20, 12, 30})).contains("noise");
  }

  @Test
  void all_fetches_of_a_cell_are_in_its_lanes_and_cold_origins_have_one_each() {
    for (var duration : List.of(0, 100, 500, 1_000, 10_000)) {
      var cell = Cell.of(Dispatch.PROXY, Origins.COLD, duration, 30);

      assertThat(IntStream.range(0, cell.lanes()).map(cell::inLane).sum()).isEqualTo(30);
      assertThat(
              IntStream.range(0, cell.lanes())
                  .boxed()
                  .flatMap(
                      lane ->
                          IntStream.range(0, cell.inLane(lane)).mapToObj(i -> cell.origin(lane, i)))
                  .distinct())
          .hasSize(30);
    }
  }
}
