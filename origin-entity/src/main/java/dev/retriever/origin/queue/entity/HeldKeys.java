package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.rows.QueueStore.HeldKey;
import dev.retriever.origin.queue.wire.Told;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys of a strict queue that fetches hold until they settle, as origins tell and rows say. Not
 * thread-safe.
 */
final class HeldKeys {
  private static final Duration EVERY = Duration.ofSeconds(60);

  private final String queue;
  private final Scheduler scheduler;
  private final Statements.Kind<List<HeldKey>> reading;

  /** The keys of each origin, with the time when it became known. */
  private final Map<OriginId, Map<KeyId, Long>> held = new HashMap<>();

  /** When an origin was last heard of that holds nothing, while rows are being read. */
  private final Map<OriginId, Long> heard = new HashMap<>();

  private boolean wereRead;

  HeldKeys(String queue, Scheduler scheduler, Statements statements) {
    this.queue = queue;
    this.scheduler = scheduler;
    this.reading = statements.kind();
  }

  boolean wereRead() {
    return wereRead;
  }

  void readAgain(QueueTurn turn) {
    wereRead = false;
    reading.dueAt(turn.micros());
  }

  /** Keys are read soon. */
  void check(QueueTurn turn) {
    reading.dueAt(turn.micros());
  }

  /** All keys that an origin holds, as of a row that is not older than any known. */
  void told(QueueTurn turn, OriginId origin, String tenant, List<Told.Held> keys) {
    var now = new HashSet<KeyId>();
    keys.forEach(it -> now.add(new KeyId(tenant, it.key())));
    var before = List.copyOf(held.getOrDefault(origin, Map.of()).keySet());
    now.forEach(key -> hold(turn, origin, key));
    before.stream().filter(key -> !now.contains(key)).forEach(key -> free(turn, origin, key));
    if (reading.isUnderWay()) {
      heard.put(origin, turn.micros());
    }
  }

  private void hold(QueueTurn turn, OriginId origin, KeyId key) {
    if (held.computeIfAbsent(origin, it -> new HashMap<>()).putIfAbsent(key, turn.micros())
        == null) {
      scheduler.held(key, origin, turn.now());
    }
  }

  private void free(QueueTurn turn, OriginId origin, KeyId key) {
    held.computeIfPresent(
        origin,
        (it, keys) -> {
          keys.remove(key);
          return keys.isEmpty() ? null : keys;
        });
    scheduler.freed(key, origin, turn.now());
  }

  /** Makes the statement that is due. */
  void look(QueueTurn turn) {
    if (reading.isDue(turn.micros())) {
      reading.make(turn, store -> store.keys(queue), this::read);
    }
  }

  /** What an origin told while the rows were read is newer than the rows. */
  private void read(QueueTurn turn, List<HeldKey> rows) {
    var stand = new HashMap<OriginId, Set<KeyId>>();
    for (var row : rows) {
      var origin = Leases.originOf(row.persistenceId());
      var key = new KeyId(Leases.tenantOf(origin), row.ofTenant());
      stand.computeIfAbsent(origin, it -> new HashSet<>()).add(key);
    }
    stand.forEach(
        (origin, keys) -> {
          if (!heard.containsKey(origin)) {
            keys.forEach(key -> hold(turn, origin, key));
          }
        });
    for (var origin : List.copyOf(held.keySet())) {
      if (!heard.containsKey(origin)) {
        var keys = stand.getOrDefault(origin, Set.of());
        List.copyOf(held.get(origin).keySet()).stream()
            .filter(key -> !keys.contains(key))
            .forEach(key -> free(turn, origin, key));
      }
    }
    heard.clear();
    wereRead = true;
    reading.dueAt(turn.in(EVERY));
  }
}
