package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.entity.QueueEvent.Stoppage;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A queue as its journal gives it. Immutable.
 *
 * @param row of the last event; the journal begins with row 1
 * @param epoch the row of the last incarnation's event; 0 before the first
 * @param incarnations so far
 * @param version of the settings; it goes on after a removal
 * @param breakerSince since when the breaker has not been closed; empty while it is
 */
record QueueState(
    long row,
    long epoch,
    long incarnations,
    Optional<QueueSettings> settings,
    long version,
    Stops stops,
    Optional<Mark> purge,
    BreakerChange breaker,
    Optional<Instant> breakerSince) {
  /** Holds of single keys that are kept at once. Beyond it the one that ends first is dropped. */
  static final int MOST_HELD_KEYS = 1_000;

  static final QueueState NONE =
      new QueueState(
          0,
          0,
          0,
          Optional.empty(),
          0,
          Stops.NONE,
          Optional.empty(),
          BreakerChange.CLOSED,
          Optional.empty());

  /** What keeps fetches from starting, or from being accepted. */
  record Stops(
      Optional<Stoppage> paused,
      boolean draining,
      Optional<Stoppage> held,
      Map<KeyId, Stoppage> heldKeys) {
    static final Stops NONE = new Stops(Optional.empty(), false, Optional.empty(), Map.of());
  }

  /** A purge. */
  record Mark(long mark, Instant before, Optional<String> key, boolean done) {}

  /** The state after the next event of the journal. */
  QueueState after(QueueEvent event) {
    return event.applyTo(
        new QueueState(
            row + 1, epoch, incarnations, settings, version, stops, purge, breaker, breakerSince));
  }

  QueueState configured(QueueSettings to, long newVersion) {
    return new QueueState(
        row, epoch, incarnations, Optional.of(to), newVersion, stops, purge, breaker, breakerSince);
  }

  QueueState incarnated() {
    return new QueueState(
        row, row, incarnations + 1, settings, version, stops, purge, breaker, breakerSince);
  }

  QueueState removed(long newVersion) {
    return new QueueState(
        row,
        epoch,
        incarnations,
        Optional.empty(),
        newVersion,
        Stops.NONE,
        Optional.empty(),
        BreakerChange.CLOSED,
        Optional.empty());
  }

  QueueState paused(Optional<Stoppage> to) {
    return with(new Stops(to, stops.draining(), stops.held(), stops.heldKeys()));
  }

  QueueState draining(boolean to) {
    return with(new Stops(stops.paused(), to, stops.held(), stops.heldKeys()));
  }

  QueueState held(Optional<Stoppage> to) {
    return with(new Stops(stops.paused(), stops.draining(), to, stops.heldKeys()));
  }

  QueueState released() {
    return with(new Stops(stops.paused(), stops.draining(), Optional.empty(), Map.of()));
  }

  /** Holds that are over are dropped. */
  QueueState keyHeld(KeyId key, Stoppage hold, Instant at) {
    var keys = new HashMap<>(stops.heldKeys());
    keys.values().removeIf(it -> !it.appliesAt(at));
    if (keys.size() >= MOST_HELD_KEYS && !keys.containsKey(key)) {
      keys.entrySet().stream()
          .min(Comparator.comparing(it -> it.getValue().until().orElse(Instant.MAX)))
          .ifPresent(it -> keys.remove(it.getKey()));
    }
    keys.put(key, hold);
    return with(new Stops(stops.paused(), stops.draining(), stops.held(), Map.copyOf(keys)));
  }

  QueueState purging(Mark mark) {
    return new QueueState(
        row,
        epoch,
        incarnations,
        settings,
        version,
        stops,
        Optional.of(mark),
        breaker,
        breakerSince);
  }

  QueueState purged(long mark) {
    var done =
        purge.map(it -> it.mark() == mark ? new Mark(mark, it.before(), it.key(), true) : it);
    return new QueueState(
        row, epoch, incarnations, settings, version, stops, done, breaker, breakerSince);
  }

  /** Opening again after a probe goes on with the time since which it is not closed. */
  QueueState breaker(BreakerChange to, Instant at) {
    var since =
        to.state() == BreakerChange.State.CLOSED
            ? Optional.<Instant>empty()
            : breakerSince.or(() -> Optional.of(at));
    return new QueueState(row, epoch, incarnations, settings, version, stops, purge, to, since);
  }

  private QueueState with(Stops to) {
    return new QueueState(
        row, epoch, incarnations, settings, version, to, purge, breaker, breakerSince);
  }
}
