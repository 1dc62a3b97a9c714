package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
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
 * The node's permits and what became of each attempt that holds one. Lives outside the executor
 * actors, so that a restarted one forgets nothing. Thread-safe.
 *
 * <p>An attempt goes from reserved through running to reported, and leaves the table when its
 * report was acknowledged. It holds its permit all the way. Only a reserved attempt can begin, and
 * only once: that is what keeps a repeated dispatch from reaching the wire. An attempt that was
 * fenced before its dispatch is reported without a permit, so the table may hold more than permits.
 */
final class AttemptTable {
  /**
   * How many times as long as a dispatch may take: clocks of nodes differ, and its age is told by
   * two of them.
   */
  private static final int FENCED_FOR = 4;

  private static final int MOST_FENCES = 10_000;

  /** A full table is asked for room often, and to look through all of it takes a while. */
  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(100);

  private enum Phase {
    RESERVED,
    RUNNING,
    REPORTED
  }

  /** What came of the wish of another node to have an attempt made here. */
  enum Taking {
    /** It holds a permit now. */
    TAKEN,
    NO_ROOM,
    /** There is room, and none for its target. */
    TARGET_FULL,
    /** It has been taken before: that its dispatch comes twice is nothing to speak of. */
    KNOWN,
    /** It was given up, or asked about, before its dispatch came. */
    FENCED
  }

  /** What came of the wish to begin an attempt. */
  enum Beginning {
    BEGUN,
    /**
     * The reservation was too old, or the node is stopping: the attempt does not begin, and is
     * reported as not sent.
     */
    TOO_LATE,
    /**
     * Its reservation has lapsed and was given to another, or whoever asked was told that it never
     * began: it is reported as not sent, since whoever dispatches it waits for a report.
     */
    FENCED,
    /** It has begun before, or holds no reservation. */
    REFUSED
  }

  private static final class Entry {
    private Phase phase = Phase.RESERVED;
    private Instant since;
    private String owner;
    private Instant timeUp;
    private Exchange exchange;
    private Report report;
    private int timesSent;

    /** Empty: it holds no room there. */
    private final Optional<Target> target;

    private Entry(Instant since, Optional<Target> target) {
      this.since = since;
      this.target = target;
    }
  }

  private final int permits;
  private final long reportBytes;
  private final Duration reservation;
  private final TargetRoom targets;
  private final ByteAccount sending;
  private final ByteAccount answers;
  private final Map<AttemptKey, Entry> entries = new HashMap<>();
  private final Fences fences;
  private long bytesHeld;
  private int running;
  private Instant nextSweep = Instant.MIN;
  private boolean closed;
  private boolean abandoned;

  /**
   * @param sending what request bodies of exchanges take: nothing is reserved while that is full
   * @param answers the same of response bodies; reports hold theirs until they are forgotten
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

  /** Takes a permit for that attempt, and room for its target when it is its origin's turn. */
  synchronized Room reserve(AttemptKey key, Target target, Instant now) {
    return reserve(key, target, now, () -> targets.enter(target, key));
  }

  private Room reserve(AttemptKey key, Target target, Instant now, BooleanSupplier enters) {
    removeLapsed(key, now);
    if (!hasRoom(now)) {
      return Room.POOL_FULL;
    }
    if (entries.containsKey(key)) {
      return Room.HELD;
    }
    if (!enters.getAsBoolean()) {
      return Room.TARGET_FULL;
    }
    entries.put(key, new Entry(now, Optional.of(target)));
    return Room.RESERVED;
  }

  /** The same for an attempt that comes from another node, with its dispatch. */
  synchronized Taking take(AttemptKey key, Target target, Instant now) {
    if (fences.has(key, now)) {
      return Taking.FENCED;
    }
    if (entries.containsKey(key)) {
      return Taking.KNOWN;
    }
    return switch (reserve(key, target, now, () -> targets.enter(target))) {
      case RESERVED -> Taking.TAKEN;
      case POOL_FULL -> Taking.NO_ROOM;
      case TARGET_FULL -> Taking.TARGET_FULL;
      case HELD -> Taking.KNOWN;
    };
  }

  /** It is not to begin, wherever its dispatch is. False when that cannot be promised. */
  synchronized boolean fence(AttemptKey key, Instant now) {
    return !entries.containsKey(key) && fences.put(key, now);
  }

  /** No more permits. Attempts that hold one go on. */
  synchronized void close() {
    closed = true;
  }

  /**
   * Nothing begins any more either.
   *
   * @return the exchanges under way
   */
  synchronized List<Exchange> abandon() {
    closed = true;
    abandoned = true;
    return entries.values().stream()
        .filter(entry -> entry.phase == Phase.RUNNING && entry.exchange != null)
        .map(entry -> entry.exchange)
        .toList();
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
   * Lets go of reservations that were left behind, as when an origin dies between taking one and
   * dispatching; now and then only, however often it is asked to.
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

  /** Its dispatch may still come, as when a write of the journal has taken long. */
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

  /** Of one that has not begun, with the room that it holds for its target. */
  private void remove(AttemptKey key) {
    entries.remove(key).target.ifPresent(targets::leave);
  }

  /** Closed, and nothing is held that has begun or may still begin. */
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
    var reserved = entry != null && entry.phase == Phase.RESERVED;
    if (reserved) {
      remove(key);
    }
    return reserved;
  }

  synchronized Beginning begin(AttemptKey key, String owner, Instant now, Instant timeUp) {
    var entry = entries.get(key);
    if (entry == null && fences.has(key, now)) {
      run(key, new Entry(now, Optional.empty()), owner, timeUp);
      return Beginning.FENCED;
    }
    if (entry == null || entry.phase != Phase.RESERVED) {
      return Beginning.REFUSED;
    }
    var tooLate = abandoned || hasLapsed(entry, now);
    run(key, entry, owner, timeUp);
    return tooLate ? Beginning.TOO_LATE : Beginning.BEGUN;
  }

  private void run(AttemptKey key, Entry entry, String owner, Instant timeUp) {
    entry.owner = owner;
    entry.phase = Phase.RUNNING;
    entry.timeUp = timeUp;
    entries.put(key, entry);
    running++;
  }

  synchronized void exchangeStarted(AttemptKey key, Exchange exchange) {
    var entry = entries.get(key);
    if (entry != null) {
      entry.exchange = exchange;
    }
  }

  synchronized Optional<Exchange> exchange(AttemptKey key) {
    var entry = entries.get(key);
    return entry == null || entry.phase != Phase.RUNNING
        ? Optional.empty()
        : Optional.ofNullable(entry.exchange);
  }

  /** Keeps the report until acknowledged; false when the attempt is not running. */
  synchronized boolean ended(AttemptKey key, Report report, Instant now) {
    var entry = entries.get(key);
    if (entry == null || entry.phase != Phase.RUNNING) {
      return false;
    }
    entry.phase = Phase.REPORTED;
    entry.since = now;
    entry.report = report;
    entry.exchange = null;
    running--;
    bytesHeld += bytes(report);
    answers.add(ArrivingBodies.WEIGHT * bytes(report));
    entry.target.ifPresent(targets::leave);
    return true;
  }

  /** A report to be sent now. */
  record Sending(Report report, int timesSent, Duration age) {}

  /** The report of an ended attempt, counted as sent once more. */
  synchronized Optional<Sending> nextSending(AttemptKey key, Instant now) {
    var entry = entries.get(key);
    if (entry == null || entry.phase != Phase.REPORTED) {
      return Optional.empty();
    }
    entry.timesSent++;
    return Optional.of(
        new Sending(entry.report, entry.timesSent, Duration.between(entry.since, now)));
  }

  /** Forgets an ended attempt and frees its permit. */
  synchronized boolean forget(AttemptKey key) {
    var entry = entries.get(key);
    if (entry == null || entry.phase != Phase.REPORTED) {
      return false;
    }
    entries.remove(key);
    bytesHeld -= bytes(entry.report);
    answers.give(ArrivingBodies.WEIGHT * bytes(entry.report));
    return true;
  }

  /**
   * What became of it? An attempt that has not begun is kept from ever beginning, also when its
   * dispatch is still on its way from another node; where that cannot be promised, it is unknown.
   */
  synchronized AttemptStatus standing(AttemptKey key, Instant now) {
    var entry = entries.get(key);
    if (entry == null || entry.phase == Phase.RESERVED) {
      release(key);
      return fences.put(key, now) ? AttemptStatus.NEVER_BEGAN : AttemptStatus.UNKNOWN;
    }
    return entry.phase == Phase.RUNNING ? AttemptStatus.RUNNING : AttemptStatus.REPORTED;
  }

  /** An attempt that an executor actor has to care for. */
  record Held(AttemptKey key, boolean reported, boolean started, Instant timeUp) {}

  synchronized List<Held> heldBy(String owner) {
    return entries.entrySet().stream()
        .filter(e -> owner.equals(e.getValue().owner))
        .map(
            e ->
                new Held(
                    e.getKey(),
                    e.getValue().phase == Phase.REPORTED,
                    e.getValue().exchange != null,
                    e.getValue().timeUp))
        .toList();
  }

  synchronized int running() {
    return running;
  }

  synchronized int size() {
    return entries.size();
  }

  /** So many permits can be had, at once and all together. */
  synchronized int free(Instant now) {
    return hasRoom(now) ? permits - entries.size() : 0;
  }

  private boolean hasLapsed(Entry entry, Instant now) {
    return entry.phase == Phase.RESERVED && entry.since.plus(reservation).isBefore(now);
  }

  private static long bytes(Report report) {
    return report
        .<Optional<Response>>fold(
            answered -> Optional.of(answered.response()),
            notSent -> Optional.empty(),
            ambiguous -> ambiguous.partial())
        .map(response -> (long) response.body().size())
        .orElse(0L);
  }
}
