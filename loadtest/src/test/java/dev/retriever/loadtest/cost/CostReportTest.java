package dev.retriever.loadtest.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retriever.loadtest.cost.Batch.Call;
import dev.retriever.loadtest.cost.BreakEven.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CostReportTest {
  private static final long NOON = 1_795_255_200_000L;

  private final List<InvocationLine> lines = new ArrayList<>();

  private void line(
      String event, String message, String fetch, long at, double wall, double cpu, long rows) {
    lines.add(
        new InvocationLine(
            "n",
            message.equals("Attempt"),
            "o",
            Optional.ofNullable(fetch),
            event,
            message,
            message.equals("Submit") ? "accepted" : "answered",
            at,
            wall,
            cpu,
            rows,
            message.equals("Recovery") ? 4 : 0,
            OptionalLong.empty()));
  }

  private void twoFetches() {
    line("wake", "Recovery", null, NOON + 9, 1, 0.5, 0);
    for (var i = 0; i < 2; i++) {
      var at = NOON + 10 + 100 * i;
      line("command", "Submit", "f" + i, at, 2, 0.25, 2);
      line("report", "Attempt", "f" + i, at + 3, 50, 0.125, 0);
      line("report", "ReportArrived", "f" + i, at + 54, 2, 0.25, 1);
    }
    line("residency", "Residency", null, NOON, 400, 9, 6);
  }

  private static Batch batch(long until) {
    var calls =
        List.of(
            new Call("o", "f0", NOON + 9, NOON + 67, NOON + 67),
            new Call("o", "f1", NOON + 109, NOON + 167, NOON + 167));
    return new Batch("b", "proxy", 50, calls, until, 2, false);
  }

  @Test
  void each_fetch_takes_its_part_of_what_all_took() {
    twoFetches();

    var report = CostReport.of(lines, List.of(batch(NOON + 1_000)), PriceSheet.shipped());

    assertThat(report.warnings()).isEmpty();
    var each = report.costs().get(0).each();
    // The residency began before the batch, by about 9 ms.
    assertThat(each.residencyMs()).isBetween(193.0, 197.0);
    assertThat(each.cpuMs()).isEqualTo(0.875, within(1e-9));
    assertThat(each.originRequests()).isEqualTo(2);
    assertThat(each.executorRequests()).isEqualTo(1);
    assertThat(each.rowsWritten()).isEqualTo(3);
    assertThat(each.rowsRead()).isEqualTo(2);
    assertThat(report.originLines()).isEqualTo(6);
    assertThat(report.executorLines()).isEqualTo(2);
  }

  @Test
  void the_time_in_memory_after_a_batch_does_not_count_to_it() {
    twoFetches();

    var report = CostReport.of(lines, List.of(batch(NOON + 209)), PriceSheet.shipped());

    assertThat(report.costs().get(0).each().residencyMs()).isEqualTo(100, within(0.001));
  }

  @Test
  void without_batches_all_lines_are_of_the_fetches_that_were_accepted() {
    twoFetches();

    var report = CostReport.ofAll(lines, PriceSheet.shipped());

    assertThat(report.costs().get(0).fetches()).isEqualTo(2);
    assertThat(report.costs().get(0).each().residencyMs()).isEqualTo(200);
    assertThat(report.text())
        .contains("6 lines of origins, 2 of executors", "plan $/M", "metered $/M", "2500.02");
  }

  @Test
  void two_ways_break_even_where_the_lines_through_their_costs_cross() {
    var direct = List.of(new Point(0, 10), new Point(100, 110), new Point(1_000, 1_010));
    var proxy = List.of(new Point(0, 60), new Point(100, 60), new Point(1_000, 60));

    var found = BreakEven.between("direct", direct, "proxy", proxy);

    assertThat(found)
        .isEqualTo(new BreakEven("direct", "proxy", true, OptionalDouble.of(50)))
        .hasToString("direct is cheaper up to fetches of 50 ms, proxy beyond");
  }

  @Test
  void of_two_ways_that_do_not_cross_one_is_cheaper_throughout() {
    var cheap = List.of(new Point(0, 1), new Point(100, 2));
    var dear = List.of(new Point(0, 3), new Point(100, 4));

    assertThat(BreakEven.between("a", dear, "b", cheap))
        .hasToString("b is cheaper than a at every duration measured");
  }

  @Test
  void costs_at_the_same_durations_are_compared_by_each_price_sheet() {
    var costs =
        List.of(
            new Cost("d0", "direct", 0, 1, new Usage(10, 0, 0, 0, 0, 0)),
            new Cost("d1", "direct", 1_000, 1, new Usage(1_010, 0, 0, 0, 0, 0)),
            new Cost("p0", "proxy", 0, 1, new Usage(20, 0, 0, 0, 0, 0)),
            new Cost("p1", "proxy", 1_000, 1, new Usage(20, 0, 0, 0, 0, 0)),
            new Cost("x", "other", 5, 1, Usage.NONE));

    var found = Cost.breakEvens(costs, PriceSheet.shipped().get(0));

    assertThat(found)
        .containsExactly(new BreakEven("direct", "proxy", true, OptionalDouble.of(10)));
  }
}
