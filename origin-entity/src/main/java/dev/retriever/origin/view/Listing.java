package dev.retriever.origin.view;

import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.Origins;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Peeking;
import dev.retriever.origin.core.SettledFetch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Pages through an origin's fetches in the order of their acceptance. */
public final class Listing {
  private Listing() {}

  /**
   * Makes a page. Its cost grows with its length, and with the settled fetches that it skips, not
   * with the number of fetches.
   *
   * @param settledOnly only those, or only those pending; empty for both
   * @param after only those accepted after this place
   * @param listed which of those that have settled
   */
  public static Origins.Page page(
      String originId,
      OriginState state,
      Optional<Boolean> settledOnly,
      long after,
      int limit,
      Predicate<SettledFetch> listed) {
    var wantsPending = !settledOnly.equals(Optional.of(true));
    var wantsSettled = !settledOnly.equals(Optional.of(false));
    var pending =
        entries(wantsPending ? state.pending().tailMap(after + 1) : Map.of(), fetch -> true);
    var settled = entries(wantsSettled ? state.settled().after(after) : Map.of(), listed);

    var items = new ArrayList<FetchSummary>();
    var last = after;
    while (items.size() < limit && (pending.peek() != null || settled.peek() != null)) {
      last = Math.min(order(pending), order(settled));
      items.add(
          order(pending) < order(settled)
              ? Views.summary(originId, state, pending.take().getValue())
              : Views.summary(originId, settled.take().getValue()));
    }
    var more = pending.peek() != null || settled.peek() != null;
    return new Origins.Page(List.copyOf(items), more ? Optional.of(last) : Optional.empty());
  }

  private static <T> Peeking<Map.Entry<Long, T>> entries(Map<Long, T> all, Predicate<T> listed) {
    return new Peeking<>(
        all.entrySet().stream().filter(entry -> listed.test(entry.getValue())).iterator());
  }

  private static <T> long order(Peeking<Map.Entry<Long, T>> fetches) {
    return fetches.peek() == null ? Long.MAX_VALUE : fetches.peek().getKey();
  }
}
