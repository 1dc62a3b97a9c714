package dev.retriever.loadtest.stress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * All subscribers come and go many times, a tenth of them by failures, while large events are
 * published and the heap is nearly full. Afterwards nothing of them may be left in the node.
 */
public final class StressChurn {
  private static final double FAILURES = 0.1;

  /**
   * Half of it is what a node takes for itself, so the rest fills between collections. Bodies may
   * take more of it than they would by themselves.
   */
  private static final int HEAP_MIB = 96;

  private static final List<String> OPTIONS =
      List.of(
          "-Xms" + HEAP_MIB + "m",
          "-Xmx" + HEAP_MIB + "m",
          "-Xmn24m",
          "-Dretriever.memory.total=16MiB",
          "-Dretriever.origin.idle=1s");

  private static final double NEARLY_FULL = 0.85;

  /** Threads and descriptors that a node may have more by chance: timers, and idle connections. */
  private static final int BY_CHANCE = 8;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LOOK_MS = 200;

  private final TestBed stage;
  private final Context context;

  /** What a node holds that is asleep. */
  private record Held(int threads, int descriptors, long origins, long subscriptions) {
    /** Whether no more is held than before, but for what comes by chance. */
    boolean isBackTo(Held before) {
      return threads <= before.threads + BY_CHANCE
          && descriptors <= before.descriptors + BY_CHANCE
          && origins == 0
          && subscriptions == 0;
    }
  }

  public StressChurn(TestBed stage) {
    this.stage = stage;
    context = stage.context();
  }

  public void run() throws IOException, InterruptedException {
    var body = context.size("body");
    var channels = context.size("channels");
    var node = StressBed.start(stage, channels, OPTIONS.toArray(String[]::new));
    var spec = StressRun.spec(stage.target().uri(), body);
    var faults =
        Faults.of(
                InjectedFault.drop(
                    FAILURES, Moment.SUBSCRIBE, Moment.PUBLISH, Moment.RECEIVE, Moment.UNSUBSCRIBE))
            .seeded(context.seed());
    var bed =
        new StressBed(stage, node, faults, context.size("subscribers"), channels, any -> spec);
    var before = asleep(node);
    var opened = bed.subscribe();
    var from = System.nanoTime();
    cycles(bed);
    var seconds = (System.nanoTime() - from) / 1e9;
    var after = backTo(node, before);
    var name = context.name();
    new StressReport(name, bed, opened, seconds, bed.resources().use())
        .into(stage.draft(), stage.verdict());
    left(before, after);
    heap(bed);
    rows(node);
  }

  private void cycles(StressBed bed) throws IOException, InterruptedException {
    var cycles = context.size("cycles");
    var events = context.size("events");
    try (var progress = context.progress("cycles", cycles)) {
      for (var cycle = 0; cycle < cycles; cycle++) {
        if (cycle > 0) {
          bed.subscribeAgain();
          bed.count("subscribed " + (cycle + 1));
        }
        var first = events * (long) cycle / cycles;
        bed.publish("c" + cycle, (int) (events * (cycle + 1L) / cycles - first));
        bed.awaitDeliveries();
        bed.unsubscribe();
        progress.to(cycle + 1);
      }
    }
  }

  /** Waits until all origins have left memory. */
  private Held asleep(NodeProcess node) throws IOException, InterruptedException {
    var api = stage.api();
    Polling.until(PATIENCE, LOOK_MS, () -> held(node, api).origins() == 0);
    return held(node, api);
  }

  private Held backTo(NodeProcess node, Held before) throws IOException, InterruptedException {
    var api = stage.api();
    Polling.until(PATIENCE, LOOK_MS, () -> held(node, api).isBackTo(before));
    return held(node, api);
  }

  /** With negative counts if the node does not answer. */
  private static Held held(NodeProcess node, Api api) {
    JsonNode none = MissingNode.getInstance();
    var stats = api.stats(node.management()).exceptionally(gone -> none).join();
    var sample = Resources.sample(node.pid());
    return new Held(
        sample.threads(),
        sample.descriptors(),
        stats.path("originsInMemory").asLong(-1),
        stats.path("subscriptions").asLong(-1));
  }

  private void left(Held before, Held after) {
    var draft = stage.draft();
    draft
        .table(
            "churn: what the node holds",
            "when",
            "threads",
            "descriptors",
            "origins in memory",
            "subscriptions")
        .row(
            "before",
            before.threads(),
            before.descriptors(),
            before.origins(),
            before.subscriptions())
        .row("after", after.threads(), after.descriptors(), after.origins(), after.subscriptions());
    var threads = after.threads() - before.threads();
    var descriptors = after.descriptors() - before.descriptors();
    draft.promise("threads more than before", threads <= BY_CHANCE, threads, "≤ " + BY_CHANCE);
    draft.promise(
        "descriptors more than before", descriptors <= BY_CHANCE, descriptors, "≤ " + BY_CHANCE);
    draft.promise("origins left in memory", after.origins() == 0, after.origins(), "0");
    draft.promise("subscriptions left", after.subscriptions() == 0, after.subscriptions(), "0");
  }

  private void heap(StressBed bed) {
    var most =
        bed.timeline().looks().stream()
            .mapToDouble(StressTimeline.Look::heap)
            .filter(Double::isFinite)
            .max()
            .orElse(Double.NaN);
    var draft = stage.draft();
    draft.atLeast("heap at its fullest, of what it may be", most / HEAP_MIB, "×", NEARLY_FULL);
    draft.finding("The heap was filled up to %.0f of %d MiB, garbage included.", most, HEAP_MIB);
  }

  /** A stopped node has its rows on the disk: none that wakes an origin, and none of a slot. */
  private void rows(NodeProcess node) throws IOException, InterruptedException {
    node.stop();
    var wakes = stage.database().rows("wake_up");
    var slots = stage.database().rows("queue_slot");
    var journal = stage.database().rows("event_journal");
    var draft = stage.draft();
    draft.promise("rows left that wake origins", wakes == 0, wakes, "0, as before");
    draft.promise("rows left of slots", slots == 0, slots, "0, as before");
    draft.finding(
        "The journal has %.1f rows for each event, and none for subscriptions.",
        (double) journal / stage.ledger().latest().size());
  }
}
