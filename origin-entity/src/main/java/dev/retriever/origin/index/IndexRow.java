package dev.retriever.origin.index;

import dev.retriever.executor.Target;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.labels.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is found of one fetch. The row of a settlement has all that the one of the acceptance had,
 * so that it stands alone. Immutable; times are rounded down to the millisecond when it is stored.
 *
 * @param place of the fetch in the order of acceptance; with its origin's id, the key
 * @param row the journal row that it is as of; an older one never replaces a newer one
 * @param notBefore when it begins at the earliest, if it was scheduled
 * @param host of its request, before redirects
 * @param labels as texts, sorted
 * @param end how it settled; empty while it is pending
 */
public record IndexRow(
    long place,
    long row,
    String fetchId,
    Instant acceptedAt,
    Optional<Instant> notBefore,
    String method,
    String host,
    Optional<String> queue,
    List<String> labels,
    Optional<End> end) {
  /** Longer texts are cut, as the columns are so long. */
  private static final int LONGEST = 255;

  /**
   * How a fetch settled.
   *
   * @param attempts that it made, without those that were refused for want of room, as in views
   */
  public record End(
      Instant at,
      Outcome.Type type,
      Optional<String> stage,
      Optional<String> reason,
      Optional<Integer> status,
      int attempts) {
    static End of(FetchSettled event) {
      var outcome = event.outcome();
      return new End(
          event.at(),
          outcome.type(),
          outcome.reached().map(stage -> stage.label()),
          outcome.why(),
          outcome.received().map(response -> response.status()),
          (int) event.attempts().stream().filter(attempt -> !attempt.wantedRoom()).count());
    }
  }

  static IndexRow pending(long place, long row, String fetchId, FetchSpec spec, Instant at) {
    var request = spec.request();
    return new IndexRow(
        place,
        row,
        fetchId,
        at,
        Optional.empty(),
        request.method(),
        cut(Target.of(request.url()).host()),
        spec.queue().map(QueueChoice::name).map(IndexRow::cut),
        Labels.texts(spec.labels()),
        Optional.empty());
  }

  IndexRow from(Optional<Instant> time, long asOf) {
    return new IndexRow(
        place, asOf, fetchId, acceptedAt, time, method, host, queue, labels, Optional.empty());
  }

  IndexRow ended(End how, long asOf) {
    return new IndexRow(
        place, asOf, fetchId, acceptedAt, notBefore, method, host, queue, labels, Optional.of(how));
  }

  static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }
}
