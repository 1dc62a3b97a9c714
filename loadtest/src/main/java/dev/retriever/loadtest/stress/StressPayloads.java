package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.server.TargetServer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends ever larger outcomes to many subscribers of one channel, up to the largest that a node
 * takes, and one that is larger.
 */
public final class StressPayloads {
  /** Bytes of the bodies, by the name of their part. */
  private static final Map<String, Integer> SIZES = sizes();

  /** The default of a node: it bounds the memory for bodies. */
  private static final String HEAP = "-Xmx512m";

  /** Growth of the resident memory, of the node's budget for bodies. */
  private static final double TIMES = 3;

  private StressPayloads() {}

  private static Map<String, Integer> sizes() {
    var sizes = new LinkedHashMap<String, Integer>();
    sizes.put("100kb", 100_000);
    sizes.put("500kb", 500_000);
    sizes.put("1000kb", 1_000_000);
    sizes.put("limit", TargetServer.BODY_MAX);
    return sizes;
  }

  public static List<String> parts() {
    return List.copyOf(SIZES.keySet());
  }

  public static void run(Context context) throws IOException, InterruptedException {
    var largest = 0;
    for (var part : SIZES.entrySet()) {
      if (context.includes(part.getKey())) {
        var size = part.getValue();
        var whole = context.on(part.getKey(), false, stage -> whole(stage, part.getKey(), size));
        largest = whole ? Math.max(largest, size) : largest;
      }
    }
    var beyond = context.on("beyond", false, StressPayloads::beyond);
    context
        .draft()
        .finding(
            "The largest outcome that came whole to all is of %d bytes. An answer of one byte"
                + " more than a node takes is told as: %s.",
            largest, beyond);
  }

  private static boolean whole(TestBed stage, String name, int size)
      throws IOException, InterruptedException {
    var report = new StressRun(stage, name, Faults.NONE, size).run(HEAP);
    var budget = report.bed().bodyBudget();
    var use = report.use();
    var grown = use.peak().rssBytes() - use.start().rssBytes();
    stage
        .draft()
        .atMost(
            name
                + ": growth of memory, of the budget for bodies of %.0f MiB"
                    .formatted(Resources.mib(budget)),
            (double) grown / budget,
            "×",
            TIMES);
    return report.whole();
  }

  /** The outcome of a fetch whose answer is too large. */
  private static String beyond(TestBed stage) throws IOException, InterruptedException {
    var node = stage.start(HEAP);
    var spec = Submission.get(stage.url("/bytes/" + (TargetServer.BODY_MAX + 1)));
    var fetch =
        Fetches.through(node, stage)
            .of("beyond", "answered", "failed", "unknown")
            .settle("channel-0", "beyond-1", spec)
            .join();
    var outcome = fetch.outcome().orElseThrow();
    stage
        .draft()
        .promise(
            "one byte beyond the largest answer is no answer",
            !outcome.type().equals("answered"),
            outcome.type(),
            "failed or unknown");
    return outcome.type() + outcome.reason().map(why -> ", " + why).orElse("");
  }
}
