package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Watches that what operators were told is so: of pauses, and of purges. */
public final class StopChecker {
  private final QueueFindings findings;

  /** By queue, since when nothing may begin. */
  private final Map<String, Instant> stopped = new HashMap<>();

  /** By queue, when it was resumed last. */
  private final Map<String, Instant> resumed = new HashMap<>();

  /** By queue, the purges that operators asked for. */
  private final Map<String, List<Purge>> purges = new HashMap<>();

  /** By queue and origin, up to which row it was asked to cancel what waits. */
  private final Map<List<String>, Long> upTo = new HashMap<>();

  private final Set<String> takenBack = new HashSet<>();

  /**
   * @param before what was accepted before then is to be cancelled
   * @param answered when its operator was told that it is under way; the far future before
   * @param reading how often its lines are read
   */
  private record Purge(Instant before, Instant answered, Reading reading) {
    boolean isOf(QueuedFetch fetch) {
      return fetch.acceptedAt().isBefore(before)
          && (reading == Reading.AGAIN || !fetch.journaledAt().isAfter(answered));
    }

    Purge answered(Instant now) {
      return new Purge(before, answered.isBefore(now) ? answered : now, reading);
    }

    Purge incarnated() {
      return reading == Reading.ONCE ? new Purge(before, answered, Reading.AGAIN) : this;
    }

    Purge done() {
      return answered.equals(Instant.MAX) ? this : new Purge(before, answered, Reading.DONE);
    }
  }

  private enum Reading {
    ONCE,
    /** By another incarnation of the queue, with what was accepted meanwhile. */
    AGAIN,
    DONE
  }

  StopChecker(QueueFindings findings) {
    this.findings = findings;
  }

  /**
   * Somebody is told that nothing begins any more, for as long as the queue says.
   *
   * @param asked when that was asked for; it may be over by now
   */
  public void stopped(String queue, Instant asked, Instant now) {
    if (resumed.getOrDefault(queue, Instant.MIN).isBefore(asked)) {
      stopped.putIfAbsent(queue, now);
    }
  }

  /** A row of a queue ends what stops it. */
  void journaled(String queue, Object row, Instant now) {
    var name = row.getClass().getSimpleName();
    if (name.equals("Resumed") || name.equals("Removed")) {
      stopped.remove(queue);
      resumed.put(queue, now);
    } else if (name.equals("Incarnated")) {
      purgesOf(queue).replaceAll(Purge::incarnated);
    } else if (name.equals("PurgeDone")) {
      purgesOf(queue).replaceAll(Purge::done);
    }
  }

  private List<Purge> purgesOf(String queue) {
    return purges.computeIfAbsent(queue, it -> new ArrayList<>());
  }

  void started(Lease lease, String subject, Instant now) {
    var since = stopped.get(lease.queue());
    if (since != null) {
      findings.broken(
          QueueFindings.LIMITS,
          subject,
          "it starts at %s, and queue %s was said to be stopped at %s"
              .formatted(now, lease.queue(), since));
    }
  }

  /** Somebody wants to have that fetch cancelled. */
  public void wantsCancelled(String originId, String fetchId) {
    takenBack.add(originId + "/" + fetchId);
  }

  /** Somebody asks to cancel what was accepted before then. */
  public void wantsPurged(String queue, Instant before) {
    purgesOf(queue).add(new Purge(before, Instant.MAX, Reading.ONCE));
  }

  /** Somebody is told that all purges that were asked for are under way. */
  public void purged(String queue, Instant now) {
    purgesOf(queue).replaceAll(it -> it.answered(now));
  }

  /** A queue has an origin cancel. */
  public void asks(String originId, PurgeUpTo it) {
    upTo.merge(List.of(it.queue(), originId), it.row(), Math::max);
  }

  void cancelled(QueuedFetch fetch) {
    if (takenBack.contains(fetch.name())) {
      return;
    }
    var asked = purgesOf(fetch.queue());
    if (asked.stream().noneMatch(it -> it.isOf(fetch))) {
      broken(
          fetch,
          "it is cancelled, was accepted at %s, and nobody wanted that but %s"
              .formatted(fetch.acceptedAt(), asked));
    } else if (fetch.acceptedRow()
        > upTo.getOrDefault(List.of(fetch.queue(), fetch.originId()), 0L)) {
      broken(fetch, "it is purged, and was accepted after the row up to which that was asked for");
    } else if (fetch.mayHaveBeenSent()) {
      broken(fetch, "it is purged, and may have been sent");
    }
  }

  private void broken(QueuedFetch fetch, String what) {
    findings.broken(QueueFindings.PURGES, fetch.name(), what);
  }
}
