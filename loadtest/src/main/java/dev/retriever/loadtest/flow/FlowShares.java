package dev.retriever.loadtest.flow;

import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * Whether a queue is fair: small origins beside one with many fetches that wait, and two keys with
 * weights.
 */
public final class FlowShares {
  private static final int SLOTS = 20;
  private static final int SMALL = 10;
  private static final int CALLERS = 64;

  /** So much longer may the p99 be beside the large one, as a part of what it is alone. */
  private static final double TOLERANCE = 1;

  private static final double WEIGHT = 3;
  private static final double EXACT = 0.05;

  private final TestBed stage;
  private final Context context;
  private final NodeProcess node;
  private final Fetches fetches;
  private final Submission spec;

  public FlowShares(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    node = stage.start();
    fetches = Fetches.through(node, stage);
    spec = Submission.get(stage.url("/delay/20")).timeout("30s").within("24h");
  }

  public void run() throws IOException, InterruptedException {
    small();
    weights();
    stage.draft().ledger("what settled", stage.verdict());
  }

  private void small() throws IOException, InterruptedException {
    OperatedQueues.of(node).make("fair", "{\"concurrency\": %d}".formatted(SLOTS));
    settle("warm-up");
    var alone = settle("alone");
    var crowd = context.size("crowd");
    Phase.closedLoop(
        context,
        "crowd",
        crowd,
        CALLERS,
        i -> fetches.submit("crowd", "crowd-" + i, spec.queue("fair")));
    var beside = settle("beside");
    stage
        .draft()
        .table("Small origins, alone and beside one with %d that wait".formatted(crowd))
        .next()
        .cell("small origins", context.size("small"))
        .cell("alone p50, ms", Phase.millis(alone, 50))
        .cell("alone p99, ms", Phase.millis(alone, 99))
        .cell("beside p50, ms", Phase.millis(beside, 50))
        .cell("beside p99, ms", Phase.millis(beside, 99));
    stage
        .draft()
        .within(
            "p99 of small origins beside a large one",
            Phase.millis(beside, 99),
            "ms",
            Phase.millis(alone, 99),
            "alone in the same run",
            TOLERANCE);
  }

  /** All fetches of the small origins at once, as many as ten of each. */
  private Histogram settle(String run) throws InterruptedException {
    var count = context.size("small") * SMALL;
    return Phase.closedLoop(
            context,
            run,
            count,
            count,
            i ->
                fetches.settle(
                    "small-" + i % context.size("small"), run + "-" + i, spec.queue("fair")))
        .latency();
  }

  /** Both keys wait from the beginning; the shares are those of the first half that starts. */
  private void weights() throws IOException, InterruptedException {
    var settings =
        "{\"concurrency\": %d, \"weights\": {\"keys\": {\"heavy\": %d, \"light\": 1}}}"
            .formatted(SLOTS, (int) WEIGHT);
    var queues = OperatedQueues.of(node);
    queues.make("weighted", settings);
    queues.pause("weighted");
    var each = context.size("weighted");
    var keys = new ArrayList<String>();
    keys.addAll(Collections.nCopies(each, "heavy"));
    keys.addAll(Collections.nCopies(each, "light"));
    Collections.shuffle(keys, new Random(context.seed()));
    Phase.closedLoop(
        context,
        "weighted",
        keys.size(),
        CALLERS,
        i ->
            fetches.submit(
                "w-" + i % 100, keys.get(i) + "-" + i, spec.queue("weighted", keys.get(i))));
    queues.resume("weighted");
    var first = firstStarted(keys, each);
    var share = (double) first.stream().filter("heavy"::equals).count() / first.size();
    var expected = WEIGHT / (WEIGHT + 1);
    stage
        .draft()
        .table("Shares of two keys with weights 3 and 1", "starts", "heavy", "expected")
        .row(first.size(), share, expected);
    stage
        .draft()
        .atMost("deviation from the weights", Math.abs(share - expected) / expected, "", EXACT);
  }

  private List<String> firstStarted(List<String> keys, int count) throws InterruptedException {
    fetches.readUnsettled(context);
    return stage.ledger().latest().stream()
        .filter(view -> view.id().startsWith("heavy-") || view.id().startsWith("light-"))
        .filter(view -> !view.attempts().isEmpty())
        .sorted(Comparator.comparing(view -> view.attempts().get(0).startedAt()))
        .limit(count)
        .map(view -> view.id().substring(0, view.id().indexOf('-')))
        .toList();
  }
}
