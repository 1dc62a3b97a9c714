package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Phase;

/** Reports a run of a {@link Stress}. */
record StressReport(ClosedLoop.LoopResult opened, long counted, double seconds, Resources.Use use) {
  private static final double SUCCEED = 0.99;
  private static final double ERRORS = 0.005;
  private static final double BACK_SECONDS = 5;
  private static final double OPEN_SECONDS = 30;
  private static final double MEMORY_MIB = 2_048;

  /**
   * The extent of a run, and the expected deliveries.
   *
   * @param deliveries expected deliveries: each event to every subscriber of its channel
   */
  record Figures(int events, long deliveries, long[] perChannel, long cut, double publishSeconds) {}

  boolean into(
      ResultDraft draft, Audience audience, Figures figures, LedgerVerdict verdict, String name) {
    var received = audience.received();
    var size = audience.size();
    draft
        .table(name)
        .cell("subscribers", size)
        .cell("opened in, s", opened.elapsed().toMillis() / 1e3)
        .cell("events", figures.events())
        .cell("events/s", figures.events() / figures.publishSeconds())
        .cell("deliveries", received.outcomes())
        .cell("deliveries/s", received.outcomes() / seconds)
        .cell("MB/s", received.bytes() / 1e6 / seconds)
        .cell("p50, ms", Phase.millis(received.took(), 50))
        .cell("p99, ms", Phase.millis(received.took(), 99))
        .cell("max, ms", Phase.millis(received.took(), 100))
        .cell("cut", figures.cut())
        .cell("back p50, s", figures.cut() == 0 ? null : audience.backSeconds(50))
        .cell("back max, s", figures.cut() == 0 ? null : audience.backSeconds(100))
        .cell("peak memory, MiB", use.peakRssMib());
    use.table(name + ": the node", draft);
    checks(draft, audience, figures, name);
    draft.ledger(name, verdict);
    return received.outcomes() == figures.deliveries() && received.altered() == 0 && verdict.kept();
  }

  private void checks(ResultDraft draft, Audience audience, Figures figures, String name) {
    var received = audience.received();
    var size = audience.size();
    draft.atLeast(
        name + ": subscribed", 100.0 * (size - opened.failed()) / size, "%", 100 * SUCCEED);
    draft.atMost(
        name + ": time to subscribe", opened.elapsed().toMillis() / 1e3, "s", OPEN_SECONDS);
    draft.atMost(name + ": memory of the node", use.peakRssMib(), "MiB", MEMORY_MIB);
    draft.promise(
        name + ": subscriptions that the node counts",
        Math.abs(counted - (size - opened.failed())) <= size * 0.01,
        counted,
        "the ledger's " + (size - opened.failed()) + " ± 1 %");
    draft.promise(
        name + ": deliveries",
        received.outcomes() == figures.deliveries() && audience.uneven(figures.perChannel()) == 0,
        received.outcomes(),
        figures.deliveries() + ": each event once to each subscriber");
    draft.atMost(name + ": out of order or twice", audience.sum(Subscriber::disordered), "", 0);
    draft.atMost(name + ": altered", received.altered(), "", 0);
    draft.atMost(name + ": gaps", audience.sum(Subscriber::gaps), "", 0);
    var missing = Math.max(0, figures.deliveries() - received.outcomes());
    draft.atMost(name + ": errors", 100.0 * missing / figures.deliveries(), "%", 100 * ERRORS);
    if (figures.cut() > 0) {
      var cuts = audience.sum(Subscriber::cuts);
      draft.promise(
          name + ": others unaffected",
          cuts == figures.cut(),
          cuts,
          figures.cut() + " lost connections");
      draft.promise(
          name + ": back",
          audience.timesBack() == figures.cut(),
          audience.timesBack(),
          figures.cut() + " that were cut");
      draft.atMost(
          name + ": the last one back, from its cut", audience.backSeconds(100), "s", BACK_SECONDS);
    }
  }
}
