package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Depth;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.asynchttpclient.Dsl;

/**
 * Measures a backlog of fetches that wait for a pool with one permit: its size, and the time of
 * reads beside it. Then a {@code kill -9}, and a node whose pool has room works the backlog off.
 */
public final class QueueBacklog {
  private static final String POOL = "-Dretriever.executor.pools.backlog.permits=";
  private static final int ROOM = 1_000;
  private static final int READS = 200;
  private static final int JUST_BEFORE = 5;
  private static final int DRAIN_SECONDS = 3 * 3_600;

  private final Context context;
  private final TestBed stage;
  private final NodeProcess narrow;
  private final NodeProcess wide;
  private final Submission spec;
  private final ResultDraft draft;

  public QueueBacklog(TestBed stage) throws IOException {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    narrow = stage.node(Map.of(), POOL + 1);
    wide = stage.node(Map.of(), POOL + ROOM);
    spec = Submission.get(stage.url("/delay/200")).timeout("1m").within("24h").pool("backlog");
  }

  public void run() throws IOException, InterruptedException {
    var count = context.size("backlog");
    var empty = narrow.start();
    var bytesEmpty = stage.database().bytes();
    var jobs = new Jobs(stage, narrow);
    var phases = new ArrayList<Phase>();
    phases.add(jobs.enqueue("enqueue", count, context.size("concurrency"), spec));
    var bytesFull = stage.database().bytes();
    phases.add(reads("read one", i -> one(i * (count / READS + 1) % count)));
    phases.add(reads("list a page of 50", i -> page(context.origin(i), 50)));
    phases.add(reads("list a page of 500", i -> page(context.origin(i), 500)));
    var memory = narrow.peakRssMib();
    var before = settled();
    narrow.kill();
    var full = wide.start();
    var drained = drain(count - before);
    Phase.table("Beside the backlog", phases, draft);
    draft
        .table("What it takes")
        .cell("pending", count)
        .cell("database, MiB", Resources.mib(bytesFull - bytesEmpty))
        .cell("bytes for each", (bytesFull - bytesEmpty) / (double) count)
        .cell("ready, s", full)
        .cell("ready with none, s", empty)
        .cell("worked off, s", drained)
        .cell("1/s", count / (drained.toMillis() / 1e3))
        .cell("peak memory, MiB", memory);
    Fetches.through(wide, stage).readUnsettled(context);
    draft.ledger("backlog", stage.verdict());
    finding(count, phases, bytesFull - bytesEmpty, full, drained);
  }

  private long settled() throws IOException {
    return stage.api().stats(narrow.management()).join().at("/settled/answered").asLong();
  }

  private Phase reads(String name, IntFunction<URI> what) throws IOException, InterruptedException {
    var api = stage.api();
    return Phase.closedLoop(
        context,
        Optional.of(narrow),
        "call",
        name,
        context.quick() ? 20 : READS,
        1,
        i -> api.ask(Dsl.get(what.apply(i).toString())));
  }

  private URI one(int index) {
    return fetches(context.origin(index), "/" + Jobs.id("enqueue", index));
  }

  private URI page(String origin, int limit) {
    return fetches(origin, "?state=pending&limit=" + limit);
  }

  private URI fetches(String origin, String which) {
    return narrow.api().resolve("/v1/origins/" + origin + "/fetches" + which);
  }

  /** Waits until all but the few have settled that may have settled just before the crash. */
  private Duration drain(long pending) throws IOException, InterruptedException {
    var from = System.nanoTime();
    var depth = Depth.of(stage, wide);
    try (var progress = context.progress("work off", pending)) {
      depth.settles(pending - JUST_BEFORE, DRAIN_SECONDS, progress);
    }
    return Duration.ofNanos(System.nanoTime() - from);
  }

  private void finding(
      int count, List<Phase> phases, long bytes, Duration ready, Duration drained) {
    draft.promise(
        "refused submissions",
        phases.get(0).driven().failed() == 0,
        phases.get(0).driven().failed(),
        "none");
    draft.finding(
        "%d fetches were enqueued at %.0f a second and take %.0f bytes of the database each; one is"
            + " read in %.1f ms (p99), a page of 500 listed in %.1f ms.",
        count,
        phases.get(0).perSecond(),
        bytes / (double) count,
        phases.get(1).millis(99),
        phases.get(3).millis(99));
    draft.answer(
        Headline.BACKLOG,
        "**%,d** waited: %.0f bytes of the database each; after a `kill -9` a node was ready in %.1f s and"
            + " settled %.0f a second.",
        count,
        bytes / (double) count,
        ready,
        count / (drained.toMillis() / 1e3));
    draft.finding(
        "After a kill -9 a node was ready in %.1f s, and worked them off at %.0f a second with %d"
            + " permits.",
        ready, count / (drained.toMillis() / 1e3), ROOM);
  }
}
