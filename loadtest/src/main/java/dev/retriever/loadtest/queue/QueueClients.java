package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.run.Depth;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.OpenLoop;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Many clients that enqueue at a fixed rate, whether or not answers are in time. */
public final class QueueClients {
  private static final Grade.Bar ACCEPT_P99_MS = Grade.Bar.atMost(100, 1_000);

  private QueueClients() {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var node = stage.start();
    var jobs = new Jobs(stage, node);
    var spec = Submission.get(stage.url("/body/200")).within("2m");
    jobs.settle("warm up", Math.min(1_000, context.size("rate")), 64, spec);
    var clients = new Fetches[context.size("clients")];
    for (var i = 0; i < clients.length; i++) {
      clients[i] = jobs.fetches().from(stage.closing(new Api()));
    }
    var count = context.size("rate") * Math.max(1, context.size("time"));
    var accepted = Phase.histogram();
    ClosedLoop.LoopResult driven;
    Depth depth = Depth.of(stage, node);
    try (var progress = context.progress("enqueue", count)) {
      driven =
          OpenLoop.run(
              count,
              OpenLoop.Arrivals.random(context.size("rate"), context.seed()),
              accepted,
              i -> clients[i % clients.length].submit(context.origin(i), "c-" + i, spec),
              progress);
      depth.settles(driven.ended() - driven.failed(), 60, progress);
    }
    jobs.fetches().readUnsettled(context);
    var phase = new Phase("enqueue", count, driven, Map.of("accepted", accepted), Optional.empty());
    Phase.table("%d clients".formatted(clients.length), List.of(phase), draft);
    draft.ledger("all, bodies by digest", stage.verdict());
    draft.graded("p99 to be accepted", Phase.millis(accepted, 99), "ms", ACCEPT_P99_MS);
    draft.finding(
        "%d clients submitted %d a second for %d s at random times: half were accepted within"
            + " %.1f ms of when they were due, 99 of 100 within %.1f ms; %d were refused.",
        clients.length,
        context.size("rate"),
        context.size("time"),
        Phase.millis(accepted, 50),
        Phase.millis(accepted, 99),
        driven.failed());
  }
}
