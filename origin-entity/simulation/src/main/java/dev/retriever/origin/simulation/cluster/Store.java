package dev.retriever.origin.simulation.cluster;

import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.queue.StoredQueues;
import dev.retriever.origin.simulation.trace.TraceLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.SelectedSnapshot;

/** The database: what outlives nodes. A write of rows and of their wake-up is one transaction. */
public final class Store {
  /** Origins are divided among so many clocks. */
  static final int SLICES = 2;

  /** Longer than origins wait for a row. */
  private static final Duration LATE_ROW = Duration.ofSeconds(14);

  private final SimulatedCluster cluster;
  private final Map<String, NavigableMap<Long, PersistentRepr>> rows = new TreeMap<>();
  private final Map<String, SelectedSnapshot> snapshots = new HashMap<>();

  /** By the clocks of their writers, when the last rows of origins were written. */
  private final Map<String, Instant> lastWritten = new HashMap<>();

  /** Origins whose last row the purge wrote. */
  private final Set<String> purged = new HashSet<>();

  private final NavigableMap<String, Standing> wakeUps = new TreeMap<>();
  private final StoredQueues queues = new StoredQueues();
  private boolean away;

  /** What stands there of an origin, of the time of that row. */
  private record Standing(long row, WakeUp wakeUp) {}

  Store(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  NavigableMap<Long, PersistentRepr> rows(String persistenceId) {
    return rows.computeIfAbsent(persistenceId, id -> new TreeMap<>());
  }

  public Map<String, NavigableMap<Long, PersistentRepr>> all() {
    return rows;
  }

  /** The ids of all origins that have rows, in their order. */
  List<String> origins() {
    return rows.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .filter(id -> id.startsWith(OriginHost.persistenceId(SimulatedCluster.TYPE, "")))
        .map(SimulatedCluster::originOf)
        .toList();
  }

  /**
   * What is written in one transaction.
   *
   * @param wakeUp of its origin; empty when it stays as it is
   */
  record Transaction(
      String persistenceId, List<PersistentRepr> rows, Optional<WakeUp> wakeUp, QueueRows queues) {
    long lastRow() {
      return rows.get(rows.size() - 1).sequenceNr();
    }
  }

  /**
   * Writes all or nothing.
   *
   * @return false when it is refused: one of the rows is there, or a higher one, or those of queues
   *     do not allow it
   */
  boolean write(SimulatedNode by, Transaction transaction) {
    var persistenceId = transaction.persistenceId();
    if (transaction.rows().get(0).sequenceNr() <= highest(persistenceId)) {
      cluster.feed().refused(by, persistenceId, purged.contains(persistenceId));
      return false;
    }
    var refusal = queues.refusal(persistenceId, transaction.queues());
    if (refusal.isPresent()) {
      cluster.feed().refused(by, persistenceId, refusal.get());
      return false;
    }
    transaction.rows().forEach(row -> rows(persistenceId).put(row.sequenceNr(), row));
    purged.remove(persistenceId);
    lastWritten.put(persistenceId, by.clock().instant());
    var last = transaction.lastRow();
    transaction.wakeUp().ifPresent(it -> wakeUps.put(persistenceId, new Standing(last, it)));
    var now = cluster.world().now();
    queues.write(transaction.queues(), new StoredQueues.Writing(persistenceId, last, now));
    cluster.feed().journaled(by, transaction);
    return true;
  }

  /** The rows of queues. */
  public StoredQueues queues() {
    return queues;
  }

  /** Whether it answers. */
  boolean isAway() {
    return away;
  }

  /** From now on nothing that is asked of it is done; or all is again. */
  public void away(boolean isAway) {
    if (away == isAway) {
      return;
    }
    away = isAway;
    cluster.note(() -> TraceLine.ofAll("the database is " + (isAway ? "away" : "back")));
  }

  long highest(String persistenceId) {
    var there = rows(persistenceId);
    return there.isEmpty() ? 0 : there.lastKey();
  }

  /** A row as that node reads it: perhaps late, or not at all. */
  CompletionStage<Optional<Object>> row(SimulatedNode by, String persistenceId, long number) {
    var luck = cluster.luck();
    if (!luck.strikes(Fault.ROW_UNREAD)) {
      return CompletableFuture.completedFuture(row(persistenceId, number));
    }
    var result = new CompletableFuture<Optional<Object>>();
    by.after(
        luck.between(Fault.ROW_UNREAD, Duration.ZERO, LATE_ROW),
        () -> {
          if (luck.of(Fault.ROW_UNREAD).happens(0.5)) {
            result.completeExceptionally(new java.sql.SQLException("the row cannot be read"));
          } else {
            result.complete(row(persistenceId, number));
          }
        });
    return result;
  }

  private Optional<Object> row(String persistenceId, long number) {
    return Optional.ofNullable(rows(persistenceId).get(number)).map(PersistentRepr::payload);
  }

  /** The one of the highest row is read. */
  void save(SelectedSnapshot snapshot) {
    snapshots.merge(
        snapshot.metadata().persistenceId(),
        snapshot,
        (one, other) -> rowOf(one) > rowOf(other) ? one : other);
  }

  private static long rowOf(SelectedSnapshot snapshot) {
    return snapshot.metadata().sequenceNr();
  }

  /** When its last row was written, by the clock of its writer. */
  Optional<Instant> lastWritten(String persistenceId) {
    return Optional.ofNullable(lastWritten.get(persistenceId));
  }

  /**
   * Puts that row, and the state after it, in the place of all that there is of an origin, unless
   * it has written another one, or is to be woken.
   *
   * @return false when it is left alone
   */
  boolean purge(SimulatedNode by, PersistentRepr row, Optional<SelectedSnapshot> state) {
    var persistenceId = row.persistenceId();
    if (row.sequenceNr() != highest(persistenceId) + 1 || wakeAt(persistenceId).isPresent()) {
      return false;
    }
    rows(persistenceId).clear();
    rows(persistenceId).put(row.sequenceNr(), row);
    snapshots.remove(persistenceId);
    state.ifPresent(this::save);
    purged.add(persistenceId);
    lastWritten.put(persistenceId, by.clock().instant());
    cluster.feed().purged(by, row);
    return true;
  }

  Optional<SelectedSnapshot> snapshot(String persistenceId) {
    return Optional.ofNullable(snapshots.get(persistenceId));
  }

  /** When that origin is to be woken; empty when never. */
  Optional<Instant> wakeAt(String persistenceId) {
    return Optional.ofNullable(wakeUps.get(persistenceId)).flatMap(it -> it.wakeUp().at());
  }

  static int slice(String persistenceId) {
    return Math.floorMod(persistenceId.hashCode(), SLICES);
  }

  WakeUps wakeUps() {
    return new WakeUps() {
      @Override
      public List<Entry> look(
          int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted)
          throws Exception {
        failSometimes();
        return entries(slice, until, limit, lives, wanted);
      }

      @Override
      public void correct(String persistenceId, long row, WakeUp wakeUp) throws Exception {
        failSometimes();
        var stands = wakeUps.get(persistenceId);
        if (stands != null && stands.row() <= row) {
          wakeUps.put(persistenceId, new Standing(row, wakeUp));
        }
        failSometimes();
      }
    };
  }

  private void failSometimes() throws Exception {
    if (cluster.luck().strikes(Fault.WAKE_UP_FAILS) || away) {
      throw new java.sql.SQLException("the database is away");
    }
  }

  private List<WakeUps.Entry> entries(
      int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted) {
    var due = new ArrayList<WakeUps.Entry>();
    var orphans = new ArrayList<WakeUps.Entry>();
    wakeUps.forEach(
        (id, it) -> {
          if (it.wakeUp().at().isEmpty() || slice(id) != slice || !wanted.test(id)) {
            return;
          }
          var at = it.wakeUp().at().get();
          if (!at.isAfter(until)) {
            due.add(new WakeUps.Entry(id, "", at, it.row()));
          }
          it.wakeUp().poolIds().stream()
              .filter(executor -> !lives.test(executor))
              .forEach(gone -> orphans.add(new WakeUps.Entry(id, gone, at, it.row())));
        });
    due.sort(java.util.Comparator.comparing(WakeUps.Entry::at));
    var all = new ArrayList<>(due.subList(0, Math.min(limit, due.size())));
    all.addAll(orphans);
    return all;
  }
}
