package dev.retriever.cluster.tenants.quota;

import dev.retriever.origin.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Units for the fetches of a batch: as many as it has, or none. */
record BatchUnits(List<Unit> units) {
  /**
   * @param take takes one more; fails if that is not known
   * @param usedUp why there is no other one
   * @return fails, and keeps none, when there are not enough
   */
  static CompletionStage<BatchUnits> taken(
      Supplier<CompletionStage<Optional<Unit>>> take,
      int count,
      Supplier<RuntimeException> usedUp) {
    return taken(take, count, usedUp, new ArrayList<>());
  }

  private static CompletionStage<BatchUnits> taken(
      Supplier<CompletionStage<Optional<Unit>>> take,
      int count,
      Supplier<RuntimeException> usedUp,
      List<Unit> before) {
    if (before.size() == count) {
      return CompletableFuture.completedFuture(new BatchUnits(before));
    }
    return take.get()
        .whenComplete((unit, failure) -> returnedIf(failure != null || unit.isEmpty(), before))
        .thenCompose(
            unit -> {
              if (unit.isEmpty()) {
                return CompletableFuture.failedStage(usedUp.get());
              }
              before.add(unit.get());
              return taken(take, count, usedUp, before);
            });
  }

  private static void returnedIf(boolean isOver, List<Unit> units) {
    if (isOver) {
      units.forEach(Unit::returned);
    }
  }

  /**
   * Keeps those of fetches that were not there before.
   *
   * @param submit gives a verdict for each
   */
  CompletionStage<List<Verdict>> settled(Supplier<CompletionStage<List<Verdict>>> submit) {
    CompletionStage<List<Verdict>> verdicts;
    try {
      verdicts = submit.get();
    } catch (RuntimeException e) {
      units.forEach(Unit::returned);
      throw e;
    }
    return verdicts.whenComplete(
        (given, failure) -> {
          for (var place = 0; place < units.size(); place++) {
            var unit = units.get(place);
            if (failure != null) {
              unit.doubtful();
            } else if (given.get(place) == Verdict.ACCEPTED) {
              unit.recorded();
            } else {
              unit.returned();
            }
          }
        });
  }
}
