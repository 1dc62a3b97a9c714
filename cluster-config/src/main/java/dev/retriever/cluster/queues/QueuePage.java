package dev.retriever.cluster.queues;

import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * The page of a list that a request asks for.
 *
 * @param after what the page before named as the beginning of the next one
 */
record QueuePage(Optional<String> after, int limit) {
  private static final int LONGEST_CURSOR = 2_048;

  /**
   * @throws Problem.Found if a parameter is wrong
   */
  static QueuePage of(HttpRequest request) {
    var query = request.getUri().query();
    var cursor = query.get("cursor");
    if (cursor.filter(it -> it.isEmpty() || it.length() > LONGEST_CURSOR).isPresent()) {
      throw badCursor();
    }
    return new QueuePage(cursor, PageLimit.of(query.get("limit")));
  }

  static Problem.Found badCursor() {
    return malformed("cursor must be a nextCursor of this list; leave it out to begin again.");
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
