package dev.retriever.origin.entity;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** What became, while an origin was away, of the attempts that it finds open. */
public final class OpenAttempts {
  private OpenAttempts() {}

  /**
   * Asks about each. What is known on this node is known at once; a pool of another node takes a
   * while to answer, and may not.
   *
   * @return those on which no report will come are present, of the others one will
   */
  public static List<CompletionStage<Optional<OriginCore.Finding>>> unheard(
      OriginState state, Pools pools, BiFunction<String, Integer, AttemptKey> key) {
    var findings = new ArrayList<CompletionStage<Optional<OriginCore.Finding>>>();
    for (var fetch : state.pending().values()) {
      fetch
          .open()
          .ifPresent(
              open ->
                  findings.add(
                      unheard(open, pools, key.apply(fetch.id(), open.number()))
                          .thenApply(
                              report ->
                                  report.map(
                                      it ->
                                          new OriginCore.Finding(fetch.id(), open.number(), it)))));
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

  /** Whether this origin makes any of them by itself: their reports come here and nowhere else. */
  static boolean anyDirect(OriginState state) {
    return state.pending().values().stream()
        .filter(fetch -> fetch.spec().isDirect())
        .anyMatch(fetch -> fetch.open().isPresent());
  }

  private static CompletionStage<Optional<Report>> unheard(
      Attempt open, Pools pools, AttemptKey key) {
    return pools
        .withId(open.executor())
        .map(pool -> pool.whatBecameOf(key, open.startedAt()).thenApply(OpenAttempts::unheard))
        // It is gone with its node, such as an earlier run of this one, and so is the report.
        .orElseGet(() -> CompletableFuture.completedFuture(Optional.of(Report.lost())));
  }

  private static Optional<Report> unheard(AttemptStatus status) {
    return switch (status) {
      case RUNNING, REPORTED -> Optional.empty();
      case NEVER_BEGAN -> Optional.of(new Report.NotSent(Stage.QUEUED, OriginCore.NEVER_BEGAN));
      case UNKNOWN -> Optional.of(Report.lost());
    };
  }
}
