package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.run.Context;
import java.io.IOException;

/**
 * Subscribers and publishers that are far away, each beside the same run without faults, so that
 * what the distance costs is known.
 */
public final class StressCompared {
  private static final int FAR_MS = 1_000;
  private static final int LEAST_MS = 50;
  private static final int MOST_MS = 500;
  private static final int COMBINED_MS = 500;

  /** By how much a rate may differ from the one that follows from the added time of a call. */
  private static final double TOLERANCE = 0.25;

  /** What is left of an even spread when deliveries wait for each other on their way. */
  private static final double SPREAD = 0.7;

  /** The part of an even spread that lies between p5 and p95. */
  private static final double MIDDLE = 0.9;

  /** How much longer a run may take than its parts make together. */
  private static final double TOGETHER = 1.5;

  private StressCompared() {}

  /** A second of latency on publish, subscribe and receive. */
  public static void latency(Context context) throws IOException, InterruptedException {
    var near = run(context, "near", Faults.NONE, 0);
    var far =
        run(
            context,
            "far away",
            Faults.of(
                InjectedFault.latency(FAR_MS, Moment.PUBLISH, Moment.SUBSCRIBE, Moment.RECEIVE)),
            0);
    proportion(context, near, far, FAR_MS);
    least(context, far, FAR_MS);
    var draft = context.draft();
    draft.promise("far away: failed calls", far.bed().failures().sum() == 0, failed(far), "0");
    draft.atMost("far away: p99 of deliveries, beyond the latency", far.p(99) - FAR_MS, "ms", 500);
  }

  private static long failed(StressReport report) {
    return report.bed().failures().sum();
  }

  /** Jitter on publish and receive. */
  public static void jitter(Context context) throws IOException, InterruptedException {
    var near = run(context, "steady", Faults.NONE, 0);
    var far =
        run(
            context,
            "jitter",
            Faults.of(InjectedFault.jitter(LEAST_MS, MOST_MS, Moment.PUBLISH, Moment.RECEIVE)),
            0);
    var sent =
        run(
            context,
            "jitter on publish alone",
            Faults.of(InjectedFault.jitter(LEAST_MS, MOST_MS, Moment.PUBLISH)),
            0);
    proportion(context, near, far, (LEAST_MS + MOST_MS) / 2);
    least(context, far, LEAST_MS);
    // At the same rate, only the jitter on receive makes the difference.
    context
        .draft()
        .atLeast(
            "jitter: spread of deliveries, p95 less p5, beyond that without jitter on receive",
            spread(far) - spread(sent),
            "ms",
            SPREAD * MIDDLE * (MOST_MS - LEAST_MS));
    context
        .draft()
        .finding(
            "Deliveries are spread over %.0f ms from p5 to p95 with jitter of %d to %d ms on receive,"
                + " and over %.0f ms without.",
            spread(far), LEAST_MS, MOST_MS, spread(sent));
  }

  private static double spread(StressReport report) {
    return report.p(95) - report.p(5);
  }

  /** Large events through latency, beside each of both alone. */
  public static void combined(Context context) throws IOException, InterruptedException {
    var faults =
        Faults.of(
            InjectedFault.latency(COMBINED_MS, Moment.PUBLISH, Moment.SUBSCRIBE, Moment.RECEIVE));
    var body = context.size("body");
    var small = run(context, "small, near", Faults.NONE, 0);
    var far = run(context, "small, far away", faults, 0);
    var large = run(context, "large, near", Faults.NONE, body);
    var both = run(context, "large, far away", faults, body);
    var parts = far.seconds() + large.seconds() - small.seconds();
    context
        .draft()
        .table("the parts, and both together", "run", "took, s", "p50, ms", "p99, ms")
        .row(small.name(), small.seconds(), small.p(50), small.p(99))
        .row(far.name(), far.seconds(), far.p(50), far.p(99))
        .row(large.name(), large.seconds(), large.p(50), large.p(99))
        .row(both.name(), both.seconds(), both.p(50), both.p(99));
    context.draft().atMost("both together, of their parts", both.seconds() / parts, "×", TOGETHER);
    context
        .draft()
        .finding(
            "%d ms of latency and %d KB took %.1f s together; alone they took %.1f and %.1f s, and"
                + " neither %.1f s.",
            COMBINED_MS,
            body / 1_000,
            both.seconds(),
            far.seconds(),
            large.seconds(),
            small.seconds());
  }

  private static StressReport run(Context context, String name, Faults faults, int body)
      throws IOException, InterruptedException {
    return context.on(
        name,
        false,
        stage -> new StressRun(stage, name, faults, body).run(StressBed.forSubscribers()));
  }

  /**
   * A closed loop has a rate between two bounds of the same run: that of calls which take as long
   * as without latency and the latency, and that of the latency alone. Fewer calls at a time are
   * quicker.
   *
   * @param ms each way
   */
  private static void proportion(Context context, StressReport near, StressReport far, int ms) {
    var added = 2 * ms / 1e3;
    var call = near.bed().publisher().calls().getMean() / 1e6;
    var count = far.bed().publisher().published();
    var least = rate(count, Publisher.CONCURRENCY, call + added);
    var most = Math.min(near.bed().publisher().perSecond(), Publisher.CONCURRENCY / added);
    var measured = far.bed().publisher().perSecond();
    var draft = context.draft();
    draft.atLeast(
        far.name() + ": events/s, of what latency and calls leave",
        measured / least,
        "×",
        1 - TOLERANCE);
    draft.atMost(
        far.name() + ": events/s, of what latency alone leaves",
        measured / most,
        "×",
        1 + TOLERANCE);
    draft.finding(
        "%d publishers at once made %.1f events/s, and %.1f with %d ms more each way; that latency"
            + " leaves %.1f to %.1f.",
        Publisher.CONCURRENCY, near.bed().publisher().perSecond(), measured, ms, least, most);
  }

  /**
   * The rate of so many calls in two halves, so many of them at a time.
   *
   * @param call how long one takes, in seconds
   */
  static double rate(int count, int atOnce, double call) {
    var half = count / 2;
    var rounds = (half + atOnce - 1) / atOnce + (count - half + atOnce - 1) / atOnce;
    return count / (rounds * call);
  }

  /** Shows that the fault was there: no delivery was quicker than it allows. */
  private static void least(Context context, StressReport far, int ms) {
    var least = far.bed().audience().received().took().getMinValue() / 1e3;
    context
        .draft()
        .promise(far.name() + ": the quickest delivery, ms", least >= ms, least, "≥ " + ms);
  }
}
