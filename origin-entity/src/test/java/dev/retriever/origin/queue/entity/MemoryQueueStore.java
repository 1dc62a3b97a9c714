package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.wire.Line;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The rows of queues in memory, with what the database refuses. Thread-safe. */
final class MemoryQueueStore implements QueueStore {
  private static final Comparator<Place> BY_KEY =
      Comparator.comparing(Place::persistenceId)
          .thenComparing(Place::key)
          .thenComparing(Place::priority);

  private final Clock clock;
  private final Map<String, Long> epochs = new HashMap<>();
  private final Map<String, Long> floors = new HashMap<>();
  private final Map<Integer, Slot> slots = new TreeMap<>();
  private final Map<Place, StoredLine> lines = new TreeMap<>(BY_KEY);
  private final Map<String, HeldKey> keys = new TreeMap<>();
  private final Map<String, Listing> listings = new TreeMap<>();
  private final Set<String> delayed = new HashSet<>();
  private final List<Runnable> waiting = new ArrayList<>();

  /** What was asked of it, in order. */
  final List<String> calls = new ArrayList<>();

  /** The queues that have rows. */
  volatile List<String> names = List.of();

  private boolean away;

  MemoryQueueStore(Clock clock) {
    this.clock = clock;
  }

  private <R> CompletionStage<R> call(String what, Supplier<R> work) {
    synchronized (this) {
      calls.add(what);
      if (away) {
        return CompletableFuture.failedFuture(new IllegalStateException("the database is away"));
      }
      if (delayed.contains(what)) {
        var later = new CompletableFuture<R>();
        waiting.add(() -> later.complete(work.get()));
        return later;
      }
      return CompletableFuture.completedFuture(work.get());
    }
  }

  synchronized void away(boolean it) {
    away = it;
  }

  /** Calls of that name wait until {@link #goOn}. */
  synchronized void delay(String what) {
    delayed.add(what);
  }

  /** The calls that wait are made, now. */
  synchronized void goOn() {
    delayed.clear();
    waiting.forEach(Runnable::run);
    waiting.clear();
  }

  synchronized int waitingCalls() {
    return waiting.size();
  }

  synchronized long floor(String queue) {
    return floors.getOrDefault(queue, 0L);
  }

  synchronized int taken() {
    return slots.size();
  }

  synchronized List<Slot> rows() {
    return List.copyOf(slots.values());
  }

  /** What the transaction of an attempt's start does. False when it is refused. */
  synchronized boolean start(
      Lease lease, String persistenceId, String fetchId, int attempt, String key, Duration limit) {
    if (lease.grantNo() <= floors.getOrDefault(lease.fence(), Long.MAX_VALUE)
        || lease.hasSlot() && slots.containsKey(lease.slot())) {
      return false;
    }
    if (lease.hasSlot()) {
      var timeUp = clock.instant().plus(limit);
      slots.put(lease.slot(), new Slot(lease, persistenceId, fetchId, attempt, key, timeUp, false));
    }
    return true;
  }

  /** What the transaction of an attempt's end does. */
  synchronized void end(Lease lease, boolean lingers) {
    var it = slots.get(lease.slot());
    if (it != null && it.lease().grantNo() == lease.grantNo()) {
      if (lingers) {
        slots.put(
            lease.slot(),
            new Slot(
                it.lease(),
                it.persistenceId(),
                it.fetchId(),
                it.attempt(),
                it.key(),
                it.timeUp(),
                true));
      } else {
        slots.remove(lease.slot());
      }
    }
  }

  synchronized void line(String persistenceId, String tenant, Line line, long row) {
    var it = new StoredLine(persistenceId, tenant, line, row);
    if (line.isEmpty()) {
      lines.remove(it.place());
    } else {
      lines.put(it.place(), it);
    }
  }

  synchronized void list(Listing listing) {
    listings.put(listing.queue(), listing);
  }

  synchronized Optional<Listing> listing(String queue) {
    return Optional.ofNullable(listings.get(queue));
  }

  @Override
  public CompletionStage<Boolean> begin(String queue, long epoch) {
    return call(
        "begin",
        () -> {
          if (epochs.getOrDefault(queue, 0L) > epoch) {
            return false;
          }
          epochs.put(queue, epoch);
          floors.merge(queue, QueueStore.firstFloor(epoch), Math::max);
          return true;
        });
  }

  @Override
  public CompletionStage<Boolean> raise(String queue, long epoch, long floor) {
    return call(
        "raise",
        () -> {
          if (epochs.getOrDefault(queue, 0L) != epoch) {
            return false;
          }
          floors.merge(queue, floor, Math::max);
          return true;
        });
  }

  @Override
  public CompletionStage<List<Slot>> slots(String queue) {
    return call("slots", () -> List.copyOf(slots.values()));
  }

  @Override
  public CompletionStage<List<HeldKey>> keys(String queue) {
    return call("keys", () -> List.copyOf(keys.values()));
  }

  @Override
  public CompletionStage<List<StoredLine>> lines(String queue, Optional<Place> after, int limit) {
    return call(
        "lines",
        () ->
            lines.values().stream()
                .filter(
                    it -> after.map(place -> BY_KEY.compare(it.place(), place) > 0).orElse(true))
                .limit(limit)
                .toList());
  }

  @Override
  public CompletionStage<List<Slot>> freeLingering(String queue, Duration after) {
    return call(
        "freeLingering",
        () -> {
          Instant before = clock.instant().minus(after);
          var free =
              slots.values().stream()
                  .filter(it -> it.lingers() && !it.timeUp().isAfter(before))
                  .toList();
          free.forEach(it -> slots.remove(it.lease().slot()));
          return free;
        });
  }

  @Override
  public CompletionStage<Boolean> free(String queue, int slot, long grantNo) {
    return call(
        "free",
        () ->
            slots
                .values()
                .removeIf(it -> it.lease().slot() == slot && it.lease().grantNo() == grantNo));
  }

  @Override
  public CompletionStage<List<String>> names() {
    return call("names", () -> names);
  }

  @Override
  public CompletionStage<Gate> gate(String queue) {
    return call("gate", () -> listing(queue).map(Listing::gate).orElse(Gate.OPEN));
  }

  @Override
  public CompletionStage<Void> publish(String queue, long epoch, Gate gate) {
    return call(
        "publish",
        () -> {
          put(queue, gate.withPassAbove(floor(Lease.passes(queue))));
          return null;
        });
  }

  private void put(String queue, Gate gate) {
    var is = listing(queue).orElse(new Listing(queue, 0, Optional.empty(), gate));
    listings.put(queue, new Listing(queue, is.version(), is.settings(), gate));
  }

  @Override
  public CompletionStage<Boolean> endPasses(String queue, long epoch, long floor) {
    return call(
        "endPasses",
        () -> {
          if (epochs.getOrDefault(queue, 0L) != epoch) {
            return false;
          }
          epochs.put(Lease.passes(queue), epoch);
          floors.merge(Lease.passes(queue), floor, Math::max);
          listing(queue).ifPresent(it -> put(queue, it.gate().withPassAbove(floor)));
          return true;
        });
  }

  @Override
  public CompletionStage<List<Listing>> listed() {
    return call("listed", () -> List.copyOf(listings.values()));
  }
}
