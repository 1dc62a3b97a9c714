package dev.retriever.cluster.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The figures of the whole cluster: sums of what its nodes report. Pure.
 *
 * @param dead callbacks that were given up; empty if it is not known
 */
record Overview(AllNodes fleet, Optional<Long> dead) {
  private static final Comparator<QueueReport> BY_NAME = Comparator.comparing(QueueReport::name);

  /** In a second, each node by its own clock. */
  double rate(ToLongFunction<Counts> count) {
    return fleet
        .reports()
        .map(NodeReport::lately)
        .mapToDouble(it -> it.perSecond(count.applyAsLong(it.counts())))
        .sum();
  }

  long sum(ToLongFunction<NodeReport.Load> figure) {
    return fleet.reports().map(NodeReport::load).mapToLong(figure).sum();
  }

  long up() {
    return fleet.members().stream().filter(Member::isUp).count();
  }

  long answered() {
    return fleet.reports().count();
  }

  /** Each is on one node. While one moves, two may tell of it. */
  List<QueueReport> queues() {
    var byName = new TreeMap<String, QueueReport>();
    fleet.reports().flatMap(it -> it.queues().stream()).forEach(it -> byName.put(it.name(), it));
    return byName.values().stream().sorted(BY_NAME).toList();
  }

  long waiting() {
    return queues().stream().mapToLong(QueueReport::waiting).sum();
  }

  Optional<Instant> oldest() {
    return queues().stream().flatMap(it -> it.oldest().stream()).min(Comparator.naturalOrder());
  }

  /** Steps of all nodes, the latest last, without those that some node has not ended yet. */
  List<Step> steps() {
    var byTime = new TreeMap<Long, Step>();
    fleet
        .reports()
        .flatMap(it -> it.steps().stream())
        .forEach(step -> byTime.merge(step.at(), step, Step::plus));
    var ended = fleet.at().getEpochSecond() - 2 * Recorder.STEP.toSeconds();
    var oldest = fleet.at().minus(Recorder.STEP.multipliedBy(Recorder.MOST_STEPS));
    return byTime.values().stream()
        .filter(step -> step.at() >= oldest.getEpochSecond())
        .filter(step -> step.at() <= ended || step.nodes() >= answered())
        .toList();
  }

  /** What happened in the last so long, as far as it is known. */
  Counts within(Duration last) {
    var begin = fleet.at().minus(last).getEpochSecond();
    return steps().stream()
        .filter(step -> step.at() >= begin)
        .map(Step::counts)
        .reduce(Counts.NONE, Counts::plus);
  }

  Stream<QueueReport> stoppedQueues() {
    return queues().stream().filter(QueueReport::isStopped);
  }
}
