package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Result;
import java.util.Comparator;
import java.util.List;

/** Which commits runs are of. */
final class Ages {
  private Ages() {}

  /** The commit of the latest run. */
  static String newest(List<Result> results) {
    return results.stream()
        .max(Comparator.comparing(Result::startedAt))
        .map(it -> it.machine().commit())
        .orElse("");
  }
}
