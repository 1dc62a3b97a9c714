package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.ledger.Breach;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Depth;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Kills the only node in the middle of many fetches and starts it again. The fetches must settle
 * without any call.
 */
public final class QueueCrash {
  private static final double BACK_SECONDS = 10;

  private final Context context;
  private final ResultDraft draft;
  private final TestBed stage;
  private final NodeProcess node;
  private final Fetches gets;
  private final Fetches posts;
  private final Submission get;
  private final Submission post;

  public QueueCrash(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    node = stage.start();
    gets = Fetches.through(node, stage).of("get", "answered");
    posts = Fetches.through(node, stage).of("post", "answered", "unknown");
    var url = stage.url("/delay/100");
    get = Submission.get(url).within("5m");
    post = Submission.post(url, "once").within("5m");
  }

  public void run() throws IOException, InterruptedException {
    var count = context.size("fetches");
    var depth = Depth.of(stage, node);
    var submitting =
        CompletableFuture.supplyAsync(
            () -> {
              try (var progress = context.progress("submit", count)) {
                return ClosedLoop.run(count, context.size("concurrency"), this::submit, progress);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    try (var progress = context.progress("settle before the kill", count / 2)) {
      depth.settles(count / 2, 120, progress);
    }
    var settledBefore = depth.settled();
    node.kill();
    var submitted = submitting.orTimeout(3, TimeUnit.MINUTES).join();
    var restarted = Instant.now();
    var ready = node.start();
    gets.readUnsettled(context);
    report(restarted, ready, settledBefore, submitted);
  }

  private CompletableFuture<?> submit(int index) {
    var origin = context.origin(index);
    return index % 2 == 0
        ? gets.submit(origin, "g-" + index, get)
        : posts.submit(origin, "p-" + index, post);
  }

  /** Tabulates the outcomes of fetches that settled after the restart, with their times. */
  private void after(Instant restarted) {
    var rows = draft.table("Settled after the restart");
    for (var kind : List.of("g", "p")) {
      for (var outcome : List.of("answered", "unknown")) {
        var times = Phase.histogram();
        stage.ledger().latest().stream()
            .filter(view -> view.id().startsWith(kind + "-"))
            .filter(view -> view.outcome().filter(o -> o.type().equals(outcome)).isPresent())
            .flatMap(view -> view.settledAt().stream())
            .filter(at -> at.isAfter(restarted))
            .forEach(
                at -> Phase.recordMicros(times, Duration.between(restarted, at).toNanos() / 1_000));
        rows.next()
            .cell("what", kind.equals("g") ? "GET" : "POST")
            .cell("outcome", outcome)
            .cell("fetches", times.getTotalCount())
            .cell("p50, ms", Phase.millis(times, 50))
            .cell("p95, ms", Phase.millis(times, 95))
            .cell("max, ms", Phase.millis(times, 100));
      }
    }
  }

  private void report(
      Instant restarted, Duration ready, long settledBefore, ClosedLoop.LoopResult submitted)
      throws IOException {
    var verdict = stage.verdict();
    var total = verdict.total();
    var last =
        stage.ledger().latest().stream()
            .flatMap(view -> view.settledAt().stream())
            .max(Instant::compareTo)
            .map(at -> Duration.between(restarted, at).toMillis() / 1e3)
            .orElse(Double.NaN);
    draft
        .table("Kill in the middle")
        .cell("accepted", total.accepted())
        .cell("settled before", settledBefore)
        .cell("refused or unheard", submitted.failed())
        .cell("ready after, s", ready)
        .cell("last settled after, s", last)
        .cell("unknown", total.settled("unknown"))
        .cell("hits beyond one each", total.hits() - total.accepted());
    after(restarted);
    draft.ledger("GETs and POSTs", verdict);
    draft.promise(
        "the kill hit what was under way",
        settledBefore < total.accepted(),
        total.accepted() - settledBefore + " pending",
        "> 0");
    draft.atMost("last settlement after the restart", last, "s", BACK_SECONDS);
    draft.finding(
        "Of %d accepted fetches %d had settled when the node was killed. It was ready %.1f s after"
            + " its restart, and the last settled %.1f s after it; %d POSTs without a key became"
            + " unknown; %d fetches were hit more often than they may be.",
        total.accepted(),
        settledBefore,
        ready,
        last,
        total.settled("unknown"),
        verdict.count(Breach.Kind.DUPLICATE));
  }
}
