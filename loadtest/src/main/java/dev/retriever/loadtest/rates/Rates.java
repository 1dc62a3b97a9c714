package dev.retriever.loadtest.rates;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.rates.RateSearch.Tried;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Finds the highest rate of quick fetches that a node sustains, and measures latency at 50, 80 and
 * 100 percent of it, each from when a fetch was due.
 */
public final class Rates {
  private static final List<Integer> PARTS = List.of(50, 80);
  private static final List<Integer> PERCENT = List.of(50, 80, 100);
  private static final int CONFIRMED_MAX = 5;

  /** The next rate, where no trial is left that was sustained. */
  private static final double LESS = 0.8;

  private static final int WARM_UP = 3_000;

  private final TestBed stage;
  private final Context context;
  private RateSearch search;

  public Rates(TestBed stage) {
    this.stage = stage;
    context = stage.context();
  }

  public void run() throws IOException, InterruptedException {
    var log = stage.logs().resolve("gc.log");
    var node = stage.start(Pauses.option(log));
    var fetches = Fetches.through(node, stage);
    var spec = Submission.get(stage.url("/uuid")).timeout("30s").within("2m");
    var at = new AtRate(context, fetches, spec);
    warmUp(fetches, spec);
    search(estimate(fetches, spec), at);
    var runs = new ArrayList<AtRate.Run>();
    var full = full(at);
    if (full.isPresent()) {
      for (var percent : PARTS) {
        runs.add(run(at, percent, full.get().offered()));
      }
      runs.add(full.get());
    }
    fetches.readUnsettled(context);
    new RatesReport(search, PERCENT, runs, Pauses.read(log)).into(context);
    stage.draft().ledger("all", stage.verdict());
  }

  private AtRate.Run run(AtRate at, int percent, double highest) throws InterruptedException {
    return at.run(
        percent + " % of the highest rate", highest * percent / 100, context.size("time"));
  }

  /** The run at the highest rate that is sustained for the whole time, and not only in a trial. */
  private Optional<AtRate.Run> full(AtRate at) throws InterruptedException {
    var rate = search.highest();
    for (var tries = 0; tries < CONFIRMED_MAX && rate.isPresent(); tries++) {
      var run = run(at, 100, rate.getAsDouble());
      tried(run);
      if (run.lacking().isEmpty()) {
        return Optional.of(run);
      }
      rate = OptionalDouble.of(search.highest().orElse(rate.getAsDouble() * LESS));
    }
    return Optional.empty();
  }

  private void tried(AtRate.Run run) {
    var why = run.lacking();
    search =
        search.with(
            new Tried(run.offered(), run.driven().elapsed().toSeconds(), why.isEmpty(), why));
    context.say(
        "  %.0f a second for %d s: %s",
        run.offered(),
        run.driven().elapsed().toSeconds(),
        why.isEmpty() ? "sustained" : "not sustained, " + why);
  }

  private void warmUp(Fetches fetches, Submission spec) throws InterruptedException {
    Phase.closedLoop(
        context,
        "warm-up",
        Math.min(WARM_UP, context.size("fetches")),
        context.size("concurrency"),
        i -> fetches.settle(context.origin(i), "warm-" + i, spec));
  }

  /** What callers get who always have so many calls open. */
  private double estimate(Fetches fetches, Submission spec) throws InterruptedException {
    return Phase.closedLoop(
            context,
            Optional.empty(),
            "outcome",
            "as fast as it goes",
            context.size("fetches"),
            context.size("concurrency"),
            i -> fetches.settle(context.origin(i), "fast-" + i, spec))
        .perSecond();
  }

  private void search(double estimate, AtRate at) throws InterruptedException {
    search = RateSearch.from(Math.max(1, estimate));
    for (var next = search.next(); next.isPresent(); next = search.next()) {
      var rate = next.getAsDouble();
      tried(at.run("try %.0f a second".formatted(rate), rate, context.size("trial")));
    }
  }
}
