package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * Events as fast as they are accepted, to readers of one channel that are slower than that. The
 * node must neither hold what they have not read, nor lose it.
 */
public final class StressSaturation {
  /** With a receive buffer of 8 KiB this leaves some 100 small events a second. */
  private static final int REST_MS = 20;

  private static final double SLOWER = 0.8;

  /** Memory in the last third of the run, of that in the middle third. */
  private static final double LEVEL = 1.1;

  private StressSaturation() {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    var faults = Faults.of(InjectedFault.slowReader(REST_MS));
    var report = new StressRun(stage, "saturation", faults, 0).run(StressBed.forSubscribers());
    var draft = stage.draft();
    var bed = report.bed();
    var audience = bed.audience();
    var read = audience.received().outcomes() / report.seconds() / audience.size();
    var sent = bed.publisher().perSecond();
    draft.atMost("events/s that a reader reads, of those that are sent", read / sent, "×", SLOWER);
    draft.atMost("memory in the last third, of the middle third", level(bed), "×", LEVEL);
    var failed = outOfMemory(stage);
    draft.promise("OutOfMemoryError in the logs of the node", failed == 0, failed, "0");
    draft.finding(
        "%.0f events/s were accepted, and each reader read %.0f. The node cut %d readers, and %d of the"
            + " calls of the sender failed: what was not read yet waited in the journal.",
        sent,
        read,
        audience.sum(Subscriber::cuts) - audience.sum(Subscriber::planned),
        bed.failures().sum("publish"));
  }

  /** Of the resident memory, by its highest values. */
  private static double level(StressBed bed) {
    var looks = bed.timeline().looks();
    var third = looks.size() / 3;
    return most(looks.subList(2 * third, looks.size())) / most(looks.subList(third, 2 * third));
  }

  private static double most(List<StressTimeline.Look> looks) {
    return looks.stream().mapToDouble(StressTimeline.Look::rss).max().orElse(Double.NaN);
  }

  private static long outOfMemory(TestBed stage) throws IOException {
    var count = 0L;
    try (var logs = Files.list(stage.logs())) {
      for (var log : logs.toList()) {
        try (var lines = Files.lines(log)) {
          count += lines.filter(line -> line.contains("OutOfMemoryError")).count();
        }
      }
    }
    return count;
  }
}
