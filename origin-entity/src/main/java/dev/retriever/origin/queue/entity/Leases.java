package dev.retriever.origin.queue.entity;

import dev.retriever.executor.OriginKey;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.rows.QueueStore.Slot;
import dev.retriever.origin.queue.wire.Restate;
import dev.retriever.origin.queue.wire.Told;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The attempts that run with a grant, as origins tell and the rows of slots say. A slot is free
 * when the end of just its grant is told, or when its row is gone. Not thread-safe.
 */
final class Leases {
  /** Ends that are remembered, so that one that is told again changes nothing. */
  private static final int MOST_ENDS = 10_000;

  /** Most origins that are asked at once what they have. */
  private static final int MOST_ASKED = 64;

  /** So often the time until an origin is asked again is doubled. */
  private static final int MOST_DOUBLED = 8;

  /** How soon slots are read again when a lease has no row: its end may be on its way. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final String queue;
  private final QueueTimes times;
  private final Scheduler scheduler;
  private final Fence fence;
  private final Statements.Kind<List<Slot>> reading;
  private final Map<Long, Running> running = new HashMap<>();

  /** The grants of those that stand in no slot. */
  private final Map<OriginId, Set<Long>> slotless = new HashMap<>();

  /** Grants whose life is over, and which the next reading of slots judges; with the time. */
  private final Map<Long, Expired> expired = new HashMap<>();

  /** When the end of a grant was told. */
  private final Map<Long, Long> ends =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > MOST_ENDS;
        }
      };

  private int lingering;
  private boolean wereRead;
  private long again;

  private record Expired(Scheduler.Unanswered grant, long since) {}

  /**
   * @param since when it became known
   * @param lingers whether the attempt was given up and may still run
   * @param isMissed whether its row was not there when slots were read last
   * @param asked how often its origin was asked about it
   */
  private record Running(
      Lease lease,
      OriginId origin,
      KeyId key,
      long since,
      boolean lingers,
      boolean isMissed,
      int asked) {
    Running(
        Lease lease, OriginId origin, KeyId key, long since, boolean lingers, boolean isMissed) {
      this(lease, origin, key, since, lingers, isMissed, 0);
    }

    /** Asked about now. */
    Running asked(long now) {
      return new Running(
          lease, origin, key, now, lingers, isMissed, Math.min(asked + 1, MOST_DOUBLED));
    }
  }

  Leases(String queue, QueueTimes times, Scheduler scheduler, Fence fence, Statements statements) {
    this.queue = queue;
    this.times = times;
    this.scheduler = scheduler;
    this.fence = fence;
    this.reading = statements.kind();
  }

  boolean isNothing() {
    return running.isEmpty() && expired.isEmpty();
  }

  /** Whether attempts run that stand in no slot. */
  boolean someWithoutSlot() {
    return !slotless.isEmpty();
  }

  /** Nothing is granted until the slots are read again, from now on. */
  void readAgain(QueueTurn turn) {
    wereRead = false;
    again = turn.micros();
    reading.dueAt(turn.micros());
  }

  /** Slots are read soon. */
  void check(QueueTurn turn) {
    reading.dueAt(turn.micros());
  }

  boolean wereRead() {
    return wereRead;
  }

  /** The lease that lingers in that slot. */
  Optional<Lease> lingering(int slot) {
    return running.values().stream()
        .filter(it -> it.lingers() && it.lease().slot() == slot)
        .map(Running::lease)
        .findFirst();
  }

  boolean someLinger() {
    return lingering > 0;
  }

  /** Whether that attempt is known to run. */
  boolean isRunning(long grantNo) {
    return running.containsKey(grantNo);
  }

  /** What an origin uses, as of a row that is not older than any known. */
  void uses(QueueTurn turn, OriginId origin, String tenant, List<Told.Use> uses) {
    for (var use : uses) {
      runs(turn, use.lease(), origin, new KeyId(tenant, use.key()));
    }
    var over = new HashSet<>(slotless.getOrDefault(origin, Set.of()));
    uses.forEach(use -> over.remove(use.lease().grantNo()));
    over.forEach(grantNo -> free(turn, grantNo));
  }

  private void runs(QueueTurn turn, Lease lease, OriginId origin, KeyId key) {
    if (!ends.containsKey(lease.grantNo()) && !running.containsKey(lease.grantNo())) {
      expired.remove(lease.grantNo());
      put(new Running(lease, origin, key, turn.micros(), false, false));
      scheduler.running(lease, key, turn.now());
    }
  }

  /**
   * The end of an attempt was told.
   *
   * @return false if it was told before
   */
  boolean ended(QueueTurn turn, OriginId origin, KeyId key, Told.Ended end) {
    var lease = end.lease();
    var isLate = end.how() == Told.How.LATE;
    if (!isLate && ends.containsKey(lease.grantNo())) {
      return false;
    }
    ends.put(lease.grantNo(), turn.micros());
    expired.remove(lease.grantNo());
    remove(lease.grantNo());
    if (lease.hasSlot() && mayLinger(end.how())) {
      put(new Running(lease, origin, key, turn.micros(), true, false));
      reading.dueAt(turn.in(SOON));
    }
    return true;
  }

  /** Sees to it that the slot of an attempt that may still run is taken. */
  void keepTaken(QueueTurn turn, long grantNo) {
    var it = running.get(grantNo);
    if (it != null && it.lingers()) {
      scheduler.lingers(it.lease(), it.key(), turn.now());
    }
  }

  private static boolean mayLinger(Told.How how) {
    return how == Told.How.LOST || how == Told.How.CANCELLED;
  }

  private void put(Running it) {
    remove(it.lease().grantNo());
    running.put(it.lease().grantNo(), it);
    lingering += it.lingers() ? 1 : 0;
    if (!it.lease().hasSlot()) {
      slotless.computeIfAbsent(it.origin(), origin -> new HashSet<>()).add(it.lease().grantNo());
    }
  }

  private void remove(long grantNo) {
    var gone = running.remove(grantNo);
    lingering -= gone != null && gone.lingers() ? 1 : 0;
    if (gone != null && !gone.lease().hasSlot()) {
      slotless.computeIfPresent(
          gone.origin(),
          (origin, grants) -> {
            grants.remove(grantNo);
            return grants.isEmpty() ? null : grants;
          });
    }
  }

  /** The slot of that grant is free. */
  void free(QueueTurn turn, long grantNo) {
    remove(grantNo);
    scheduler.free(grantNo, turn.now());
  }

  /** The grant was not used. */
  void returned(long grantNo) {
    expired.remove(grantNo);
  }

  /** Grants whose life is over: those without a slot are over, the others are looked up. */
  void expire(QueueTurn turn, List<Scheduler.Unanswered> overdue) {
    for (var grant : overdue) {
      if (grant.slot() == Lease.NO_SLOT) {
        scheduler.free(grant.grantNo(), turn.now());
      } else {
        expired.put(grant.grantNo(), new Expired(grant, turn.micros()));
        reading.dueAt(turn.micros());
      }
    }
    fence.revoke(turn, overdue.stream().filter(it -> it.slot() == Lease.NO_SLOT).toList());
  }

  /** Makes the statement that is due. */
  void look(QueueTurn turn) {
    if (reading.isDue(turn.micros())) {
      reading.make(turn, store -> store.slots(queue), this::read);
    }
  }

  private void read(QueueTurn turn, List<Slot> rows) {
    var began = reading.began();
    var byGrant = new HashMap<Long, Slot>();
    for (var row : rows) {
      byGrant.put(row.lease().grantNo(), row);
      if (ends.getOrDefault(row.lease().grantNo(), Long.MIN_VALUE) < began) {
        stands(turn, row);
      }
    }
    judge(turn, byGrant, began);
    miss(turn, byGrant, began);
    ask(turn);
    wereRead = began >= again;
    reading.dueAt(wereRead ? turn.in(times.slotsEvery()) : turn.micros());
  }

  private void stands(QueueTurn turn, Slot row) {
    var lease = row.lease();
    var origin = originOf(row.persistenceId());
    var key = new KeyId(tenantOf(origin), row.key());
    var known = running.get(lease.grantNo());
    expired.remove(lease.grantNo());
    if (row.lingers()) {
      if (known == null || !known.lingers()) {
        scheduler.lingers(lease, key, turn.now());
      }
    } else if (known == null) {
      scheduler.running(lease, key, turn.now());
    }
    var since = known == null ? turn.micros() : known.since();
    put(new Running(lease, origin, key, since, row.lingers(), false));
  }

  /** Grants that expired before the reading began, and of which nothing stands, are over. */
  private void judge(QueueTurn turn, Map<Long, Slot> rows, long began) {
    var over =
        expired.values().stream()
            .filter(it -> it.since() <= began && !rows.containsKey(it.grant().grantNo()))
            .map(Expired::grant)
            .toList();
    for (var grant : over) {
      expired.remove(grant.grantNo());
      scheduler.free(grant.grantNo(), turn.now());
    }
    fence.revoke(turn, over);
  }

  /**
   * Leases without a row, known before the reading began, have ended. The news of it may be on its
   * way, so they are free at the second reading without them.
   */
  private void miss(QueueTurn turn, Map<Long, Slot> rows, long began) {
    var missed =
        running.values().stream()
            .filter(it -> it.lease().hasSlot() && it.since() <= began)
            .filter(it -> !rows.containsKey(it.lease().grantNo()))
            .toList();
    for (var it : missed) {
      if (it.isMissed() || it.lingers()) {
        free(turn, it.lease().grantNo());
      } else {
        put(new Running(it.lease(), it.origin(), it.key(), it.since(), false, true));
        reading.dueAt(turn.in(SOON));
      }
    }
  }

  /**
   * Attempts without a slot have no rows. What their origins told may be over, and the news of it
   * lost with a node; where attempts are limited, that would stop others for good.
   */
  private void ask(QueueTurn turn) {
    if (slotless.isEmpty() || !isLimited(turn.settings())) {
      return;
    }
    running.values().stream()
        .filter(it -> !it.lease().hasSlot() && turn.micros() - it.since() >= pause(it))
        .map(Running::origin)
        .distinct()
        .limit(MOST_ASKED)
        .toList()
        .forEach(origin -> ask(turn, origin));
  }

  /** Doubled each time, since an origin that is asked comes into memory. */
  private long pause(Running it) {
    return 2 * TimeUnit.NANOSECONDS.toMicros(times.slotsEvery().toNanos()) << it.asked();
  }

  private void ask(QueueTurn turn, OriginId origin) {
    turn.send(origin, new Restate(queue));
    for (var grantNo : slotless.get(origin)) {
      running.computeIfPresent(grantNo, (it, use) -> use.asked(turn.micros()));
    }
  }

  private static boolean isLimited(QueueSettings settings) {
    return settings.concurrency().isPresent()
        || settings.perKey().concurrency().isPresent()
        || settings.order() == QueueSettings.Order.STRICT;
  }

  /** The origin whose journal has that id. */
  static OriginId originOf(String persistenceId) {
    var key = OriginKey.ofOrigin(persistenceId);
    return new OriginId(key.type(), key.innerId());
  }

  static String tenantOf(OriginId origin) {
    return Tenant.of(origin.type(), origin.id()).name();
  }
}
