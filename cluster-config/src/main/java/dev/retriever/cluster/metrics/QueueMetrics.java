package dev.retriever.cluster.metrics;

import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.QueueView.State;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Figures of the queues that are in the memory of this node. Another node has those of its own
 * queues, so that sums over all nodes are right. Queues of a template are counted together, under
 * its name. Thread-safe.
 */
final class QueueMetrics {
  private static final double MILLIS = 1e3;

  private final LabelBudget names = LabelBudget.of(Bounds.QUEUES);

  /** What each queue had counted at the last look, so that sums only grow. */
  private Map<String, Counted> seen = Map.of();

  private final Map<String, Totals> totals = new TreeMap<>();
  private volatile Map<String, Now> latest = Map.of();

  private record Counted(long given, Map<Limit, Duration> limited) {
    static final Counted NOTHING = new Counted(0, Map.of());

    /** A queue that was loaded anew begins at nothing. */
    Counted since(Counted former) {
      return given < former.given || limitedMillis() < former.limitedMillis() ? NOTHING : former;
    }

    private long limitedMillis() {
      return limited.values().stream().mapToLong(Duration::toMillis).sum();
    }
  }

  private static final class Totals {
    private long given;
    private final Map<Limit, Duration> limited = new EnumMap<>(Limit.class);

    private void add(Counted now, Counted before) {
      given += now.given() - before.given();
      now.limited()
          .forEach(
              (limit, time) ->
                  limited.merge(
                      limit,
                      time.minus(before.limited().getOrDefault(limit, Duration.ZERO)),
                      Duration::plus));
    }

    private Totals copy() {
      var copy = new Totals();
      copy.given = given;
      copy.limited.putAll(limited);
      return copy;
    }
  }

  /** The figures under one name, of one queue or several. */
  private record Now(
      long waiting,
      long running,
      double oldest,
      boolean breakerOpen,
      boolean paused,
      double heldUntil,
      Totals totals) {
    Now and(Now other) {
      return new Now(
          waiting + other.waiting,
          running + other.running,
          Math.max(oldest, other.oldest),
          breakerOpen || other.breakerOpen,
          paused || other.paused,
          Math.max(heldUntil, other.heldUntil),
          other.totals);
    }
  }

  QueueMetrics(Instruments instruments) {
    gauge(instruments, "retriever_queue_waiting", "Fetches that wait in a queue.", Now::waiting);
    gauge(
        instruments,
        "retriever_queue_running",
        "Attempts that hold a slot of a queue.",
        Now::running);
    gauge(
        instruments,
        "retriever_queue_oldest_wait_seconds",
        "How long the oldest fetch of a queue has waited; 0 when none waits.",
        Now::oldest);
    gauge(
        instruments,
        "retriever_queue_breaker_open",
        "1 while the breaker of a queue is not closed, else 0.",
        queue -> queue.breakerOpen() ? 1 : 0);
    gauge(
        instruments,
        "retriever_queue_paused",
        "1 while a queue is paused, else 0.",
        queue -> queue.paused() ? 1 : 0);
    gauge(
        instruments,
        "retriever_queue_held_until_timestamp_seconds",
        "Until when a queue is held, in seconds since 1970; 0 when it is not.",
        Now::heldUntil);
    instruments.counts(
        "retriever_queue_grants_total",
        "Grants that a queue has given on this node.",
        values -> latest.forEach((name, queue) -> values.add(queue.totals().given, name)),
        "queue");
    instruments.counts(
        "retriever_queue_limited_seconds_total",
        "Time in which a limit of a queue was the binding one, by limit.",
        values ->
            latest.forEach(
                (name, queue) ->
                    queue
                        .totals()
                        .limited
                        .forEach(
                            (limit, time) ->
                                values.add(time.toMillis() / MILLIS, name, word(limit)))),
        "queue",
        "by");
  }

  private void gauge(
      Instruments instruments, String name, String help, ToDoubleFunction<Now> figure) {
    instruments.gauges(
        name,
        help,
        values -> latest.forEach((queue, now) -> values.add(figure.applyAsDouble(now), queue)),
        "queue");
  }

  private static String word(Limit limit) {
    return limit.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Takes what was measured last. A queue that is not in it has left this node. */
  synchronized void look(List<QueueMeasure> queues, Instant now) {
    var counted = new HashMap<String, Counted>();
    var byName = new TreeMap<String, Now>();
    for (var each : queues) {
      var view = each.queue();
      var label = names.labels(view.template().orElse(view.name()))[0];
      var count = new Counted(view.grants().given(), each.limited());
      var total = totals.computeIfAbsent(label, name -> new Totals());
      total.add(count, count.since(seen.getOrDefault(view.name(), Counted.NOTHING)));
      counted.put(view.name(), count);
      byName.merge(label, now(view, now, total), Now::and);
    }
    byName.replaceAll((name, figures) -> withCopy(figures));
    seen = counted;
    latest = byName;
  }

  /** Scrapes read the totals while later looks change them. */
  private static Now withCopy(Now figures) {
    return new Now(
        figures.waiting(),
        figures.running(),
        figures.oldest(),
        figures.breakerOpen(),
        figures.paused(),
        figures.heldUntil(),
        figures.totals().copy());
  }

  private static Now now(QueueView view, Instant now, Totals total) {
    return new Now(
        view.waiting().fetches(),
        view.running(),
        view.waiting().oldest().map(at -> wait(at, now)).orElse(0.0),
        !view.breaker().state().equalsIgnoreCase("closed"),
        view.state() == State.PAUSED,
        view.state() == State.HELD ? until(view.until()) : 0,
        total);
  }

  private static double wait(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toMillis() / MILLIS);
  }

  private static double until(Optional<Instant> time) {
    return time.map(Instant::getEpochSecond).orElse(0L);
  }
}
