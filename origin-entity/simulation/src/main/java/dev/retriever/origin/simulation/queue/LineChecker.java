package dev.retriever.origin.simulation.queue;

import static java.util.stream.Collectors.groupingBy;

import dev.retriever.origin.queue.rows.QueueStore.StoredLine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Watches that the lines of each origin are what its journal has waiting, at every write. */
final class LineChecker {
  private final StoredQueues tables;
  private final QueueFindings findings;

  LineChecker(StoredQueues tables, QueueFindings findings) {
    this.tables = tables;
    this.findings = findings;
  }

  /** A line, or those fetches that should be one. */
  private record Seen(int waiting, Instant oldest, Instant readyAt) {
    static Seen of(StoredLine stored) {
      var line = stored.line();
      return new Seen(line.waiting(), line.oldest(), line.readyAt());
    }

    static Seen of(List<WaitingFetch> fetches) {
      return new Seen(
          fetches.size(),
          // The first by rows; a clock that was set back may have given others an earlier time.
          fetches.get(0).acceptedAt(),
          fetches.stream().map(WaitingFetch::readyAt).min(Instant::compareTo).orElseThrow());
    }
  }

  /** Rows of that origin were written, and so much waits now. */
  void look(String origin, String persistenceId, List<WaitingFetch> waiting) {
    Map<String, Seen> owed = new TreeMap<>();
    waiting.stream()
        .collect(groupingBy(it -> name(it.queue(), it.key(), it.priority())))
        .forEach((name, fetches) -> owed.put(name, Seen.of(fetches)));
    Map<String, Seen> there = new TreeMap<>();
    tables
        .linesOf(persistenceId)
        .forEach(
            (queue, lines) ->
                lines.forEach(
                    it ->
                        there.put(
                            name(queue, it.line().key(), it.line().priority()), Seen.of(it))));
    if (!owed.equals(there)) {
      findings.broken(
          QueueFindings.PLACES, origin, "its lines are " + there + ", and there wait " + owed);
    }
  }

  private static String name(String queue, String key, int priority) {
    return queue + " " + key + " " + priority;
  }
}
