package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.core.QueueFigures;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tells all nodes, at most once a second, which fetches they are to refuse. Not thread-safe. */
final class GateKeeper {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Keys that are named as full. */
  private static final int MOST_KEYS = 100;

  /** Said when nothing has ended lately. */
  private static final int USUAL_SECONDS = 30;

  private static final int MOST_SECONDS = 3_600;

  private final String queue;
  private final Scheduler scheduler;
  private final Passes passes;
  private final Statements.Kind<Gate> reading;
  private final Statements.Kind<Void> publishing;
  private Optional<Gate> published = Optional.empty();
  private long lookAt;

  GateKeeper(String queue, Scheduler scheduler, Passes passes, Statements statements) {
    this.queue = queue;
    this.scheduler = scheduler;
    this.passes = passes;
    this.reading = statements.kind();
    this.publishing = statements.kind();
  }

  /** Looks at once. */
  void hurry() {
    lookAt = Long.MIN_VALUE;
  }

  /** Whether nodes can read that everything is refused. */
  boolean isTold() {
    return published.filter(Gate::draining).isPresent();
  }

  /** When to look again. */
  long next() {
    return published.isEmpty() || publishing.isUnderWay() ? Statements.NEVER : lookAt;
  }

  /** An incarnation begins. What older ones have published may be newer than the node's table. */
  void begin(QueueTurn turn) {
    reading.dueAt(turn.micros());
  }

  private void read(QueueTurn turn, Gate gate) {
    if (published.isEmpty()) {
      published = Optional.of(gate);
      passes.knows(turn, gate);
    }
  }

  /** Publishes what has changed. */
  void look(QueueTurn turn) {
    if (reading.isDue(turn.micros())) {
      reading.make(turn, store -> store.gate(queue), this::read);
    }
    if (published.isEmpty()) {
      return;
    }
    if (publishing.isDue(turn.micros())) {
      publish(turn, gate(turn));
      return;
    }
    var changed = published.filter(it -> it.pass() != passes.given()).isPresent();
    if (publishing.isUnderWay() || turn.micros() < lookAt && !changed) {
      return;
    }
    lookAt = turn.in(EVERY);
    var gate = gate(turn);
    if (!published.filter(it -> refusesTheSame(it, gate)).isPresent()) {
      publish(turn, gate);
    }
  }

  private static boolean refusesTheSame(Gate one, Gate other) {
    return one.draining() == other.draining()
        && one.full() == other.full()
        && one.fullKeys().equals(other.fullKeys())
        && one.pass() == other.pass();
  }

  private void publish(QueueTurn turn, Gate gate) {
    var epoch = turn.state().epoch();
    publishing.make(
        turn,
        store -> store.publish(queue, epoch, gate),
        (later, done) -> {
          published = Optional.of(gate);
          passes.published(gate.pass());
          lookAt = later.in(EVERY);
        });
  }

  private Gate gate(QueueTurn turn) {
    var passedUntil = passes.passedUntil().map(Instant::toEpochMilli).orElse(0L);
    if (turn.settled().isEmpty()) {
      return new Gate(false, false, List.of(), 0, 0, passedUntil);
    }
    var figures = scheduler.figures(turn.now());
    var most = turn.settings().waiting();
    var waiting = figures.waiting().fetches();
    var full = waiting >= most.max();
    var keys = waiting >= most.maxPerKey() ? fullKeys(most.maxPerKey()) : List.<String>of();
    var seconds = full || !keys.isEmpty() ? seconds(figures, waiting - most.max() + 1) : 0;
    return new Gate(
        turn.state().stops().draining(), full, keys, seconds, passes.given(), passedUntil);
  }

  private List<String> fullKeys(int most) {
    return scheduler.keys(Optional.empty(), MOST_KEYS).items().stream()
        .filter(key -> key.waiting() >= most)
        .map(key -> KeyOf.ofTenant(key.tenant(), key.key()))
        .distinct()
        .sorted()
        .toList();
  }

  private static int seconds(QueueFigures figures, long beyond) {
    var ended = figures.rates().ended();
    return ended <= 0
        ? USUAL_SECONDS
        : (int) Math.min(MOST_SECONDS, Math.max(1, Math.ceil(Math.max(1, beyond) / ended)));
  }
}
