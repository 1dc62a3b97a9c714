package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.LineFit;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A day of events, compressed into as little time as it takes. Measures the heap after each part of
 * it, and whether deliveries become slower. Each part is judged and forgotten, so that the day may
 * have more events than fit into memory here.
 */
public final class StressDay {
  private static final double HOURS = 24;
  private static final double MIB_PER_HOUR = 1;

  /** The rate of the last tenth, of that of the second. */
  private static final double AS_FAST = 0.9;

  /** The least that a node allows. What settled within it is remembered, and counts as heap. */
  private static final Duration RETENTION = Duration.ofHours(1);

  private static final List<String> OPTIONS =
      List.of(
          "-Xmx4g",
          "-Dretriever.origin.retention=1h",
          "-Dretriever.node.purge.interval=1m",
          "-Dretriever.node.purge.margin=1m");

  private final TestBed stage;
  private final Context context;
  private final int parts;
  private final List<Part> done = new ArrayList<>();
  private LedgerVerdict verdict = new LedgerVerdict(Map.of(), List.of());

  /**
   * @param endedAt since the begin of the day, in seconds
   * @param seconds from its first event until the last one was delivered
   */
  record Part(int events, double endedAt, double seconds, double heapMib) {
    double perSecond() {
      return events / seconds;
    }
  }

  public StressDay(TestBed stage) {
    this.stage = stage;
    context = stage.context();
    parts = context.size("cycles");
  }

  public void run() throws IOException, InterruptedException {
    var channels = context.size("channels");
    var node = StressBed.start(stage, channels, OPTIONS.toArray(String[]::new));
    var spec = StressRun.spec(stage.target().uri(), 0);
    var subscribers = context.size("subscribers");
    var bed = new StressBed(stage, node, Faults.NONE, subscribers, channels, channel -> spec);
    var opened = bed.subscribe();
    var from = System.nanoTime();
    for (var part = 0; part < parts; part++) {
      done.add(part(bed, part, from));
      tell();
    }
    var seconds = done.stream().mapToDouble(Part::seconds).sum();
    bed.count("at the end of the day");
    bed.unsubscribe();
    stats(bed);
    new StressReport("day", bed, opened, seconds, bed.resources().use())
        .withoutMemory(stage.draft(), verdict);
    judge();
  }

  private Part part(StressBed bed, int part, long from) throws IOException, InterruptedException {
    var events = context.size("events");
    var count = (int) (events * (part + 1L) / parts - events * (long) part / parts);
    var began = System.nanoTime();
    bed.publish("p" + part, count);
    bed.awaitDeliveries();
    var seconds = (System.nanoTime() - began) / 1e9;
    verdict = verdict.plus(stage.settleUp());
    var heap = Resources.mib(Resources.heapAfterGc(bed.node().pid()));
    return new Part(count, (System.nanoTime() - from) / 1e9, seconds, heap);
  }

  private void tell() {
    var last = done.get(done.size() - 1);
    context.say(
        "%d of %d parts: %.0f events/s, %.0f MiB of heap after collection; %.0f min left",
        done.size(),
        parts,
        last.perSecond(),
        last.heapMib(),
        last.endedAt() / done.size() * (parts - done.size()) / 60);
  }

  /** The node has counted each event once, also after it has forgotten most of them. */
  private void stats(StressBed bed) throws IOException {
    var stats = stage.api().stats(bed.node().management()).join();
    var accepted = verdict.total().accepted();
    var told = stats.path("accepted").asLong();
    var settled = stats.at("/settled/answered").asLong();
    var draft = stage.draft();
    draft.promise("accepted, as the node counts", told == accepted, told, "= " + accepted);
    draft.promise("settled, as the node counts", settled == accepted, settled, "= " + accepted);
  }

  private void judge() throws IOException {
    var draft = stage.draft();
    var rows =
        draft.table(
            "day: parts",
            "hour",
            "events",
            "events/s",
            "ended after, s",
            "heap after collection, MiB");
    var plot =
        draft.plot(
            Plot.lines(
                "day-heap",
                "day: heap after collection",
                Plot.axis("hours of the day"),
                Plot.axis("MiB")));
    var heap = plot.add("heap after collection");
    for (var i = 0; i < parts; i++) {
      var part = done.get(i);
      heap.add(new Plot.Point(hour(i), part.heapMib()));
      rows.row(hour(i), part.events(), part.perSecond(), part.endedAt(), part.heapMib());
    }
    var first = steady(done);
    var fit = LineFit.of(heap.subList(first, parts));
    draft.atMost("growth of the heap in an hour of the day", fit.slope(), "MiB/h", MIB_PER_HOUR);
    draft.atMost("standard error of that growth", fit.error(), "MiB/h", MIB_PER_HOUR);
    draft.atLeast("rate of the last tenth, of the second's", asFast(done), "×", AS_FAST);
    var growth =
        "From hour %.1f on the heap after collection grows by %.2f ± %.2f MiB in an hour of the day,"
            + " of which each took %.0f s";
    draft.finding(
        growth + (afterRetention(done) ? "." : "; the run is too short for what it must remember."),
        hour(first) - HOURS / parts,
        fit.slope(),
        fit.error(),
        done.get(parts - 1).endedAt() / HOURS);
    draft.finding("The database took %.0f MiB at the end.", stage.database().bytes() / 1048576.0);
  }

  /** The hour at the end of a part. */
  private double hour(int part) {
    return HOURS * (part + 1) / parts;
  }

  /**
   * The first part of those that are fitted. Until the retention is over, the node remembers more
   * with each event, and that is no leak. A shorter run leaves out a fifth.
   */
  static int steady(List<Part> parts) {
    var over = 0;
    while (over < parts.size() && parts.get(over).endedAt() <= RETENTION.toSeconds()) {
      over++;
    }
    return over <= parts.size() - 3 ? over : parts.size() / 5;
  }

  private static boolean afterRetention(List<Part> parts) {
    return parts.get(steady(parts)).endedAt() > RETENTION.toSeconds();
  }

  static double asFast(List<Part> parts) {
    var tenth = Math.max(1, parts.size() / 10);
    var second = rate(parts.subList(Math.min(tenth, parts.size() - tenth), 2 * tenth));
    return rate(parts.subList(parts.size() - tenth, parts.size())) / second;
  }

  private static double rate(List<Part> parts) {
    return parts.stream().mapToInt(Part::events).sum()
        / parts.stream().mapToDouble(Part::seconds).sum();
  }
}
