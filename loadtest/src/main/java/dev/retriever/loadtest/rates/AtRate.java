package dev.retriever.loadtest.rates;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.OpenLoop;
import dev.retriever.loadtest.run.Phase;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Submits fetches at a rate, at random moments that the seed decides, and waits for each. */
final class AtRate {
  /** The answers may come so much later than the last fetch was due, as a part of the time. */
  private static final double BEHIND = 0.03;

  /** Times of the last quarter may be so many times those of the second one. */
  private static final double GROWS = 2;

  /** Shorter times differ by more than that for no reason, and an answer takes time itself. */
  private static final double SOON_MS = 100;

  private final Context context;
  private final Fetches fetches;
  private final Submission spec;
  private final long wallMicros = Math.multiplyExact(System.currentTimeMillis(), 1_000L);
  private final long nanos = System.nanoTime();
  private int runs;

  /**
   * A run at one rate.
   *
   * @param offered fetches a second
   * @param fromDue the times from when each was due, in microseconds: a wait behind slow answers
   *     counts
   * @param fromSent the times from when each was sent, which leave it out
   * @param fetches those that have settled, by when they were due
   */
  record Run(
      double offered,
      ClosedLoop.LoopResult driven,
      Histogram fromDue,
      Histogram fromSent,
      List<Timed> fetches) {
    double perSecond() {
      return (driven.ended() - driven.failed()) / (driven.elapsed().toNanos() / 1e9);
    }

    /**
     * Why the rate was not sustained; empty when it was. Random moments give a short run a rate
     * that differs from the one that was asked, so that what was settled is compared with what was
     * due.
     */
    String lacking() {
      if (driven.failed() > 0) {
        return driven.failed() + " failed: " + driven.firstFailure().orElse("");
      }
      var behind = behind();
      if (behind > Math.max(BEHIND * driven.elapsed().toMillis(), SOON_MS)) {
        return "the last answer came %.0f ms after the last was due".formatted(behind);
      }
      var second = median(0.25, 0.5);
      var last = median(0.75, 1);
      return last > Math.max(GROWS * second, SOON_MS)
          ? "times rose from %.0f to %.0f ms".formatted(second, last)
          : "";
    }

    /** How long after the last fetch was due the last answer came, in milliseconds. */
    private double behind() {
      var due = fetches.stream().mapToLong(Timed::due).max().orElse(0);
      return (fetches.stream().mapToLong(Timed::heard).max().orElse(0) - due) / 1e3;
    }

    private double median(double from, double to) {
      var count = fetches.size();
      var part = fetches.subList((int) (from * count), (int) (to * count));
      return part.isEmpty()
          ? Double.NaN
          : Phase.median(part.stream().map(fetch -> fetch.micros() / 1e3).toList());
    }
  }

  AtRate(Context context, Fetches fetches, Submission spec) {
    this.context = context;
    this.fetches = fetches;
    this.spec = spec;
  }

  Run run(String name, double perSecond, int seconds) throws InterruptedException {
    var run = "r" + ++runs + "-";
    var count = (int) Math.max(1, Math.round(perSecond * Math.max(1, seconds)));
    var fromDue = Phase.histogram();
    var fromSent = Phase.histogram();
    var timed = new ConcurrentLinkedQueue<Timed>();
    try (var progress = context.progress(name, count)) {
      var driven =
          OpenLoop.run(
              count,
              OpenLoop.Arrivals.random(perSecond, context.seed() + runs),
              fromDue,
              (i, due) -> {
                var sent = System.nanoTime();
                return fetches
                    .settle(context.origin(i), run + i, spec)
                    .thenAccept(
                        answer -> {
                          Phase.record(fromSent, sent);
                          add(answer, due, sent, timed);
                        });
              },
              progress);
      return new Run(
          perSecond,
          driven,
          fromDue,
          fromSent,
          timed.stream().sorted(Comparator.comparingLong(Timed::due)).toList());
    }
  }

  private void add(FetchAnswer answer, long due, long sent, Queue<Timed> to) {
    var heard = System.nanoTime();
    if (answer.attempts().isEmpty() || answer.settledAt().isEmpty()) {
      return;
    }
    var attempt = answer.attempts().get(answer.attempts().size() - 1);
    var settled = micros(answer.settledAt().get());
    to.add(
        new Timed(
            wall(due),
            wall(sent),
            micros(answer.acceptedAt()),
            micros(attempt.startedAt()),
            attempt.endedAt().map(AtRate::micros).orElse(settled),
            settled,
            wall(heard)));
  }

  private static long micros(Instant at) {
    return TimeUnit.MILLISECONDS.toMicros(at.toEpochMilli());
  }

  private long wall(long nano) {
    return wallMicros + TimeUnit.NANOSECONDS.toMicros(nano - nanos);
  }
}
