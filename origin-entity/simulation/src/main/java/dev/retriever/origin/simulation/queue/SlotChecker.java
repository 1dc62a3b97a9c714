package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueStore.Slot;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Watches the slots of each queue: there is one for each open attempt, and for each that was given
 * up and may still run; and never more than the concurrency in force.
 */
final class SlotChecker {
  /** A slot lingers so long after the time of its attempt is up. */
  private static final Duration LINGERS = Duration.ofSeconds(20);

  private final StoredQueues tables;
  private final QueueFindings findings;
  private final RunningAttempts running;
  private final Map<String, Of> queues = new HashMap<>();

  /** An attempt that has a slot. */
  record Holder(String originId, String fetchId, int number, Lease lease) {
    String name() {
      return originId + "/" + fetchId;
    }
  }

  private static final class Of {
    private final Map<Long, Holder> open = new HashMap<>();
    private final Map<Long, Holder> ended = new HashMap<>();
    private final Map<Long, Instant> begun = new HashMap<>();
    private final Set<Long> over = new HashSet<>();
    private final List<InForce> limits = new ArrayList<>();
    private Map<Long, Slot> before = Map.of();
    private boolean mayBeFreedByHand;
  }

  /**
   * A concurrency, from when its change was journaled.
   *
   * @param until when the next one was answered to be effective; the far future while it was not
   */
  private record InForce(int most, long version, Instant until) {}

  SlotChecker(StoredQueues tables, QueueFindings findings, RunningAttempts running) {
    this.tables = tables;
    this.findings = findings;
    this.running = running;
  }

  private Of of(String queue) {
    return queues.computeIfAbsent(queue, it -> new Of());
  }

  /** Its settings were journaled. */
  void configured(String queue, long version, int most) {
    of(queue).limits.add(new InForce(most, version, Instant.MAX));
  }

  /** Somebody was told that the settings of that version are effective. */
  void effective(String queue, long version, Instant now) {
    of(queue)
        .limits
        .replaceAll(
            it ->
                it.version() < version && it.until().equals(Instant.MAX)
                    ? new InForce(it.most(), it.version(), now)
                    : it);
  }

  void started(Holder attempt) {
    of(attempt.lease().queue()).open.put(attempt.lease().grantNo(), attempt);
  }

  /**
   * The journal has given an attempt up, or knows its end.
   *
   * @param isOver whether it cannot run any more: its report came, or it never began
   */
  void ended(Lease lease, boolean isOver) {
    var of = of(lease.queue());
    var attempt = of.open.remove(lease.grantNo());
    if (attempt != null) {
      of.ended.put(lease.grantNo(), attempt);
    }
    if (isOver) {
      of.over.add(lease.grantNo());
    }
  }

  /** The report of an attempt that had been given up has come. */
  void late(Lease lease) {
    of(lease.queue()).over.add(lease.grantNo());
  }

  /** From now on, operators free slots. */
  void freedByHand(String queue) {
    of(queue).mayBeFreedByHand = true;
  }

  /** Whether a probe of that queue is open. */
  boolean hasOpenProbe(String queue) {
    return of(queue).open.values().stream().anyMatch(it -> it.lease().probe());
  }

  /** Rows of that queue may have changed. */
  void look(String queue, Instant now) {
    var of = of(queue);
    var there = new HashMap<Long, Slot>();
    tables.slots(queue).forEach(slot -> there.put(slot.lease().grantNo(), slot));
    there.forEach(
        (number, slot) -> {
          if (!of.before.containsKey(number)) {
            begun(queue, of, slot, there.size(), now);
          }
          stands(of, slot);
        });
    of.open.values().stream()
        .filter(attempt -> !there.containsKey(attempt.lease().grantNo()))
        .forEach(attempt -> broken(attempt.name(), "its open attempt has no slot: " + attempt));
    of.before.forEach(
        (number, slot) -> {
          if (!there.containsKey(number)) {
            freed(of, slot, now);
          }
        });
    concurrency(queue, of, there.size(), now);
    of.before = there;
  }

  private void begun(String queue, Of of, Slot slot, int rows, Instant now) {
    of.begun.put(slot.lease().grantNo(), now);
    var present = of.limits.isEmpty() ? null : of.limits.get(of.limits.size() - 1);
    var isEffective = of.limits.stream().filter(it -> it.until().equals(Instant.MAX)).count() == 1;
    if (present != null
        && isEffective
        && (rows > present.most() || slot.lease().slot() > present.most())) {
      findings.broken(
          QueueFindings.LIMITS,
          nameOf(slot),
          "it begins in slot %d of %s as one of %d, and %d are allowed"
              .formatted(slot.lease().slot(), queue, rows, present.most()));
    }
  }

  private void concurrency(String queue, Of of, int rows, Instant now) {
    var oldest =
        of.begun.entrySet().stream()
            .filter(it -> tables.hasSlot(queue, it.getKey()))
            .map(Map.Entry::getValue)
            .min(Instant::compareTo)
            .orElse(now);
    var most =
        of.limits.stream()
            .filter(it -> !it.until().isBefore(oldest))
            .mapToInt(InForce::most)
            .max()
            .orElse(Integer.MAX_VALUE);
    if (rows > most) {
      findings.broken(
          QueueFindings.LIMITS,
          queue,
          "it has %d attempts, and %d are allowed".formatted(rows, most));
    }
  }

  private void stands(Of of, Slot slot) {
    var number = slot.lease().grantNo();
    if (of.open.containsKey(number)) {
      if (slot.lingers()) {
        broken(nameOf(slot), "its slot lingers, and its attempt is open: " + slot);
      }
    } else if (!slot.lingers()) {
      broken(nameOf(slot), "its slot is taken, and no attempt of it is open: " + slot);
    } else if (of.over.contains(number)) {
      broken(nameOf(slot), "its slot lingers, and the report of its attempt is kept: " + slot);
    }
  }

  private void freed(Of of, Slot slot, Instant now) {
    var number = slot.lease().grantNo();
    var name = nameOf(slot);
    if (running.goesOn(originOf(slot), slot.fetchId(), slot.attempt())) {
      findings.broken(
          QueueFindings.LIMITS, name, "its slot is freed, and its exchange goes on: " + slot);
    }
    if (of.over.contains(number)) {
      if (slot.lingers()) {
        findings.saw(CoverageMark.LINGERED_TO_REPORT);
      }
    } else if (slot.lingers() && !now.isBefore(slot.timeUp().plus(LINGERS))) {
      findings.saw(CoverageMark.LINGERED_TO_TIME);
    } else if (!of.mayBeFreedByHand) {
      findings.broken(
          QueueFindings.LIMITS, name, "its slot is freed though it may still run: " + slot);
    }
  }

  private void broken(String subject, String what) {
    findings.broken(QueueFindings.PLACES, subject, what);
  }

  private static String originOf(Slot slot) {
    return slot.persistenceId().substring(slot.persistenceId().indexOf('|') + 1);
  }

  private static String nameOf(Slot slot) {
    return originOf(slot) + "/" + slot.fetchId();
  }
}
