package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.Lease;
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

  private final Set<String> takenBack = new HashSet<>();

  /**
   * @param before what was accepted before then is to be cancelled
   * @param answered when its operator was told that it is under way; the far future before
   */
  private record Purge(Instant before, Instant answered) {
    boolean isOf(QueuedFetch fetch) {
      return fetch.acceptedAt().isBefore(before) && !fetch.journaledAt().isAfter(answered);
    }
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
    }
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
    purges.computeIfAbsent(queue, it -> new ArrayList<>()).add(new Purge(before, Instant.MAX));
  }

  /** Somebody is told that all purges that were asked for are under way. */
  public void purged(String queue, Instant now) {
    purges
        .getOrDefault(queue, List.of())
        .replaceAll(
            it -> new Purge(it.before(), it.answered().isBefore(now) ? it.answered() : now));
  }

  void cancelled(QueuedFetch fetch) {
    if (takenBack.contains(fetch.name())) {
      return;
    }
    var asked = purges.getOrDefault(fetch.queue(), List.of());
    if (asked.stream().noneMatch(it -> it.isOf(fetch))) {
      broken(
          fetch,
          "it is cancelled, was accepted at %s, and nobody wanted that but %s"
              .formatted(fetch.acceptedAt(), asked));
    } else if (fetch.mayHaveBeenSent()) {
      broken(fetch, "it is purged, and may have been sent");
    }
  }

  private void broken(QueuedFetch fetch, String what) {
    findings.broken(QueueFindings.PURGES, fetch.name(), what);
  }
}
