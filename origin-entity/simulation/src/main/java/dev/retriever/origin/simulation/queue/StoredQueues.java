package dev.retriever.origin.simulation.queue;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.rows.QueueStore.HeldKey;
import dev.retriever.origin.queue.rows.QueueStore.Listing;
import dev.retriever.origin.queue.rows.QueueStore.Place;
import dev.retriever.origin.queue.rows.QueueStore.Slot;
import dev.retriever.origin.queue.rows.QueueStore.StoredLine;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The rows of queues in the simulated database, with its keys and its clock. Every method is one
 * transaction. Not thread-safe.
 */
public final class StoredQueues {
  private static final Comparator<LineKey> BY_KEY =
      Comparator.comparing(LineKey::queue)
          .thenComparing(LineKey::persistenceId)
          .thenComparing(LineKey::key)
          .thenComparingInt(LineKey::priority);

  private final NavigableMap<SlotKey, Slot> slots =
      new TreeMap<>(Comparator.comparing(SlotKey::queue).thenComparingInt(SlotKey::slot));
  private final NavigableMap<LineKey, StoredLine> lines = new TreeMap<>(BY_KEY);
  private final NavigableMap<HeldIn, HeldKey> held =
      new TreeMap<>(Comparator.comparing(HeldIn::queue).thenComparing(HeldIn::key));
  private final Map<String, Fence> fences = new HashMap<>();
  private final NavigableMap<String, Listing> listed = new TreeMap<>();

  private record SlotKey(String queue, int slot) {
    static SlotKey of(Lease lease) {
      return new SlotKey(lease.queue(), lease.slot());
    }
  }

  private record LineKey(String queue, String persistenceId, String key, int priority) {}

  private record HeldIn(String queue, String key) {
    static HeldIn of(QueueRows.KeyOf key) {
      return new HeldIn(key.queue(), key.key());
    }
  }

  /** The grants up to the floor fail. */
  private record Fence(long floor, long epoch) {}

  /** Why the database refuses a write. */
  public enum Refused {
    /** A grant is at the fence or below it, or its queue has no fence. */
    STALE(Optional.of(CoverageMark.FENCE_REFUSED)),
    /** An attempt has the slot. */
    TAKEN(Optional.of(CoverageMark.SLOT_REFUSED)),
    /** A fetch has the key. */
    HELD(Optional.empty());

    private final Optional<CoverageMark> mark;

    Refused(Optional<CoverageMark> mark) {
      this.mark = mark;
    }

    /** That it has happened; empty for what is too rare to be asked for. */
    public Optional<CoverageMark> mark() {
      return mark;
    }
  }

  /** Who writes journal rows, and the number of the last of them. */
  public record Writing(String persistenceId, long row, Instant now) {}

  /** Why an origin or queue cannot write those rows, if so. Changes nothing. */
  public Optional<Refused> refusal(String persistenceId, QueueRows rows) {
    var taken = new HashSet<SlotKey>(slots.keySet());
    rows.ends().stream()
        .filter(end -> !end.lingers() && has(end.lease()))
        .forEach(end -> taken.remove(SlotKey.of(end.lease())));
    for (var start : rows.starts()) {
      var lease = start.lease();
      var fence = fences.get(lease.fence());
      if (fence == null || lease.grantNo() <= fence.floor()) {
        return Optional.of(Refused.STALE);
      }
      if (lease.hasSlot() && !taken.add(SlotKey.of(lease))) {
        return Optional.of(Refused.TAKEN);
      }
    }
    return isHeld(rows, persistenceId) ? Optional.of(Refused.HELD) : Optional.empty();
  }

  /** Whether another fetch has one of the keys that are to be held, after others are freed. */
  private boolean isHeld(QueueRows rows, String persistenceId) {
    var keys = new HashMap<>(held);
    rows.freed()
        .forEach(
            it -> keys.remove(HeldIn.of(it), new HeldKey(it.key(), persistenceId, it.fetchId())));
    return rows.held().stream()
        .anyMatch(
            it -> {
              var holder = new HeldKey(it.key(), persistenceId, it.fetchId());
              var before = keys.putIfAbsent(HeldIn.of(it), holder);
              return before != null && !before.equals(holder);
            });
  }

  private boolean has(Lease lease) {
    var there = slots.get(SlotKey.of(lease));
    return there != null && there.lease().grantNo() == lease.grantNo();
  }

  /** Writes rows that are not refused. */
  public void write(QueueRows rows, Writing by) {
    rows.ends().forEach(this::end);
    rows.starts().stream()
        .filter(start -> start.lease().hasSlot())
        .forEach(start -> slots.put(SlotKey.of(start.lease()), slot(start, by)));
    rows.freed().forEach(it -> free(it, by.persistenceId()));
    rows.held()
        .forEach(
            it -> held.put(HeldIn.of(it), new HeldKey(it.key(), by.persistenceId(), it.fetchId())));
    rows.lines().forEach(it -> line(it, by));
    rows.listed().forEach(this::list);
  }

  private void end(QueueRows.End end) {
    if (!has(end.lease())) {
      return;
    }
    if (end.lingers()) {
      slots.computeIfPresent(SlotKey.of(end.lease()), (key, it) -> lingering(it));
    } else {
      slots.remove(SlotKey.of(end.lease()));
    }
  }

  private static Slot lingering(Slot slot) {
    return new Slot(
        slot.lease(),
        slot.persistenceId(),
        slot.fetchId(),
        slot.attempt(),
        slot.key(),
        slot.timeUp(),
        true);
  }

  private static Slot slot(QueueRows.Start start, Writing by) {
    return new Slot(
        start.lease(),
        by.persistenceId(),
        start.fetchId(),
        start.attempt(),
        start.key(),
        by.now().plusMillis(start.timeoutMillis()),
        false);
  }

  private void free(QueueRows.KeyOf freed, String persistenceId) {
    var key = HeldIn.of(freed);
    held.computeIfPresent(
        key,
        (it, there) ->
            there.equals(new HeldKey(freed.key(), persistenceId, freed.fetchId())) ? null : there);
  }

  private void line(QueueRows.LineOf it, Writing by) {
    var line = it.line();
    var key = new LineKey(it.queue(), by.persistenceId(), line.key(), line.priority());
    if (line.isEmpty()) {
      lines.remove(key);
    } else {
      lines.put(key, new StoredLine(by.persistenceId(), it.tenant(), line, by.row()));
    }
  }

  private void list(QueueRows.Listed it) {
    if (it.settings().isEmpty()) {
      listed.remove(it.queue());
    } else {
      var gate = Optional.ofNullable(listed.get(it.queue())).map(Listing::gate).orElse(Gate.OPEN);
      listed.put(it.queue(), new Listing(it.queue(), it.version(), it.settings(), gate));
    }
  }

  /** As {@link QueueStore#begin}. */
  boolean begin(String queue, long epoch) {
    var fence = fences.get(queue);
    if (fence != null && fence.epoch() >= epoch) {
      return false;
    }
    fences.put(queue, new Fence(QueueStore.firstFloor(epoch), epoch));
    return true;
  }

  /** The newest incarnation that has begun; 0 before the first. */
  long epoch(String queue) {
    return Optional.ofNullable(fences.get(queue)).map(Fence::epoch).orElse(0L);
  }

  /** As {@link QueueStore#raise}. */
  boolean raise(String queue, long epoch, long floor) {
    var fence = fences.get(queue);
    if (fence == null || fence.epoch() != epoch) {
      return false;
    }
    fences.put(queue, new Fence(Math.max(floor, fence.floor()), epoch));
    return true;
  }

  /** The attempts that have a slot of that queue. */
  public List<Slot> slots(String queue) {
    return slots.values().stream().filter(it -> it.lease().queue().equals(queue)).toList();
  }

  /** Whether a slot of that queue has that grant. */
  boolean hasSlot(String queue, long grantNo) {
    return slots(queue).stream().anyMatch(it -> it.lease().grantNo() == grantNo);
  }

  /** The fetch that has the key of that line. */
  Optional<HeldKey> holder(String queue, StoredLine line) {
    var key = QueueRows.KeyOf.of(queue, line.tenant(), line.line().key(), "");
    return Optional.ofNullable(held.get(HeldIn.of(key)));
  }

  List<HeldKey> keys(String queue) {
    return held.entrySet().stream()
        .filter(entry -> entry.getKey().queue().equals(queue))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** All lines of that queue. */
  public List<StoredLine> lines(String queue) {
    return lines(queue, Optional.empty(), Integer.MAX_VALUE);
  }

  /** The lines of that origin, by queue. */
  Map<String, List<StoredLine>> linesOf(String persistenceId) {
    return lines.entrySet().stream()
        .filter(entry -> entry.getKey().persistenceId().equals(persistenceId))
        .collect(
            groupingBy(entry -> entry.getKey().queue(), mapping(Map.Entry::getValue, toList())));
  }

  List<StoredLine> lines(String queue, Optional<Place> after, int limit) {
    var from =
        after
            .map(it -> new LineKey(queue, it.persistenceId(), it.key(), it.priority()))
            .orElse(new LineKey(queue, "", "", 0));
    return lines.tailMap(from, false).entrySet().stream()
        .takeWhile(entry -> entry.getKey().queue().equals(queue))
        .map(Map.Entry::getValue)
        .limit(limit)
        .toList();
  }

  List<Slot> freeLingering(String queue, Instant upSince) {
    var free =
        slots(queue).stream().filter(it -> it.lingers() && !it.timeUp().isAfter(upSince)).toList();
    free.forEach(it -> slots.remove(SlotKey.of(it.lease())));
    return free;
  }

  Optional<Slot> free(String queue, int slot, long grantNo) {
    var key = new SlotKey(queue, slot);
    return Optional.ofNullable(slots.get(key))
        .filter(it -> it.lease().grantNo() == grantNo)
        .map(it -> slots.remove(key));
  }

  /** The names of the queues that have lines or slots. */
  public List<String> names() {
    return Stream.concat(
            lines.keySet().stream().map(LineKey::queue),
            slots.keySet().stream().map(SlotKey::queue))
        .distinct()
        .sorted()
        .toList();
  }

  /** As {@link QueueStore#gate}. */
  Gate gate(String queue) {
    return Optional.ofNullable(listed.get(queue)).map(Listing::gate).orElse(Gate.OPEN);
  }

  /** As {@link QueueStore#publish}. */
  void publish(String queue, long epoch, Gate gate) {
    if (epoch(queue) == epoch) {
      var passes = fences.get(Lease.passes(queue));
      put(queue, passes == null ? gate : gate.withPassAbove(passes.floor()));
    }
  }

  private void put(String queue, Gate gate) {
    var there = Optional.ofNullable(listed.get(queue));
    var version = there.map(Listing::version).orElse(0L);
    listed.put(queue, new Listing(queue, version, there.flatMap(Listing::settings), gate));
  }

  /** As {@link QueueStore#endPasses}. */
  boolean endPasses(String queue, long epoch, long floor) {
    if (epoch(queue) != epoch) {
      return false;
    }
    var passes = Lease.passes(queue);
    var before = Optional.ofNullable(fences.get(passes)).map(Fence::floor).orElse(0L);
    fences.put(passes, new Fence(Math.max(before, floor), epoch));
    put(queue, gate(queue).withPassAbove(floor));
    return true;
  }

  List<Listing> listed() {
    return List.copyOf(listed.values());
  }
}
