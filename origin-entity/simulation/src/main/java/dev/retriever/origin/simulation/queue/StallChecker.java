package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Order;
import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.rows.QueueStore.Slot;
import dev.retriever.origin.queue.rows.QueueStore.StoredLine;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Watches that something begins in a queue that nothing stops, once nothing goes wrong. */
public final class StallChecker {
  /** What may go, goes within this. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final StoredQueues tables;
  private final QueueFindings findings;
  private final Map<String, Life> queues = new HashMap<>();

  private static final class Life {
    private QueueSettings settings = QueueSettings.DEFAULT;
    private Optional<Instant> pausedUntil = Optional.empty();
    private Optional<Instant> heldUntil = Optional.empty();
    private boolean isBroken;
    private Instant lastStart = Instant.MIN;

    /** Since when it could have let something go whenever somebody looked. */
    private Optional<Instant> freeSince = Optional.empty();
  }

  StallChecker(StoredQueues tables, QueueFindings findings) {
    this.tables = tables;
    this.findings = findings;
  }

  private Life of(String queue) {
    return queues.computeIfAbsent(queue, it -> new Life());
  }

  void configured(String queue, QueueSettings settings) {
    of(queue).settings = settings;
  }

  void started(String queue, Instant now) {
    of(queue).lastStart = now;
  }

  /** A row of a queue. Its events are its own, so they are read by reflection. */
  void journaled(String queue, Object row) {
    switch (row.getClass().getSimpleName()) {
      case "Paused" -> of(queue).pausedUntil = until(row).or(() -> Optional.of(Instant.MAX));
      case "Resumed" -> of(queue).pausedUntil = Optional.empty();
      case "Held" ->
          of(queue).heldUntil = latest(of(queue).heldUntil, (Instant) part(row, "until"));
      case "Released" -> of(queue).heldUntil = Optional.empty();
      case "BreakerChanged" ->
          of(queue).isBroken =
              ((BreakerChange) part(row, "change")).state() != BreakerChange.State.CLOSED;
      default -> {}
    }
  }

  private static Optional<Instant> latest(Optional<Instant> one, Instant other) {
    return Optional.of(one.filter(other::isBefore).orElse(other));
  }

  @SuppressWarnings("unchecked") // the component of that name
  private static Optional<Instant> until(Object row) {
    return (Optional<Instant>) part(row, "until");
  }

  private static Object part(Object row, String name) {
    try {
      var accessor = row.getClass().getDeclaredMethod(name);
      accessor.setAccessible(true);
      return accessor.invoke(row);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("an event of a queue is not what it was: " + row, e);
    }
  }

  /**
   * To be called now and then.
   *
   * @param world the time of the world
   * @param now the same by the clocks of the nodes
   * @param hasRoom whether every node has room for another attempt
   * @param healed since when nothing goes wrong, and all nodes are back
   */
  public void look(Instant world, Instant now, boolean hasRoom, Instant healed) {
    for (var queue : tables.names()) {
      of(queue);
    }
    queues.forEach(
        (queue, life) -> {
          var isFree = hasRoom && !isStopped(life, now) && mayGo(queue, life, now);
          life.freeSince = isFree ? life.freeSince.or(() -> Optional.of(world)) : Optional.empty();
          life.freeSince
              .map(since -> later(since, life.lastStart, healed))
              .filter(since -> since.plus(PATIENCE).isBefore(world))
              .ifPresent(since -> stands(queue, since));
        });
  }

  private void stands(String queue, Instant since) {
    findings.broken(
        QueueFindings.PLACES,
        queue,
        "nothing begins since %s, and nothing stops it: lines %s, slots %s"
            .formatted(since, tables.lines(queue), tables.slots(queue)));
  }

  private static Instant later(Instant one, Instant other, Instant third) {
    var two = one.isAfter(other) ? one : other;
    return two.isAfter(third) ? two : third;
  }

  /** Whether something stops that queue, by the clocks of the nodes. */
  boolean isStopped(String queue, Instant now) {
    return isStopped(of(queue), now);
  }

  private boolean isStopped(Life life, Instant now) {
    return life.pausedUntil.filter(now::isBefore).isPresent()
        || life.heldUntil.filter(now::isBefore).isPresent()
        || life.isBroken;
  }

  private boolean mayGo(String queue, Life life, Instant now) {
    var slots = tables.slots(queue);
    if (slots.size() >= life.settings.concurrency().orElse(Integer.MAX_VALUE)) {
      return false;
    }
    var lines = tables.lines(queue);
    return lines.stream()
        .filter(line -> !line.line().readyAt().isAfter(now))
        .filter(line -> life.settings.order() != Order.STRICT || !hasAttempt(line, slots))
        .anyMatch(line -> !isHeld(queue, line, lines));
  }

  /** Whether an attempt of that key runs, or may still run. */
  private static boolean hasAttempt(StoredLine line, List<Slot> slots) {
    return slots.stream().anyMatch(slot -> slot.key().equals(line.line().key()));
  }

  /**
   * Whether a fetch has that key and cannot begin, as far as lines tell: it goes when it is ready,
   * which is known if it stands in the only line of its origin, and all of that line is ready.
   */
  private boolean isHeld(String queue, StoredLine line, List<StoredLine> lines) {
    return tables
        .holder(queue, line)
        .filter(
            holder ->
                !holder.persistenceId().equals(line.persistenceId())
                    || line.line().ready() < line.line().waiting()
                    || lines.stream().filter(it -> isLike(line, it)).count() > 1)
        .isPresent();
  }

  private static boolean isLike(StoredLine line, StoredLine other) {
    return other.persistenceId().equals(line.persistenceId())
        && other.line().key().equals(line.line().key());
  }
}
