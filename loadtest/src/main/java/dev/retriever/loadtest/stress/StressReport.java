package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Phase;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reports a run with subscribers, and judges it by what they received.
 *
 * @param seconds from the first event that was published to the last that was delivered
 */
record StressReport(
    String name, StressBed bed, ClosedLoop.LoopResult opened, double seconds, Resources.Use use) {
  private static final double SUCCEED = 0.99;
  private static final double ERRORS = 0.005;
  private static final double STATS = 0.01;
  private static final double BACK_SECONDS = 5;
  private static final double OPEN_SECONDS = 30;
  private static final double MEMORY_MIB = 2_048;
  private static final int SHOWN = 5;
  private static final int SHOWN_MAX = 20;

  /** Adds tables, plots and checks. */
  void into(ResultDraft draft, LedgerVerdict verdict) throws IOException {
    draft.atMost(name + ": memory of the node", use.peakRssMib(), "MiB", MEMORY_MIB);
    withoutMemory(draft, verdict);
  }

  /** The same without a bound for the memory of the node. */
  void withoutMemory(ResultDraft draft, LedgerVerdict verdict) throws IOException {
    figures(draft);
    counts(draft);
    bed.failures().into(draft, name);
    use.table(name + ": the node", draft);
    bed.timeline().into(draft, name);
    subscribing(draft);
    deliveries(draft);
    cuts(draft);
    stats(draft, verdict.total().accepted());
    draft.ledger(name, verdict);
    answers(draft);
    if (!bed.faults().all().isEmpty()) {
      draft.finding("%s: faults are %s.", name, bed.faults().words());
    }
  }

  private void figures(ResultDraft draft) {
    var audience = bed.audience();
    var received = audience.received();
    var cut = audience.sum(Subscriber::planned);
    draft
        .table(name)
        .cell("subscribers", audience.size())
        .cell("opened in, s", opened.elapsed().toMillis() / 1e3)
        .cell("events", bed.publisher().published())
        .cell("events/s", bed.publisher().perSecond())
        .cell("deliveries", received.outcomes())
        .cell("deliveries/s", received.outcomes() / seconds)
        .cell("MB/s", received.bytes() / 1e6 / seconds)
        .cell("p50, ms", p(50))
        .cell("p99, ms", p(99))
        .cell("max, ms", p(100))
        .cell("cut", cut)
        .cell("back p50, s", cut == 0 ? null : audience.backSeconds(50))
        .cell("back max, s", cut == 0 ? null : audience.backSeconds(100))
        .cell("peak memory, MiB", use.peakRssMib());
  }

  /** The scenarios whose figures the report's first page has. */
  private void answers(ResultDraft draft) {
    var size = bed.audience().size();
    if (name.equals("connections")) {
      draft.answer(
          Headline.SUBSCRIBERS,
          "**%,d**, each on a connection and a channel of its own, opened in %.1f s; the node took %.0f MiB.",
          size,
          opened.elapsed(),
          use.peakRssMib());
      draft.answer(
          Headline.DELIVERY,
          "**%.0f ms** from the journal to the subscriber, with %,d subscribers and %.0f events a second.",
          p(99),
          size,
          bed.publisher().perSecond());
    }
    if (name.equals("herd")) {
      draft.answer(
          Headline.RECONNECT,
          "**%.1f s** after the cut the last of those that were cut at once was back, half after %.1f s"
              + " (%,d subscribers, %,d cuts).",
          bed.audience().backSeconds(100),
          bed.audience().backSeconds(50),
          size,
          bed.audience().sum(Subscriber::planned));
    }
  }

  /** A percentile of the delivery latency, in milliseconds. */
  double p(double percentile) {
    return Phase.millis(bed.audience().received().took(), percentile);
  }

  private void counts(ResultDraft draft) {
    var rows =
        draft.table(
            name + ": subscriptions, as readers and the node count them",
            "when",
            "connected readers",
            "the node counts",
            "the same after, s");
    shown(bed.counts())
        .forEach(it -> rows.row(it.moment(), it.readers(), it.counted(), it.seconds()));
    var wrong = bed.counts().stream().mapToLong(it -> Math.abs(it.readers() - it.counted())).max();
    draft.promise(
        name + ": the node's count differs from its readers by",
        wrong.orElse(1) == 0,
        wrong.orElse(-1),
        "0 at each of " + bed.counts().size() + " moments");
  }

  /** The first and the last, and those that are wrong. */
  private static List<StressBed.Counted> shown(List<StressBed.Counted> all) {
    return IntStream.range(0, all.size())
        .filter(
            i ->
                i < SHOWN
                    || i >= all.size() - SHOWN
                    || all.get(i).readers() != all.get(i).counted())
        .mapToObj(all::get)
        .limit(SHOWN_MAX)
        .toList();
  }

  private void subscribing(ResultDraft draft) {
    var size = bed.audience().size();
    var there = size - bed.failures().sum("subscribe");
    draft.atLeast(name + ": subscribed", 100.0 * there / size, "%", 100 * SUCCEED);
    draft.atMost(
        name + ": time to subscribe", opened.elapsed().toMillis() / 1e3, "s", OPEN_SECONDS);
  }

  /** Of all that readers were to receive. */
  double errorPercent() {
    var missing = Math.max(0, bed.expected() - bed.audience().received().outcomes());
    var asked = bed.expected() + bed.publisher().published() + bed.audience().size();
    return 100.0 * (missing + bed.failures().sum()) / asked;
  }

  /** Whether each reader received each event of its channel once, unaltered. */
  boolean whole() {
    var received = bed.audience().received();
    return received.outcomes() == bed.expected()
        && bed.audience().uneven(bed.publisher().perChannel()) == 0
        && received.altered() == 0;
  }

  private void deliveries(ResultDraft draft) {
    var audience = bed.audience();
    var received = audience.received();
    var uneven = audience.uneven(bed.publisher().perChannel());
    draft.promise(
        name + ": deliveries",
        received.outcomes() == bed.expected(),
        received.outcomes(),
        bed.expected() + ": each event once to each subscriber");
    draft.promise(
        name + ": readers that received all of their channel",
        uneven == 0,
        audience.size() - uneven,
        "all " + audience.size());
    draft.promise(
        name + ": out of order or twice",
        audience.sum(Subscriber::disordered) == 0,
        audience.sum(Subscriber::disordered),
        "0");
    draft.promise(name + ": altered", received.altered() == 0, received.altered(), "0");
    var gaps = audience.sum(Subscriber::gaps);
    draft.promise(name + ": gaps", gaps == 0, gaps, "0");
    draft.atMost(name + ": errors", errorPercent(), "%", 100 * ERRORS);
  }

  /** Compares what the node has counted with what the ledger has, a warm-up included. */
  private void stats(ResultDraft draft, int accepted) throws IOException {
    var settled = bed.settled();
    draft.promise(
        name + ": settled, as the node counts",
        Math.abs(settled - accepted) <= accepted * STATS,
        settled,
        accepted + " ± 1 %");
  }

  private void cuts(ResultDraft draft) {
    var audience = bed.audience();
    var cut = audience.sum(Subscriber::planned);
    if (cut == 0) {
      return;
    }
    var untouched = audience.untouched();
    var lost = untouched.stream().mapToLong(Subscriber::cuts).sum();
    draft.promise(
        name + ": connections lost by the " + untouched.size() + " that no fault cut",
        lost == 0 && untouched.size() < audience.size(),
        lost,
        "0");
    draft.promise(
        name + ": connections lost by all",
        audience.sum(Subscriber::cuts) == cut,
        audience.sum(Subscriber::cuts),
        cut + " that were cut");
    draft.promise(
        name + ": back", audience.timesBack() == cut, audience.timesBack(), cut + " cuts");
    draft.atMost(
        name + ": the last one back, from its cut", audience.backSeconds(100), "s", BACK_SECONDS);
  }
}
