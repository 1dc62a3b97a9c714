package dev.retriever.loadtest.demo;

import dev.retriever.loadtest.ledger.Breach;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.ledger.Tally;
import java.io.PrintStream;
import java.util.List;

/** The table at the end of the demo. */
final class DemoReport {
  private static final String ROW = "%-11s %8s %8s %6s %7s %5s %5s %8s  %s%n";

  private DemoReport() {}

  static void print(LedgerVerdict verdict, List<DemoPlan.Kind> kinds, PrintStream out) {
    out.println();
    out.printf(
        ROW,
        "kind",
        "accepted",
        "answered",
        "failed",
        "unknown",
        "lost",
        "hits",
        "attempts",
        "what it shows");
    for (var kind : kinds) {
      row(kind.name(), verdict.tallies().getOrDefault(kind.name(), Tally.NONE), kind.shows(), out);
    }
    row("total", verdict.total(), "", out);
    out.println();
    out.printf(
        "duplicates %d, lost %d, changed outcomes %d, unfounded outcomes %d%n",
        verdict.count(Breach.Kind.DUPLICATE),
        verdict.count(Breach.Kind.LOST),
        verdict.count(Breach.Kind.CHANGED),
        verdict.count(Breach.Kind.UNFOUNDED));
    if (verdict.kept()) {
      out.println("Every fetch came back, exactly once.");
    } else {
      out.printf("A PROMISE WAS BROKEN:%n%s", verdict.complaint());
    }
  }

  private static void row(String name, Tally tally, String shows, PrintStream out) {
    out.printf(
        ROW,
        name,
        tally.accepted(),
        tally.settled("answered"),
        tally.settled("failed"),
        tally.settled("unknown"),
        tally.lost(),
        tally.hits(),
        tally.attempts(),
        shows);
  }
}
