package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Report;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import dev.retriever.executor.Transport.Exchange;
import dev.retriever.executor.http.ArrivingBodies;
import dev.retriever.executor.memory.ByteAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The permits of a pool, and the state of each attempt that holds one. The table lives outside the
 * executor actors, so a restarted actor loses nothing. Thread-safe.
 *
 * <p>An attempt is reserved, then running, then reported. It holds its permit until its report is
 * acknowledged; then it leaves the table. Only a reserved attempt can begin, and only once: so a
 * repeated dispatch never reaches the wire. A fenced attempt is reported without a permit, so the
 * table may hold more attempts than the pool has permits.
 */
final class AttemptTable {
  /**
   * A fence lasts this many times the reservation. The margin is for nodes whose clocks differ: the
   * age of a dispatch is measured with two clocks.
   */
  private static final int FENCED_FOR = 4;

  private static final int MOST_FENCES = 10_000;

  /** Callers ask a full table for room often, and a sweep reads the whole table. */
  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(100);

  private final int permits;
  private final long reportBytes;
  private final Duration reservation;
  private final TargetRoom targets;
  private final ByteAccount sending;
  private final ByteAccount answers;
  private final Map<AttemptKey, AttemptEntry> entries = new HashMap<>();
  private final Fences fences;
  private long bytesHeld;
  private int running;
  private int mostRunning;
  private int mostHeld;
  private Instant nextSweep = Instant.MIN;
  private boolean closed;
  private boolean abandoned;

  /**
   * @param sending the bytes of request bodies; the table reserves nothing while it is full
   * @param answers the bytes of response bodies; a report holds its bytes until it is forgotten
   */
  AttemptTable(
      int permits,
      long reportBytes,
      Duration reservation,
      TargetRoom targets,
      ByteAccount sending,
      ByteAccount answers) {
    this.sending = sending;
    this.answers = answers;
    this.targets = targets;
    this.permits = permits;
    this.reportBytes = reportBytes;
    this.reservation = reservation;
    this.fences = new Fences(MOST_FENCES, reservation.multipliedBy(FENCED_FOR));
  }

  /** Takes a permit and room at the target, if it is the turn of the attempt's origin. */
  synchronized Room reserve(AttemptKey key, Target target, Instant now) {
    return reserve(key, target, now, () -> targets.enter(target, key));
  }

  private Room reserve(AttemptKey key, Target target, Instant now, BooleanSupplier takesRoom) {
    removeLapsed(key, now);
    if (!hasRoom(now)) {
      return Room.POOL_FULL;
    }
    if (entries.containsKey(key)) {
      return Room.HELD;
    }
    if (!takesRoom.getAsBoolean()) {
      return Room.TARGET_FULL;
    }
    entries.put(key, new AttemptEntry(now, Optional.of(target)));
    mostHeld = Math.max(mostHeld, entries.size());
    return Room.RESERVED;
  }

  /** Takes a permit for an attempt that another node has dispatched to this pool. */
  synchronized TakeResult take(AttemptKey key, Target target, Instant now) {
    if (fences.has(key, now)) {
      return TakeResult.FENCED;
    }
    if (entries.containsKey(key)) {
      return TakeResult.KNOWN;
    }
    return switch (reserve(key, target, now, () -> targets.enter(target))) {
      case RESERVED -> TakeResult.TAKEN;
      case POOL_FULL -> TakeResult.NO_ROOM;
      case TARGET_FULL -> TakeResult.TARGET_FULL;
      case HELD -> TakeResult.KNOWN;
    };
  }

  /**
   * Keeps an attempt from beginning when its dispatch comes later.
   *
   * @return false if the table holds the attempt already, or has no room for another fence
   */
  synchronized boolean fence(AttemptKey key, Instant now) {
    return !entries.containsKey(key) && fences.put(key, now);
  }

  /** Gives no more permits. Attempts that hold one go on. */
  synchronized void close() {
    closed = true;
  }

  /**
   * Gives no more permits and begins no more attempts.
   *
   * @return the exchanges under way
   */
  synchronized List<Exchange> abandon() {
    closed = true;
    abandoned = true;
    return entries.values().stream().flatMap(entry -> entry.exchange().stream()).toList();
  }

  synchronized boolean hasRoom(Instant now) {
    if (entries.size() >= permits) {
      sweep(now);
    }
    return !closed
        && entries.size() < permits
        && bytesHeld < reportBytes
        && !sending.isFull()
        && !answers.isFull();
  }

  /**
   * Removes lapsed reservations, such as those of an origin that died before its dispatch. Does so
   * once in {@link #SWEEP_INTERVAL} at most; other calls do nothing.
   */
  synchronized void sweep(Instant now) {
    if (!now.isBefore(nextSweep)) {
      nextSweep = now.plus(SWEEP_INTERVAL);
      removeLapsed(now);
    }
  }

  private void removeLapsed(Instant now) {
    var lapsed =
        entries.entrySet().stream()
            .filter(it -> hasLapsed(it.getValue(), now))
            .map(Map.Entry::getKey)
            .toList();
    lapsed.forEach(key -> lapse(key, now));
  }

  /** The fence refuses a dispatch that still comes, for instance after a slow journal write. */
  private void lapse(AttemptKey key, Instant now) {
    remove(key);
    fences.put(key, now);
  }

  private void removeLapsed(AttemptKey key, Instant now) {
    var entry = entries.get(key);
    if (entry != null && hasLapsed(entry, now)) {
      remove(key);
    }
  }

  /** Removes an attempt that has not begun, and frees its room at the target. */
  private void remove(AttemptKey key) {
    entries.remove(key).target.ifPresent(targets::leave);
  }

  /** Whether the table is closed and holds no attempt that has begun or may still begin. */
  synchronized boolean isDrained(Instant now) {
    if (!closed) {
      return false;
    }
    removeLapsed(now);
    return entries.isEmpty();
  }

  /** Gives back the permit of an attempt that has not begun. */
  synchronized boolean release(AttemptKey key) {
    var entry = entries.get(key);
    var reserved = entry != null && entry.isReserved();
    if (reserved) {
      remove(key);
    }
    return reserved;
  }

  synchronized BeginResult begin(AttemptKey key, String owner, Instant now, Instant deadline) {
    var entry = entries.get(key);
    if (entry == null && fences.has(key, now)) {
      run(key, new AttemptEntry(now, Optional.empty()), owner, deadline);
      return BeginResult.FENCED;
    }
    if (entry == null || !entry.isReserved()) {
      return BeginResult.REFUSED;
    }
    var tooLate = abandoned || hasLapsed(entry, now);
    run(key, entry, owner, deadline);
    return tooLate ? BeginResult.TOO_LATE : BeginResult.BEGUN;
  }

  private void run(AttemptKey key, AttemptEntry entry, String owner, Instant deadline) {
    entry.run(owner, deadline);
    entries.put(key, entry);
    running++;
    mostRunning = Math.max(mostRunning, running);
    mostHeld = Math.max(mostHeld, entries.size());
  }

  synchronized void exchangeStarted(AttemptKey key, Exchange exchange) {
    find(key).ifPresent(entry -> entry.exchangeStarted(exchange));
  }

  synchronized Optional<Exchange> exchange(AttemptKey key) {
    return find(key).flatMap(AttemptEntry::exchange);
  }

  /** Keeps the report until acknowledged; false when the attempt is not running. */
  synchronized boolean ended(AttemptKey key, Report report, Instant now) {
    var running = find(key).filter(AttemptEntry::isRunning);
    running.ifPresent(entry -> end(entry, report, now));
    return running.isPresent();
  }

  private void end(AttemptEntry entry, Report report, Instant now) {
    entry.end(report, now);
    running--;
    bytesHeld += entry.reportBytes();
    answers.add(ArrivingBodies.WEIGHT * entry.reportBytes());
    entry.target.ifPresent(targets::leave);
  }

  private Optional<AttemptEntry> find(AttemptKey key) {
    return Optional.ofNullable(entries.get(key));
  }

  private Optional<AttemptEntry> findReported(AttemptKey key) {
    return find(key).filter(AttemptEntry::isReported);
  }

  /** A report to be sent now. */
  record Sending(Report report, int timesSent, Duration age) {}

  /** The report of an ended attempt, counted as sent once more. */
  synchronized Optional<Sending> nextSending(AttemptKey key, Instant now) {
    return findReported(key)
        .map(
            entry ->
                new Sending(
                    entry.report(), entry.countSending(), Duration.between(entry.since(), now)));
  }

  /** Forgets an ended attempt and frees its permit. */
  synchronized boolean forget(AttemptKey key) {
    var reported = findReported(key);
    reported.ifPresent(
        entry -> {
          entries.remove(key);
          bytesHeld -= entry.reportBytes();
          answers.give(ArrivingBodies.WEIGHT * entry.reportBytes());
        });
    return reported.isPresent();
  }

  /**
   * The status of an attempt. One that has not begun is fenced and never begins, even if its
   * dispatch is still on its way from another node. If it cannot be fenced, its status is unknown.
   */
  synchronized AttemptStatus standing(AttemptKey key, Instant now) {
    var entry = entries.get(key);
    if (entry == null || entry.isReserved()) {
      release(key);
      return fences.put(key, now) ? AttemptStatus.NEVER_BEGAN : AttemptStatus.UNKNOWN;
    }
    return entry.isRunning() ? AttemptStatus.RUNNING : AttemptStatus.REPORTED;
  }

  /** An attempt of one executor actor, as that actor sees it when it restarts. */
  record Held(AttemptKey key, boolean reported, boolean started, Instant deadline) {}

  synchronized List<Held> heldBy(String owner) {
    return entries.entrySet().stream()
        .filter(it -> it.getValue().isOwnedBy(owner))
        .map(it -> held(it.getKey(), it.getValue()))
        .toList();
  }

  private static Held held(AttemptKey key, AttemptEntry entry) {
    return new Held(key, entry.isReported(), entry.exchange().isPresent(), entry.deadline());
  }

  synchronized int running() {
    return running;
  }

  synchronized int size() {
    return entries.size();
  }

  /** The most that ran at once. */
  synchronized int mostRunning() {
    return mostRunning;
  }

  /** The most that the table held at once. */
  synchronized int mostHeld() {
    return mostHeld;
  }

  /** How many permits can be reserved now. */
  synchronized int free(Instant now) {
    return hasRoom(now) ? permits - entries.size() : 0;
  }

  private boolean hasLapsed(AttemptEntry entry, Instant now) {
    return entry.isReserved() && entry.since().plus(reservation).isBefore(now);
  }
}
