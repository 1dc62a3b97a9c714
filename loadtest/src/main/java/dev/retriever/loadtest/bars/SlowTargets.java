package dev.retriever.loadtest.bars;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Fetches of slow targets. Their origins leave memory meanwhile, and each fetch settles once. */
public final class SlowTargets {
  private static final int IDLE_SECONDS = 5;

  private static final String NODE_OPTION = "-Dretriever.origin.idle=" + IDLE_SECONDS + "s";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Context context;
  private final TestBed stage;
  private final NodeProcess node;
  private final Jobs jobs;
  private final Submission spec;
  private long mostAway;
  private long originsThen;

  public static void run(TestBed stage) throws IOException, InterruptedException {
    new SlowTargets(stage).run().into(stage.draft());
  }

  private SlowTargets(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    node = stage.start(NODE_OPTION);
    jobs = new Jobs(stage, node);
    var delay = context.seconds("delay");
    var limit = delay.plus(PATIENCE).toSeconds() + "s";
    spec =
        Submission.post(stage.url("/delay/" + delay.toMillis()), "once")
            .timeout(limit)
            .within(limit);
  }

  private Measured run() throws IOException, InterruptedException {
    var count = context.size("fetches");
    var submitted = jobs.enqueue("submit", count, context.size("concurrency"), spec);
    settle(System.nanoTime());
    jobs.fetches().readUnsettled(context);
    return new Measured(count, submitted.driven(), mostAway, originsThen, stage.verdict());
  }

  /** Waits without any call to an origin, since a call would bring it back into memory. */
  private void settle(long from) throws IOException, InterruptedException {
    var limit = context.seconds("delay").plus(PATIENCE).toNanos();
    var count = context.size("fetches");
    try (var progress = context.progress("settle", count)) {
      var answered = 0L;
      while (answered < count && System.nanoTime() - from < limit) {
        var stats = stage.api().stats(node.management()).join();
        answered = stats.at("/settled/answered").asLong();
        progress.to(answered);
        look(stats);
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
  }

  private void look(JsonNode stats) {
    var away = stats.path("inFlight").asLong() - stats.path("pending").asLong();
    if (away > mostAway) {
      mostAway = away;
      originsThen = stats.path("originsInMemory").asLong();
    }
  }

  /**
   * How it went.
   *
   * @param away the most fetches that were in flight at once while their origins were not in memory
   * @param inMemory the origins in memory at that moment
   */
  record Measured(
      int fetches,
      ClosedLoop.LoopResult submitted,
      long away,
      long inMemory,
      LedgerVerdict verdict) {
    void into(ResultDraft draft) {
      draft.failures("submit", submitted);
      draft.promise("in flight without their origins", away == fetches, away, "all " + fetches);
      draft.ledger("fetches", verdict);
      draft.finding(
          "%d of %d fetches were in flight while their origins were not in memory; %d origins were"
              + " in memory then.",
          away, fetches, inMemory);
    }
  }
}
