package dev.retriever.cluster.metrics;

import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.meter.OriginMeter;
import dev.retriever.origin.meter.OriginMeter.CallbackEnd;
import dev.retriever.origin.schedules.TickNote;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Counts and durations of the origins of a node. Thread-safe. */
final class OriginMetrics implements OriginMeter {
  private static final double[] FETCH = {0.05, 0.25, 1, 5, 30, 300, 3_600, 86_400};
  private static final double[] WAIT = {0.001, 0.01, 0.1, 1, 10, 60, 600};
  private static final double[] LATE = {0.01, 0.1, 0.5, 1, 5, 30, 300};
  private static final double NANOS = 1e9;

  private final Counter accepted;
  private final Counter settled;
  private final Histogram durations;
  private final Histogram waits;
  private final Histogram lateness;
  private final Counter callbacks;
  private final Counter ticks;
  private final Counter recoveries;
  private final LabelBudget types = LabelBudget.of(SeriesBounds.ORIGIN_TYPES);
  private final LabelBudget outcomes = LabelBudget.of(SeriesBounds.OUTCOME_SETS);

  OriginMetrics(Instruments instruments) {
    accepted =
        instruments.counter(
            "retriever_fetches_accepted_total",
            "Fetches that origins of this node have accepted, by how their attempts are dispatched.",
            "origin_type",
            "dispatch");
    settled =
        instruments.counter(
            "retriever_fetches_settled_total",
            "Fetches that have settled on this node, by outcome and reason.",
            "origin_type",
            "outcome",
            "reason");
    durations =
        instruments.histogram(
            "retriever_fetch_duration_seconds",
            "Time from the acceptance of a fetch to its outcome.",
            FETCH,
            "outcome");
    for (var outcome : Outcome.Type.values()) {
      durations.initLabelValues(word(outcome));
    }
    waits =
        instruments.histogram(
            "retriever_attempt_wait_seconds",
            "Time from when an attempt without a queue was due to its beginning.",
            WAIT);
    lateness =
        instruments.histogram(
            "retriever_alarm_lateness_seconds",
            "Time from when an alarm of an origin in memory was due to when it was handled.",
            LATE);
    callbacks =
        instruments.counter(
            "retriever_callbacks_total",
            "Callbacks that are over: taken by their endpoint, dead, or cancelled.",
            "result");
    for (var end : CallbackEnd.values()) {
      callbacks.initLabelValues(word(end));
    }
    ticks =
        instruments.counter(
            "retriever_schedule_ticks_total",
            "Ticks of schedules that were decided on this node, by result.",
            "result");
    for (var result : TickNote.Result.values()) {
      ticks.initLabelValues(word(result));
    }
    recoveries =
        instruments.counter(
            "retriever_recoveries_total",
            "Times that an origin was loaded into the memory of this node.",
            "origin_type");
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static double seconds(Duration time) {
    return time.getSeconds() + time.getNano() / NANOS;
  }

  private String type(String originType) {
    return types.labels(originType)[0];
  }

  @Override
  public void accepted(String originType, Way way) {
    accepted.labelValues(type(originType), word(way)).inc();
  }

  @Override
  public void began(Duration waited) {
    waits.observe(seconds(waited));
  }

  @Override
  public void settled(
      String originType, Outcome outcome, Duration took, Optional<TraceContext> trace) {
    var word = word(outcome.type());
    settled.labelValues(outcomes.labels(type(originType), word, outcome.why().orElse(""))).inc();
    Exemplars.observe(durations.labelValues(word), seconds(took), trace);
  }

  @Override
  public void called(CallbackEnd end) {
    callbacks.labelValues(word(end)).inc();
  }

  @Override
  public void ticked(TickNote.Result result, long count) {
    ticks.labelValues(word(result)).inc(count);
  }

  @Override
  public void fired(Duration late) {
    lateness.observe(seconds(late));
  }

  @Override
  public void recovered(String originType) {
    recoveries.labelValues(type(originType)).inc();
  }
}
