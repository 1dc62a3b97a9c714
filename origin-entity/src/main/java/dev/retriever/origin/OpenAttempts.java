package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What became, while an origin was away, of the attempts that it finds open. */
final class OpenAttempts {
  private OpenAttempts() {}

  /** Those on which no report will come. Of the others one will. */
  static List<OriginCore.Finding> unheard(
      OriginState state, Pools pools, BiFunction<String, Integer, AttemptKey> key) {
    var findings = new ArrayList<OriginCore.Finding>();
    for (var fetch : state.pending().values()) {
      fetch
          .open()
          .ifPresent(
              open ->
                  unheard(open, pools, key.apply(fetch.id(), open.number()))
                      .map(report -> new OriginCore.Finding(fetch.id(), open.number(), report))
                      .ifPresent(findings::add));
    }
    return findings;
  }

  /** Those whose executors are gone. */
  static List<OriginCore.Finding> lost(OriginState state, Pools pools) {
    var findings = new ArrayList<OriginCore.Finding>();
    for (var fetch : state.pending().values()) {
      fetch
          .open()
          .filter(open -> !pools.lives(open.executor()))
          .map(open -> new OriginCore.Finding(fetch.id(), open.number(), Report.lost()))
          .ifPresent(findings::add);
    }
    return findings;
  }

  private static Optional<Report> unheard(Attempt open, Pools pools, AttemptKey key) {
    var pool = pools.withId(open.executor());
    if (pool.isEmpty()) {
      // A node that lives sends its report to wherever the origin has moved. One that is gone, such
      // as an earlier incarnation of this one, has taken it along.
      return pools.lives(open.executor()) ? Optional.empty() : Optional.of(Report.lost());
    }
    if (pool.get().willReport(key)) {
      return Optional.empty();
    }
    return Optional.of(
        pool.get().remembers(open.startedAt())
            ? new Report.NotSent(Stage.QUEUED, OriginCore.NEVER_BEGAN)
            : Report.lost());
  }
}
