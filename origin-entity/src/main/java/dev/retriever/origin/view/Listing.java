package dev.retriever.origin.view;

import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.Origins;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.SettledFetch;
import java.util.ArrayList;
import java.util.Iterator;
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
        new Cursor<PendingFetch>(
            wantsPending ? state.pending().tailMap(after + 1) : Map.of(), fetch -> true);
    var settled =
        new Cursor<SettledFetch>(wantsSettled ? state.settled().after(after) : Map.of(), listed);

    var items = new ArrayList<FetchSummary>();
    var last = after;
    while (items.size() < limit && (pending.hasValue() || settled.hasValue())) {
      if (pending.order() < settled.order()) {
        last = pending.order();
        items.add(Views.summary(originId, pending.take()));
      } else {
        last = settled.order();
        items.add(Views.summary(originId, settled.take()));
      }
    }
    var more = pending.hasValue() || settled.hasValue();
    return new Origins.Page(List.copyOf(items), more ? Optional.of(last) : Optional.empty());
  }

  private static final class Cursor<T> {
    private final Iterator<Map.Entry<Long, T>> entries;
    private final Predicate<T> listed;
    private Map.Entry<Long, T> current;

    private Cursor(Map<Long, T> map, Predicate<T> listed) {
      this.entries = map.entrySet().iterator();
      this.listed = listed;
      advance();
    }

    private boolean hasValue() {
      return current != null;
    }

    private long order() {
      return current == null ? Long.MAX_VALUE : current.getKey();
    }

    private T take() {
      var value = current.getValue();
      advance();
      return value;
    }

    private void advance() {
      do {
        current = entries.hasNext() ? entries.next() : null;
      } while (current != null && !listed.test(current.getValue()));
    }
  }
}
