package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.List;

/** Measures short calls alone, and beside long ones that are in flight all the time. */
public final class QueueMixed {
  /** So much more may the p99 be, which varies more than a median. */
  private static final double TOLERANCE = 2;

  private QueueMixed() {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var jobs = new Jobs(stage, stage.start());
    var target = stage.target().uri();
    var brief = Submission.get(target.resolve("/uuid")).timeout("30s").within("2m");
    var lengthy =
        Submission.get(target.resolve("/delay/" + context.size("seconds") * 1_000))
            .timeout("2h")
            .within("2h");
    var count = context.size("fetches");
    jobs.settle("warm up", Math.min(1_000, count), 32, brief);
    var alone = jobs.settleAt("short alone", count, context.size("rate"), brief);
    stage.target().mostAtOnce();
    var submitted = jobs.enqueue("long", context.size("long"), 64, lengthy);
    var beside = jobs.settleAt("short beside long", count, context.size("rate"), brief);
    var together = stage.target().mostAtOnce();
    jobs.fetches().readUnsettled(context);
    Phase.table(
        "Short calls, and the submission of long ones", List.of(alone, submitted, beside), draft);
    draft.ledger("short and long", stage.verdict());
    draft.promise(
        "long calls under way together",
        together >= context.size("long"),
        together,
        "≥ " + context.size("long"));
    var before = alone.millis(99);
    var then = beside.millis(99);
    draft.within(
        "p99 of short calls beside long ones",
        then,
        "ms",
        before,
        "alone in the same run",
        TOLERANCE);
    draft.finding(
        "Beside %d calls that take %d s each, 99 of 100 short ones took up to %.1f ms, %.2f times what"
            + " they take alone.",
        context.size("long"), context.size("seconds"), then, then / before);
  }
}
