package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.executor.pool.Reports;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.queue.entity.SettingsJson;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Look;
import dev.retriever.origin.queue.wire.Told;
import dev.retriever.origin.simulation.callback.CallbackChecker;
import dev.retriever.origin.simulation.probe.TraceRows;
import dev.retriever.origin.simulation.queue.QueueChecker;
import dev.retriever.origin.simulation.queue.QueueTraceWords;
import dev.retriever.origin.simulation.queue.StoredQueues;
import dev.retriever.origin.simulation.trace.CoverageMark;
import dev.retriever.origin.simulation.trace.TraceLine;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

  /** A node that stood still may send until it has caught up. */
  private static final Duration STOOD_STILL = Duration.ofSeconds(1);

  private final SimulatedCluster cluster;
  private final PromiseChecker checker;
  private final QueueChecker queues;
  private final CallbackChecker callbacks;

  /** By origin, the queues that it has told something since they came into memory. */
  private final Map<String, Set<String>> heardOf = new HashMap<>();

  CheckerFeed(SimulatedCluster cluster, PromiseChecker checker) {
    this.cluster = cluster;
    this.checker = checker;
    this.callbacks = new CallbackChecker(checker);
    this.queues =
        new QueueChecker(cluster.store().queues(), checker, this::goesOn, SettingsJson::read);
  }

  void journaled(SimulatedNode by, Store.Transaction transaction) {
    var persistenceId = transaction.persistenceId();
    var rows = transaction.rows();
    journaled(by, persistenceId, rows);
    callbacks.journaled(
        SimulatedCluster.originOf(persistenceId),
        rows.get(0).sequenceNr(),
        rows.stream().map(PersistentRepr::payload).toList());
    queues.journaled(
        new StoredQueues.Writing(persistenceId, transaction.lastRow(), cluster.world().now()),
        SimulatedCluster.originOf(persistenceId),
        rows.stream().map(PersistentRepr::payload).toList(),
        transaction.queues());
  }

  private void journaled(SimulatedNode by, String persistenceId, List<PersistentRepr> rows) {
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

  /** The purge has put that row in the place of those of its origin. */
  void purged(SimulatedNode by, PersistentRepr row) {
    var isGone = row.payload() instanceof OriginForgotten;
    checker.saw(isGone ? CoverageMark.FORGOTTEN : CoverageMark.STATE_SAVED);
    journaled(by, row.persistenceId(), List.of(row));
  }

  /** The purge cannot read what there is of that origin. */
  void unreadable(String persistenceId, RuntimeException why) {
    checker.broken(
        "P2", SimulatedCluster.originOf(persistenceId), "its rows cannot be read: " + why);
  }

  /** The purge leaves an origin alone. */
  void gaveWay() {
    checker.saw(CoverageMark.PURGE_GAVE_WAY);
  }

  /**
   * @param byPurge whether the purge wrote the last row that is there
   */
  void refused(SimulatedNode by, String persistenceId, boolean byPurge) {
    var origin = SimulatedCluster.originOf(persistenceId);
    cluster.note(
        () ->
            TraceLine.ofOrigin(
                by.name(), origin, origin + " is refused rows that are there already"));
    if (byPurge) {
      checker.purgedMeanwhile(persistenceId);
    } else {
      checker.saw(CoverageMark.STALE_WRITER_REFUSED);
    }
  }

  /** What queues promise. */
  QueueChecker queues() {
    return queues;
  }

  /**
   * A queue or an origin is told something.
   *
   * @param isThere whether it is in memory
   */
  void told(String id, Object message, boolean isThere) {
    if (!NodeQueues.isQueue(id)) {
      return;
    }
    if (!isThere) {
      heardOf.values().forEach(origins -> origins.remove(id));
      if (message instanceof Look) {
        checker.saw(CoverageMark.QUEUE_WOKEN);
      }
    }
    if (message instanceof Told told) {
      cluster.note(() -> QueueTraceWords.of(told));
      heardOf.computeIfAbsent(told.originId(), it -> new HashSet<>()).add(id);
    }
  }

  /** A queue lets attempts of that origin begin. */
  void granted(String originId, Granted granted) {
    queues.granted(granted, cluster.world().now());
    cluster.note(() -> QueueTraceWords.of(originId, granted));
    var queue = NodeQueues.idOf(granted.queue());
    if (!heardOf.getOrDefault(originId, Set.of()).contains(queue)) {
      checker.saw(CoverageMark.TOLD_BY_ROWS);
    }
  }

  private boolean goesOn(String originId, String fetchId, int attempt) {
    return cluster
        .target()
        .nodeOf(new AttemptKey(SimulatedCluster.TYPE, originId, fetchId, attempt))
        .filter(node -> !node.process().isDead())
        .filter(node -> !node.process().stoodStillWithin(STOOD_STILL))
        .isPresent();
  }

  /** Rows of queues do not allow what that node writes. */
  void refused(SimulatedNode by, String persistenceId, StoredQueues.Refused why) {
    var origin = SimulatedCluster.originOf(persistenceId);
    var words = why.name().toLowerCase(Locale.ROOT);
    cluster.note(
        () -> TraceLine.ofOrigin(by.name(), origin, origin + " is refused a start: " + words));
    why.mark().ifPresent(checker::saw);
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
    callbacks.hit(hit.key().originId(), hit.key().fetchId(), hit.request());
  }

  void begun(AttemptKey key, SimulatedNode on) {
    cluster.doors().refused(on, key).ifPresent(why -> checker.mustNotBegin(key, why));
    checker.begun(key, on.name());
    queues.begun(
        key.originId(), key.fetchId(), key.attempt(), on.process().stoodStillWithin(STOOD_STILL));
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
