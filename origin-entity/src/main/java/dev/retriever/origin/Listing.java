package dev.retriever.origin;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pages through an origin's fetches in the order of their acceptance. */
final class Listing {
  private Listing() {}

  /** The cost of a page grows with its length, not with the number of fetches. */
  static OriginReply.Page page(
      String originId, OriginState state, OriginCommand.ListFetches query) {
    var wantsPending = !query.settled().equals(Optional.of(true));
    var wantsSettled = !query.settled().equals(Optional.of(false));
    var pending = Cursor.of(wantsPending ? state.pending().tailMap(query.after() + 1) : Map.of());
    var settled = Cursor.of(wantsSettled ? state.settled().tailMap(query.after() + 1) : Map.of());

    var items = new ArrayList<FetchSummary>();
    var last = query.after();
    while (items.size() < query.limit() && (pending.hasValue() || settled.hasValue())) {
      if (pending.order() < settled.order()) {
        last = pending.order();
        items.add(FetchSummary.of(originId, pending.take()));
      } else {
        last = settled.order();
        items.add(FetchSummary.of(originId, settled.take()));
      }
    }
    var more = pending.hasValue() || settled.hasValue();
    return new OriginReply.Page(List.copyOf(items), more ? Optional.of(last) : Optional.empty());
  }

  private static final class Cursor<T> {
    private final Iterator<Map.Entry<Long, T>> entries;
    private Map.Entry<Long, T> current;

    private Cursor(Iterator<Map.Entry<Long, T>> entries) {
      this.entries = entries;
      advance();
    }

    private static <T> Cursor<T> of(Map<Long, T> map) {
      return new Cursor<>(map.entrySet().iterator());
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
      current = entries.hasNext() ? entries.next() : null;
    }
  }
}
