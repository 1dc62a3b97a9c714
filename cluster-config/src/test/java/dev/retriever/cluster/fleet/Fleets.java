package dev.retriever.cluster.fleet;

import dev.retriever.origin.queue.QueueView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Nodes for tests, that are well unless a test says otherwise. */
final class Fleets {
  static final Instant NOW = Instant.parse("2026-01-15T10:00:05Z");

  private Fleets() {}

  static AllNodes of(Member... members) {
    return new AllNodes(NOW, Arrays.asList(members));
  }

  static Member node(String name) {
    return member(name, "up", true, report(name));
  }

  static Member member(String name, String status, boolean reachable, NodeReport report) {
    return new Member(
        name,
        status,
        reachable,
        Set.of("origin", "executor"),
        name.equals("a"),
        Optional.ofNullable(report));
  }

  static Member with(NodeReport report) {
    return member(report.node(), "up", true, report);
  }

  static Member roles(String name, String... roles) {
    return new Member(name, "up", true, Set.of(roles), false, Optional.of(report(name)));
  }

  static NodeReport report(String name) {
    return report(name, false, Optional.empty(), List.of(), List.of(), List.of());
  }

  static NodeReport report(
      String name,
      boolean storageAway,
      Optional<String> stopping,
      List<Step> steps,
      List<QueueReport> queues,
      List<NodeReport.CertificateReport> certificates) {
    return report(name, "0.1.0", storageAway, stopping, steps, queues, List.of(), certificates);
  }

  static NodeReport version(String name, String version) {
    return report(
        name, version, false, Optional.empty(), List.of(), List.of(), List.of(), List.of());
  }

  static NodeReport withoutSomeQueues(String name) {
    var it = report(name);
    return new NodeReport(
        name,
        it.version(),
        it.startedAt(),
        it.stopping(),
        it.storageAway(),
        it.load(),
        it.lately(),
        it.steps(),
        it.queues(),
        it.regions(),
        it.pools(),
        it.memory(),
        it.certificates(),
        true);
  }

  static NodeReport pools(String name, NodeReport.PoolReport... pools) {
    return report(
        name, "0.1.0", false, Optional.empty(), List.of(), List.of(), List.of(pools), List.of());
  }

  private static NodeReport report(
      String name,
      String version,
      boolean storageAway,
      Optional<String> stopping,
      List<Step> steps,
      List<QueueReport> queues,
      List<NodeReport.PoolReport> pools,
      List<NodeReport.CertificateReport> certificates) {
    return new NodeReport(
        name,
        version,
        NOW.minusSeconds(3_600),
        stopping,
        storageAway,
        new NodeReport.Load(5, 4, 3, 2, Optional.empty()),
        new Lately(new Counts(20, 10, 0, 0, 0, 0), 10_000),
        steps,
        queues,
        List.of(),
        pools,
        List.of(),
        certificates,
        false);
  }

  static QueueReport queue(String name, QueueView.State state, long waiting) {
    return new QueueReport(
        name,
        state,
        state == QueueView.State.HELD
            ? Optional.of(Instant.parse("2026-01-15T12:04:00Z"))
            : Optional.empty(),
        waiting,
        waiting == 0 ? Optional.empty() : Optional.of(NOW.minusSeconds(waiting)),
        1);
  }

  /** So many steps before the current one, each with those counts. */
  static List<Step> steps(int number, Counts each) {
    var steps = new ArrayList<Step>();
    for (var n = number; n > 0; n--) {
      var at = Math.floorDiv(NOW.getEpochSecond(), 10L) * 10 - 10L * n;
      steps.add(new Step(at, each, 1, 1, new Timing(2, 0.01), Timing.NONE, 1));
    }
    return steps;
  }
}
