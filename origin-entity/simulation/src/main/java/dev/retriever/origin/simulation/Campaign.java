package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Many runs, one for each seed, in several threads; and what they came to together. */
final class Campaign {
  private final long to;
  private final LongFunction<SeedRun.Result> run;
  private final Consumer<Totals> progress;
  private final AtomicLong next;
  private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
  private final Map<CoverageMark, Integer> seen = new EnumMap<>(CoverageMark.class);
  private final List<Failure> failures = new ArrayList<>();
  private RuntimeException failure;
  private long seeds;
  private long steps;
  private long fetches;
  private Duration virtual = Duration.ZERO;

  private Campaign(
      long from, long to, LongFunction<SeedRun.Result> run, Consumer<Totals> progress) {

    this.to = to;
    this.run = run;
    this.progress = progress;
    this.next = new AtomicLong(from);
  }

  /**
   * Runs seeds until all are done or so many promises were broken.
   *
   * @param to inclusive
   * @param run one seed, in one thread
   * @param progress is told after each run, by one thread at a time
   */
  static Totals run(
      long from,
      long to,
      int threads,
      int enough,
      LongFunction<SeedRun.Result> run,
      Consumer<Totals> progress) {
    var campaign = new Campaign(from, to, run, progress);
    var workers = Executors.newFixedThreadPool(threads);
    try {
      workers.invokeAll(
          Collections.nCopies(threads, Executors.callable(() -> campaign.work(enough))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while seeds were run", e);
    } finally {
      workers.shutdownNow();
    }
    if (campaign.failure != null) {
      throw campaign.failure;
    }
    return campaign.totals();
  }

  private void work(int enough) {
    for (var seed = next.getAndIncrement();
        seed <= to && !isOver(enough);
        seed = next.getAndIncrement()) {
      try {
        add(run.apply(seed));
      } catch (RuntimeException | Error e) {
        fail(new IllegalStateException("seed " + seed + " could not be run to its end", e));
      }
    }
  }

  private synchronized boolean isOver(int enough) {
    return failures.size() >= enough || failure != null;
  }

  private synchronized void fail(RuntimeException why) {
    failure = why;
  }

  private synchronized void add(SeedRun.Result result) {
    seeds++;
    steps += result.steps();
    fetches += result.fetches();
    virtual = virtual.plus(result.virtual());
    result.struck().forEach((fault, times) -> struck.merge(fault, times, Integer::sum));
    result.seen().forEach((sight, times) -> seen.merge(sight, times, Integer::sum));
    result.failure().ifPresent(failures::add);
    progress.accept(totals());
  }

  private synchronized Totals totals() {
    return new Totals(seeds, fetches, steps, virtual, struck, seen, failures);
  }
}
