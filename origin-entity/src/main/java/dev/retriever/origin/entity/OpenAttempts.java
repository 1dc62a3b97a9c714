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

/** Asks the pools what became of open attempts while their origin was not in memory. */
public final class OpenAttempts {
  private OpenAttempts() {}

  /**
   * Asks about each open attempt. Pools of this node answer at once; a pool of another node may
   * take a while, or not answer.
   *
   * @return a finding for each attempt on which no report will come; empty when one will
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

  /** The open attempts whose pools are gone. */
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

  /** Whether this origin makes an attempt itself: its report comes to this incarnation only. */
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
        // The pool is gone with its node, perhaps an earlier run of this node, and so is the
        // report.
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
