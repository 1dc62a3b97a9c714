package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.SteadyCallers;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Depth;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Executor nodes come and go under load: one joins, one is stopped, one is killed. */
public final class QueueNodes {
  private static final int STOPPED = 143;

  private final Context context;
  private final TestBed stage;
  private final NodeProcess node;
  private final Fetches gets;
  private final Fetches posts;
  private final Submission get;
  private final Submission post;
  private final ResultDraft draft;
  private final ResultDraft.Rows rows;

  public QueueNodes(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    node = stage.start(TestBed.role("origin"));
    gets = Fetches.through(node, stage).of("get", "answered");
    posts = Fetches.through(node, stage).of("post", "answered", "unknown");
    var url = stage.url("/delay/100");
    get = Submission.get(url).within("2m");
    post = Submission.post(url, "once").within("2m");
    rows = draft.table("Under load", "event", "executor nodes", "settled meanwhile", "1/s");
  }

  public void run() throws IOException, InterruptedException {
    var first = stage.join(node, TestBed.role("executor"));
    var callers = SteadyCallers.start(context.size("callers"), this::call);
    steady("one node", 1);
    var second = stage.join(node, TestBed.role("executor"));
    steady("another has joined", 2);
    var status = first.stop();
    steady("the first was stopped", 1);
    draft.promise("exit status of the stopped node", status == STOPPED, status, "" + STOPPED);
    if (!context.quick()) {
      stage.join(node, TestBed.role("executor"));
      second.kill();
      steady("a third has joined, the second was killed", 1);
    }
    callers.stop();
    gets.readUnsettled(context);
    report(callers);
  }

  private CompletableFuture<?> call(int index) {
    var origin = context.origin(index);
    return index % 2 == 0
        ? gets.settle(origin, "g-" + index, get)
        : posts.settle(origin, "p-" + index, post);
  }

  private void steady(String event, int nodes) throws IOException, InterruptedException {
    var depth = Depth.of(stage, node);
    var from = System.nanoTime();
    try (var progress = context.progress(event, 1)) {
      TimeUnit.MILLISECONDS.sleep(context.seconds("steady").toMillis());
      depth.settles(1, 60, progress);
    }
    var time = Duration.ofNanos(System.nanoTime() - from).toMillis() / 1e3;
    rows.row(event, nodes, depth.settled(), depth.settled() / time);
    draft.promise("fetches settle: " + event, depth.settled() > 0, depth.settled(), "> 0");
  }

  private void report(SteadyCallers callers) throws IOException {
    var byNode = new HashMap<String, Integer>();
    for (var view : stage.ledger().latest()) {
      view.attempts().forEach(attempt -> byNode.merge(attempt.executor(), 1, Integer::sum));
    }
    var verdict = stage.verdict();
    var unknown = verdict.total().settled("unknown");
    draft.ledger("all", verdict);
    if (context.quick()) {
      draft.promise("unknown without a kill", unknown == 0, unknown, "0");
    }
    draft.finding(
        "%d executor nodes made the attempts of %d fetches; %d POSTs without a key came to be"
            + " unknown, and %d submissions failed.",
        byNode.size(), verdict.total().accepted(), unknown, callers.failed());
  }
}
