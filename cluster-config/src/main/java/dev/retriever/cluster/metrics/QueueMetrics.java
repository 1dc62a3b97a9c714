package dev.retriever.cluster.metrics;

import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.QueueView.State;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
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

  private final LabelBudget names = LabelBudget.of(SeriesBounds.QUEUES);

  /**
   * What each queue had counted when it was measured last, so that sums only grow. A queue that is
   * missing from a look, since it did not answer in time, is remembered. The one that was measured
   * longest ago is forgotten first.
   */
  private final Map<String, Counted> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counted> eldest) {
          return size() > SeriesBounds.QUEUES_SEEN;
        }
      };

  private final Map<String, Totals> totals = new TreeMap<>();
  private volatile Map<String, Now> latest = Map.of();

  private record Counted(long incarnation, long given, Map<Limit, Duration> limited) {
    static Counted of(QueueMeasure measure) {
      return new Counted(
          measure.incarnation(), measure.queue().grants().given(), measure.limited());
    }

    /** What to count from. A new incarnation has begun at nothing. */
    Counted former(Counted last) {
      return last != null && last.incarnation == incarnation
          ? last
          : new Counted(incarnation, 0, Map.of());
    }

    /** The greater of both counts: scrapes at the same time may come in another order. */
    Counted most(Counted last) {
      var times = new EnumMap<Limit, Duration>(Limit.class);
      times.putAll(last.limited);
      limited.forEach((limit, time) -> times.merge(limit, time, Counted::longer));
      return new Counted(incarnation, Math.max(given, last.given), times);
    }

    private static Duration longer(Duration one, Duration other) {
      return one.compareTo(other) > 0 ? one : other;
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
      double breakerOpen,
      int paused,
      double heldUntil,
      Totals totals) {
    Now and(Now other) {
      return new Now(
          waiting + other.waiting,
          running + other.running,
          Math.max(oldest, other.oldest),
          Math.max(breakerOpen, other.breakerOpen),
          paused + other.paused,
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
        "How long a fetch of a queue that is not paused has been ready and waits; the longest time.",
        Now::oldest);
    gauge(
        instruments,
        "retriever_queue_breaker_open_seconds",
        "How long the breaker of a queue has not been closed; 0 when it is.",
        Now::breakerOpen);
    gauge(
        instruments,
        "retriever_queue_paused",
        "1 while a queue is paused, else 0; of a template, how many of its queues are.",
        Now::paused);
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
    var byName = new TreeMap<String, Now>();
    for (var each : queues) {
      var view = each.queue();
      var label = names.labels(view.template().orElse(view.name()))[0];
      var total = totals.computeIfAbsent(label, name -> new Totals());
      var count = Counted.of(each);
      var former = count.former(seen.get(view.name()));
      var most = count.most(former);
      total.add(most, former);
      seen.put(view.name(), most);
      byName.merge(label, now(each, now, total), Now::and);
    }
    byName.replaceAll((name, figures) -> withCopy(figures));
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

  private static Now now(QueueMeasure measure, Instant now, Totals total) {
    var view = measure.queue();
    var isPaused = view.state() == State.PAUSED;
    return new Now(
        view.waiting().fetches(),
        view.running(),
        isPaused ? 0 : measure.readySince().map(at -> since(at, now)).orElse(0.0),
        measure.breakerSince().map(at -> since(at, now)).orElse(0.0),
        isPaused ? 1 : 0,
        view.state() == State.HELD ? until(view.until()) : 0,
        total);
  }

  private static double since(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toMillis() / MILLIS);
  }

  private static double until(Optional<Instant> time) {
    return time.map(Instant::getEpochSecond).orElse(0L);
  }
}
