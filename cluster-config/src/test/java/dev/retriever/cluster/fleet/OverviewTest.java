package dev.retriever.cluster.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.QueueView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Sums over nodes, and what is wrong with them. */
class OverviewTest {
  private static final Counts QUIET = new Counts(2, 2, 0, 0, 0, 0);

  private static NodeReport with(String name, List<Step> steps, QueueReport... queues) {
    return Fleets.report(name, false, Optional.empty(), steps, List.of(queues), List.of());
  }

  private static Overview overview(Member... members) {
    return new Overview(Fleets.of(members), Optional.of(0L));
  }

  private static List<String> sentences(Overview overview) {
    return Troubles.of(overview, UnaryOperator.identity()).stream()
        .map(Trouble::text)
        .collect(Collectors.toList());
  }

  @Test
  void rates_and_gauges_are_sums_of_those_who_answer() {
    var overview =
        overview(Fleets.node("a"), Fleets.node("b"), Fleets.member("c", "up", true, null));

    assertThat(overview.rate(Counts::accepted)).isEqualTo(4);
    assertThat(overview.sum(NodeReport.Load::pending)).isEqualTo(10);
    assertThat(overview.up()).isEqualTo(3);
    assertThat(overview.answered()).isEqualTo(2);
  }

  @Test
  void steps_of_the_same_time_are_added() {
    var steps =
        overview(
                Fleets.with(with("a", Fleets.steps(3, QUIET))),
                Fleets.with(with("b", Fleets.steps(2, QUIET))))
            .steps();

    assertThat(steps).extracting(step -> step.counts().accepted()).containsExactly(2L, 4L, 4L);
    assertThat(steps).extracting(Step::nodes).containsExactly(1, 2, 2);
  }

  @Test
  void a_step_that_some_node_has_not_ended_is_not_shown_yet() {
    var late = new ArrayList<>(Fleets.steps(3, QUIET));
    late.remove(2);

    var steps =
        overview(Fleets.with(with("a", Fleets.steps(3, QUIET))), Fleets.with(with("b", late)))
            .steps();

    assertThat(steps).extracting(Step::nodes).containsExactly(2, 2);
  }

  @Test
  void a_queue_that_moves_is_counted_once() {
    var queue = Fleets.queue("stripe", State.RUNNING, 7);

    var overview =
        overview(
            Fleets.with(with("a", List.of(), queue)), Fleets.with(with("b", List.of(), queue)));

    assertThat(overview.waiting()).isEqualTo(7);
    assertThat(overview.oldest()).contains(Fleets.NOW.minusSeconds(7));
  }

  @Test
  void nothing_is_said_of_a_cluster_that_is_well() {
    assertThat(sentences(overview(Fleets.node("a"), Fleets.node("b")))).isEmpty();
  }

  @Test
  void queues_that_are_stopped_are_named_with_why() {
    var report =
        with(
            "a",
            List.of(),
            Fleets.queue("held", State.HELD, 3),
            Fleets.queue("open", State.BREAKER_OPEN, 0),
            Fleets.queue("paused", State.PAUSED, 1),
            Fleets.queue("runs", State.RUNNING, 9));

    assertThat(sentences(overview(Fleets.with(report))))
        .containsExactly(
            "The breaker of queue open is open: most of its attempts failed.",
            "Queue held is held until 12:04:00 UTC, because it was asked to wait. 3 fetches wait"
                + " there.",
            "Queue paused is paused. 1 fetch waits there.");
  }

  @Test
  void of_many_queues_only_some_are_named() {
    var queues = new ArrayList<QueueReport>();
    for (var n = 10; n < 50; n++) {
      queues.add(Fleets.queue("q" + n, State.PAUSED, 0));
    }

    var said =
        sentences(overview(Fleets.with(with("a", List.of(), queues.toArray(QueueReport[]::new)))));

    assertThat(said).hasSize(21).contains("20 more queues are stopped.");
  }

  @Test
  void nodes_and_the_database_come_first() {
    var away = Fleets.report("b", true, Optional.empty(), List.of(), List.of(), List.of());

    assertThat(
            sentences(
                overview(
                    Fleets.member("a", "leaving", true, Fleets.report("a")),
                    Fleets.with(away),
                    Fleets.member("c", "up", false, null))))
        .containsExactly(
            "The database is away for 1 node. Submissions are refused there until it is back.",
            "Node c is unreachable. Its origins go on when it is back, or removed.",
            "Node a is leaving.");
  }

  @Test
  void a_pool_without_a_permit_for_those_who_wait_is_named() {
    var full = new NodeReport.PoolReport("bulk", 2, 2, 1, 3);
    var busy = new NodeReport.PoolReport("default", 2, 2, 2, 0);

    assertThat(sentences(overview(Fleets.with(Fleets.pools("a", full, busy)))))
        .containsExactly("Pool bulk of node a has no permit left, and 3 origins wait for one.");
  }

  @Test
  void queues_that_are_left_out_are_said_to_be() {
    assertThat(sentences(overview(Fleets.with(Fleets.withoutSomeQueues("a")))))
        .containsExactly(
            "Not all queues of node a are in these figures and problems: some answered late, or"
                + " they are too many.");
  }

  @Test
  void nodes_of_different_versions_are_an_update_under_way() {
    assertThat(sentences(overview(Fleets.node("a"), Fleets.with(Fleets.version("b", "0.2.0")))))
        .containsExactly(
            "The nodes have different versions: 0.1.0, 0.2.0. Go on with the update, or back.");
  }

  @Test
  void certificates_are_said_to_end_before_they_do() {
    var soon = new NodeReport.CertificateReport("api", Fleets.NOW.plusSeconds(86_400));
    var later = new NodeReport.CertificateReport("management", Fleets.NOW.plusSeconds(9_000_000));
    var report =
        Fleets.report("a", false, Optional.empty(), List.of(), List.of(), List.of(soon, later));

    assertThat(sentences(overview(Fleets.with(report))))
        .containsExactly("The certificate of the api port of node a ends at 2026-01-16T10:00:05Z.");
  }

  @Test
  void what_ended_badly_lately_is_counted() {
    var steps = Fleets.steps(30, new Counts(1, 0, 0, 1, 0, 0));
    var overview = new Overview(Fleets.of(Fleets.with(with("a", steps))), Optional.of(2L));

    assertThat(sentences(overview))
        .containsExactly(
            "30 fetches settled as unknown in the last 15 minutes: the target may have acted, or"
                + " not.",
            "2 callbacks were given up: no try was accepted.");
  }
}
