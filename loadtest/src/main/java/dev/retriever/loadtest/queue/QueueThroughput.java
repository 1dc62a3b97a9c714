package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.ledger.Breach;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.result.Grade.Bar;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures throughput by the number of executors, against the targets of a job queue. An executor
 * is an actor of a pool and holds any number of attempts. Pools with few permits are measured, too;
 * they make so many attempts at a time, as workers with one job each do.
 */
public final class QueueThroughput {
  private static final List<Integer> EXECUTORS = List.of(1, 10, 20, 50);
  private static final List<Integer> PERMITS = List.of(1, 10, 50);
  private static final int WARM_UP = 1_000;

  /** Fetches per second: true for one executor, false for ten or more. */
  static final Map<Boolean, Bar> RATES =
      Map.of(true, Bar.atLeast(100, 50), false, Bar.atLeast(500, 200));

  static final Bar P99_MS = Bar.atMost(100, 500);
  static final Bar SUCCESS_PERCENT = Bar.atLeast(100, 99.9);

  private final Context context;
  private final ResultDraft draft;
  private final TestBed stage;
  private final Jobs jobs;
  private final Submission spec;
  private final List<Double> rates = new ArrayList<>();

  public QueueThroughput(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    var options = new ArrayList<String>();
    EXECUTORS.forEach(
        n -> options.add("-Dretriever.executor.pools.e%d.executors=%d".formatted(n, n)));
    PERMITS.forEach(n -> options.add("-Dretriever.executor.pools.p%d.permits=%d".formatted(n, n)));
    var node = stage.start(options.toArray(String[]::new));
    jobs = new Jobs(stage, node);
    spec = Submission.get(stage.url("/uuid")).timeout("30s").within("2m");
  }

  public void run() throws IOException, InterruptedException {
    jobs.settle("warm up", (int) warmUp(context), context.size("concurrency"), spec);
    var phases = new ArrayList<Phase>();
    for (var executors : EXECUTORS) {
      phases.addAll(executors(executors));
    }
    for (var permits : PERMITS) {
      var count = Math.max(1, context.size("fetches") / 10);
      phases.add(settle(permits + " permits", count, spec.pool("p" + permits)));
    }
    jobs.fetches().readUnsettled(context);
    Phase.table("By executors: as fast as it goes, and at half of that", phases, draft);
    rest(phases);
  }

  private Phase settle(String run, int count, Submission spec) throws InterruptedException {
    return jobs.settle(run, count, context.size("concurrency"), spec);
  }

  private List<Phase> executors(int executors) throws InterruptedException {
    var pool = spec.pool("e" + executors);
    var fast = settle(executors + " executors", context.size("fetches"), pool);
    var half =
        jobs.settleAt(
            executors + " executors, half the rate",
            context.size("open"),
            Math.max(1, fast.perSecond() / 2),
            pool);
    rates.add(fast.perSecond());
    draft.graded(executors + " executors", fast.perSecond(), "1/s", RATES.get(executors == 1));
    draft.graded(executors + " executors, p99 at half the rate", half.millis(99), "ms", P99_MS);
    return List.of(fast, half);
  }

  private void rest(List<Phase> phases) throws IOException {
    var verdict = stage.verdict();
    var asked = phases.stream().mapToLong(Phase::count).sum() + warmUp(context);
    var answered = verdict.total().settled("answered");
    draft.graded("success", Math.min(100, answered * 100.0 / asked), "%", SUCCESS_PERCENT);
    draft.promise(
        "duplicates",
        verdict.count(Breach.Kind.DUPLICATE) == 0,
        verdict.count(Breach.Kind.DUPLICATE),
        "none");
    draft.ledger("all", verdict);
    draft.plot(
        Plot.bars(
                "executors",
                "Fetches a second by executors in the pool",
                Plot.axis("1/s"),
                EXECUTORS.stream().map(String::valueOf).toList())
            .add("fetches", rates));
    scaling(phases.subList(phases.size() - PERMITS.size(), phases.size()));
    draft.finding(
        "With 1, 10, 20 and 50 executors a pool settles %.0f, %.0f, %.0f and %.0f fetches a second:"
            + " fifty make %.2f of what one does, since an executor holds any number of attempts.",
        rates.get(0), rates.get(1), rates.get(2), rates.get(3), rates.get(3) / rates.get(0));
    var few = phases.get(phases.size() - PERMITS.size());
    draft.finding(
        "What bounds a pool is its permits: with one, fetches are made one after the other, %.0f a"
            + " second.",
        few.perSecond());
  }

  /** What permits bring, beside what they would if nothing else were a bound. */
  private void scaling(List<Phase> byPermits) {
    var plot =
        draft.plot(
            Plot.lines(
                "permits",
                "Fetches a second by permits of the pool",
                Plot.log("permits"),
                Plot.log("1/s")));
    var measured = plot.add("measured");
    var ideal = new ArrayList<Plot.Point>();
    for (var i = 0; i < PERMITS.size(); i++) {
      measured.add(new Plot.Point(PERMITS.get(i), byPermits.get(i).perSecond()));
      ideal.add(new Plot.Point(PERMITS.get(i), PERMITS.get(i) * byPermits.get(0).perSecond()));
    }
    plot.ideal("in proportion", ideal);
  }

  private static long warmUp(Context context) {
    return Math.min(WARM_UP, context.size("fetches"));
  }
}
