package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.executor.pool.Reports;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.simulation.queue.QueueTables;
import dev.retriever.origin.simulation.trace.TraceLine;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.PersistentRepr;

/** Tells the trace and the checker what happens in the cluster. */
final class CheckerFeed {
  /** A write takes no longer; its rows may have the time of a clock that was set meanwhile. */
  private static final Duration UNCERTAIN = Duration.ofSeconds(20);

  /** An attempt of the same node ends within this when its fetch has settled. */
  private static final Duration ABORTED = Duration.ofSeconds(2);

  private final SimulatedCluster cluster;
  private final PromiseChecker checker;

  CheckerFeed(SimulatedCluster cluster, PromiseChecker checker) {
    this.cluster = cluster;
    this.checker = checker;
  }

  void journaled(SimulatedNode by, Store.Transaction transaction) {
    var persistenceId = transaction.persistenceId();
    var rows = transaction.rows();
    for (var row : rows) {
      cluster.note(
          persistenceId.hashCode() + (int) row.sequenceNr(),
          () ->
              TraceRows.line(
                  by.name(),
                  SimulatedCluster.originOf(persistenceId),
                  row.sequenceNr(),
                  row.payload()));
    }
    var wall = by.clock().instant();
    var writer =
        new PromiseChecker.Writer(
            by.name(),
            cluster.world().now(),
            wall,
            by.hasJumpedWithin(UNCERTAIN),
            cluster.isRemoved(by));
    checker.journaled(persistenceId, rows, cluster.world().now(), writer);
  }

  void refused(SimulatedNode by, String persistenceId) {
    var origin = SimulatedCluster.originOf(persistenceId);
    cluster.note(
        () ->
            TraceLine.ofOrigin(
                by.name(), origin, origin + " is refused rows that are there already"));
    checker.refused(persistenceId);
  }

  /** Rows of queues do not allow what that node writes. */
  void refused(SimulatedNode by, String persistenceId, QueueTables.Refused why) {
    var origin = SimulatedCluster.originOf(persistenceId);
    var words = why.name().toLowerCase(Locale.ROOT);
    cluster.note(
        () -> TraceLine.ofOrigin(by.name(), origin, origin + " is refused a start: " + words));
  }

  /** An origin has left the memory of that node. */
  void left(SimulatedNode node, String originId) {
    cluster.note(() -> TraceLine.ofOrigin(node.name(), originId, originId + " leaves memory"));
    if (cluster
        .store()
        .wakeAt(OriginHost.persistenceId(SimulatedCluster.TYPE, originId))
        .isPresent()) {
      checker.sleeps(originId);
    }
  }

  void hit(SimulatedTargets.Hit hit) {
    cluster.note(
        hit.key().hashCode(),
        () -> about(hit.key(), hit.node(), "reaches the target, answer: " + hit.answer()));
    checker.hit(hit);
  }

  void begun(AttemptKey key, SimulatedNode on) {
    cluster.doors().refused(on, key).ifPresent(why -> checker.mustNotBegin(key, why));
    checker.begun(key, on.name());
  }

  /**
   * An origin of that node learns that its rows are durable.
   *
   * @param at when; later than now while earlier writes of the node take longer
   */
  void told(
      SimulatedNode node,
      String originId,
      List<PersistentRepr> rows,
      CompletableFuture<Instant> at) {
    for (var row : rows) {
      if (row.payload() instanceof FetchSettled settled) {
        cluster
            .target()
            .underWay(node, originId, settled.fetchId())
            .forEach(
                key ->
                    node.after(ABORTED, () -> node.after(ABORTED, () -> isOver(settled, key, at))));
      }
    }
  }

  private void isOver(FetchSettled settled, AttemptKey key, CompletableFuture<Instant> told) {
    var latest = cluster.world().now().minus(ABORTED);
    if (cluster.target().isUnderWay(key)
        && isAborted(settled, key.attempt())
        && !told.getNow(Instant.MAX).isAfter(latest)) {
      checker.goesOn(key);
    }
  }

  /** An attempt that was given up before goes on until its own deadline. */
  private static boolean isAborted(FetchSettled settled, int attempt) {
    var all = settled.attempts();
    return all.size() == attempt
        && all.get(attempt - 1).reason().filter(Report.EXECUTOR_LOST::equals).isEmpty();
  }

  void reported(AttemptKey key, SimulatedNode by, Report report) {
    cluster.note(() -> about(key, by.name(), "ends: " + TraceWords.of(report)));
    checker.reported(key, by.name());
  }

  /** The reports of a node, whose acknowledgements are checked on their way to its executors. */
  Reports watched(ActorSystem<?> system, Reports reports) {
    var senders = new HashMap<AttemptKey, ActorRef<ReportAck>>();
    var watch =
        system.<ReportAck>systemActorOf(
            Behaviors.receiveMessage(
                ack -> {
                  checker.acknowledged(ack.key());
                  senders.get(ack.key()).tell(ack);
                  return Behaviors.same();
                }),
            "acknowledgements",
            Props.empty());
    return report -> {
      senders.put(report.key(), report.ackTo());
      reports.deliver(new AttemptReport(report.key(), report.report(), watch));
    };
  }

  private static TraceLine about(AttemptKey key, String node, String what) {
    var text = "%s/%s#%d %s".formatted(key.originId(), key.fetchId(), key.attempt(), what);
    return TraceLine.ofThing(node, key.originId(), key.fetchId(), text);
  }
}
