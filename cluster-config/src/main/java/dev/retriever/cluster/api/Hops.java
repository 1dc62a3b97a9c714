package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.callback.CallbackChoice;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * How many callbacks led to a submission: its {@code Retriever-Hop}. It ends loops in which a
 * callback makes a submission whose callback makes a submission.
 */
record Hops(int count) {
  private static final String HEADER = "Retriever-Hop";

  /**
   * Those of the request; none without the header.
   *
   * @throws Problem.Found if there are too many
   */
  static Hops of(HttpRequest request) {
    var values = RequestHeaders.named(request, HEADER);
    if (values.isEmpty()) {
      return new Hops(0);
    }
    if (values.size() > 1 || !values.get(0).trim().matches("\\d{1,4}")) {
      throw Problem.of(
              ProblemType.MALFORMED_REQUEST,
              "Retriever-Hop must be one whole number, as the callback had it that led to this.")
          .found();
    }
    var count = Integer.parseInt(values.get(0).trim());
    if (count >= CallbackChoice.MOST_HOPS) {
      throw Problem.of(
              ProblemType.LOOP_DETECTED,
              "This submission follows from "
                  + count
                  + " callbacks in a row. Nothing was accepted; look which endpoint calls back here.")
          .found();
    }
    return new Hops(count);
  }

  /** The spec, whose callback says one more. */
  FetchSpec on(FetchSpec spec) {
    return count == 0
        ? spec
        : spec.callback().map(it -> spec.callback(it.after(count))).orElse(spec);
  }
}
