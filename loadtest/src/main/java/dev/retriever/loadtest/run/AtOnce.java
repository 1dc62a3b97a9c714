package dev.retriever.loadtest.run;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/**
 * Submits fetches as fast as it can, waits until all have settled without a read of any, and then
 * reads them. The time of each is from the client's call to the settlement in the journal; both use
 * this machine's clock.
 */
public final class AtOnce {
  /** Callers, each with a connection. */
  private static final int CALLERS = 256;

  private static final int READERS = 256;
  private static final int WARM_UP = 200;
  private static final int QUICK_WARM_UP = 50;
  private static final int PATIENCE_SECONDS = 300;

  /**
   * The figures of a run.
   *
   * @param delayMs the time that the target takes
   * @param took the times of fetches, in microseconds
   * @param peak the most requests that the target held at once
   * @param marks the high-water marks of the nodes at its end. Runs with ascending counts have
   *     marks of their own
   */
  public record Run(
      String name,
      int count,
      int delayMs,
      Duration accepted,
      Duration settled,
      Histogram took,
      int failed,
      int peak,
      Marks marks) {}

  private final Context context;
  private final TestBed stage;
  private final Fetches fetches;
  private final List<NodeProcess> nodes;
  private int runs;

  public AtOnce(TestBed stage, Fetches fetches, NodeProcess node, NodeProcess executor) {
    this.stage = stage;
    context = stage.context();
    this.fetches = fetches;
    nodes = node == executor ? List.of(node) : List.of(node, executor);
  }

  /** Makes quick calls, so that the first run does not measure cold processes. */
  public void warmUp(Submission like) throws IOException, InterruptedException {
    var url = stage.url("/uuid");
    var spec = like.pool().map(Submission.get(url)::pool).orElse(Submission.get(url));
    Phase.closedLoop(
        context,
        "warm-up",
        context.quick() ? QUICK_WARM_UP : WARM_UP,
        16,
        i -> fetches.settle("warm-" + i % 10, "warm-" + i, spec));
    stage.target().mostAtOnce();
  }

  public Run run(int count, int delayMs, Submission spec) throws IOException, InterruptedException {
    var run = "r" + ++runs + "-";
    var depth = Depth.of(stage, nodes.toArray(NodeProcess[]::new));
    var begun = new AtomicLongArray(count);
    var from = Instant.now();
    var submitted =
        Phase.closedLoop(
            context,
            "submit " + count,
            count,
            Math.min(count, CALLERS),
            i -> {
              begun.set(i, System.currentTimeMillis());
              return fetches.submit(context.origin(i), run + i, spec);
            });
    try (var progress = context.progress("settle " + count, count)) {
      depth.settles(count - submitted.driven().failed(), PATIENCE_SECONDS, progress);
    }
    var took = Phase.histogram();
    var read = read(run, count, begun, took, from);
    return new Run(
        count + " at once, %.1f s".formatted(delayMs / 1e3),
        count,
        delayMs,
        submitted.driven().elapsed(),
        read,
        took,
        (int) (count - took.getTotalCount()),
        stage.target().mostAtOnce(),
        Marks.of(stage, nodes, spec.queue()));
  }

  /** How long it took until the last one was settled. */
  private Duration read(String run, int count, AtomicLongArray begun, Histogram took, Instant from)
      throws InterruptedException {
    var last = new AtomicLong(from.toEpochMilli());
    Phase.closedLoop(
        context,
        "read " + count,
        count,
        READERS,
        i ->
            fetches
                .read(context.origin(i), run + i, Optional.empty())
                .thenAccept(
                    view ->
                        view.settledAt()
                            .ifPresent(
                                at -> {
                                  last.accumulateAndGet(at.toEpochMilli(), Math::max);
                                  Phase.recordMicros(
                                      took, (at.toEpochMilli() - begun.get(i)) * 1_000);
                                })));
    return Duration.ofMillis(last.get() - from.toEpochMilli());
  }

  /** Fetches one after the other, each waited for. */
  public Run sequential(int count, int delayMs, Submission spec)
      throws IOException, InterruptedException {
    var phase =
        Phase.closedLoop(
            context, "one by one", count, 1, i -> fetches.settle("sequential", "s-" + i, spec));
    var driven = phase.driven();
    return new Run(
        count + " one by one",
        1,
        delayMs,
        driven.elapsed(),
        driven.elapsed(),
        phase.latency(),
        driven.failed(),
        stage.target().mostAtOnce(),
        Marks.of(stage, nodes, spec.queue()));
  }
}
