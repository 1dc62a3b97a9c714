package dev.retriever.origin;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** What became, while an origin was away, of the attempts that it finds open. */
final class OpenAttempts {
  private OpenAttempts() {}

  /**
   * Those on which no report will come. Of the others one will.
   *
   * @param executor the id of the pool that is there now
   * @param willReport as the pool's, by fetch id and attempt
   * @param remembers as the pool's
   */
  static List<OriginCore.Finding> unheard(
      OriginState state,
      String executor,
      BiPredicate<String, Integer> willReport,
      Predicate<Instant> remembers) {
    var findings = new ArrayList<OriginCore.Finding>();
    for (var fetch : state.pending().values()) {
      fetch
          .open()
          .filter(
              open ->
                  !open.executor().equals(executor) || !willReport.test(fetch.id(), open.number()))
          .map(open -> finding(fetch.id(), open, executor, remembers))
          .ifPresent(findings::add);
    }
    return findings;
  }

  private static OriginCore.Finding finding(
      String fetchId, Attempt open, String executor, Predicate<Instant> remembers) {
    // Another incarnation of this node had it, and took it along; or it may have been forgotten.
    var lost = !open.executor().equals(executor) || !remembers.test(open.startedAt());
    var report = lost ? Report.lost() : new Report.NotSent(Stage.QUEUED, OriginCore.NEVER_BEGAN);
    return new OriginCore.Finding(fetchId, open.number(), report);
  }
}
