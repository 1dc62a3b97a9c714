package dev.retriever.origin.queue.core;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.queue.QueueView.KeyView;
import dev.retriever.origin.queue.QueueView.LineView;
import dev.retriever.origin.queue.QueueView.Page;
import dev.retriever.origin.queue.wire.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What waits, in the orders in which it is shown. */
final class LinePages {
  private final NavigableMap<KeyRank, KeyState> byWaiting = new TreeMap<>();
  private final NavigableMap<LineRank, LineState> byAge = new TreeMap<>();
  private final NavigableSet<ReadyRank> byReady = new TreeSet<>();
  private long waiting;

  /** The more wait under a key, the earlier it comes. */
  private record KeyRank(long waiting, String tenant, String key) implements Comparable<KeyRank> {
    private static final Comparator<KeyRank> ORDER =
        Comparator.comparingLong(KeyRank::waiting)
            .reversed()
            .thenComparing(KeyRank::tenant)
            .thenComparing(KeyRank::key);

    static KeyRank of(KeyState key) {
      return new KeyRank(key.waiting, key.id.tenant(), key.id.key());
    }

    @Override
    public int compareTo(KeyRank other) {
      return ORDER.compare(this, other);
    }

    String cursor() {
      return Cursor.of(Long.toString(waiting), tenant, key);
    }

    static KeyRank at(String cursor) {
      var parts = Cursor.parts(cursor, 3);
      return new KeyRank(Cursor.number(parts.get(0)), parts.get(1), parts.get(2));
    }
  }

  private record LineRank(Instant oldest, LineId line) implements Comparable<LineRank> {
    private static final Comparator<LineRank> ORDER =
        Comparator.comparing(LineRank::oldest)
            .thenComparing(it -> it.line.origin())
            .thenComparing(it -> it.line.key())
            .thenComparingInt(it -> it.line.priority());

    static LineRank of(LineState line) {
      return new LineRank(line.line.oldest(), line.id);
    }

    @Override
    public int compareTo(LineRank other) {
      return ORDER.compare(this, other);
    }

    String cursor() {
      return Cursor.of(
          Long.toString(oldest.getEpochSecond()),
          Integer.toString(oldest.getNano()),
          line.origin().type(),
          line.origin().id(),
          line.key(),
          Integer.toString(line.priority()));
    }

    static LineRank at(String cursor) {
      var parts = Cursor.parts(cursor, 6);
      return new LineRank(
          Cursor.instant(parts.get(0), parts.get(1)),
          new LineId(
              new OriginId(parts.get(2), parts.get(3)),
              parts.get(4),
              (int) Cursor.number(parts.get(5))));
    }
  }

  private record ReadyRank(Instant at, long number) implements Comparable<ReadyRank> {
    private static final Comparator<ReadyRank> ORDER =
        Comparator.comparing(ReadyRank::at).thenComparingLong(ReadyRank::number);

    static ReadyRank of(LineState line) {
      return new ReadyRank(line.line.readyAt(), line.number);
    }

    @Override
    public int compareTo(ReadyRank other) {
      return ORDER.compare(this, other);
    }
  }

  void add(LineState line) {
    byAge.put(LineRank.of(line), line);
    byReady.add(ReadyRank.of(line));
  }

  /** With the times that it had when it was added. */
  void remove(LineState line) {
    byAge.remove(LineRank.of(line));
    byReady.remove(ReadyRank.of(line));
  }

  /** So many more wait under the key; or less, if it is below 0. */
  void count(KeyState key, long more) {
    if (more == 0) {
      return;
    }
    byWaiting.remove(KeyRank.of(key));
    key.waiting += more;
    waiting += more;
    if (key.waiting > 0) {
      byWaiting.put(KeyRank.of(key), key);
    }
  }

  /** Fetches that wait. */
  long waiting() {
    return waiting;
  }

  /** Keys under which some wait. */
  int keys() {
    return byWaiting.size();
  }

  /** When the oldest was accepted. */
  Optional<Instant> oldest() {
    return byAge.isEmpty() ? Optional.empty() : Optional.of(byAge.firstKey().oldest());
  }

  /** Since when the first that may start now may do so; empty when none may. */
  Optional<Instant> readySince(Instant now) {
    return byReady.isEmpty()
        ? Optional.empty()
        : Optional.of(byReady.first().at()).filter(at -> !at.isAfter(now));
  }

  Page<KeyView> keys(Optional<String> after, int limit) {
    var from = after.map(it -> byWaiting.tailMap(KeyRank.at(it), false)).orElse(byWaiting);
    return page(from, limit, LinePages::view, KeyRank::cursor);
  }

  private static KeyView view(KeyState key) {
    return new KeyView(
        key.id.tenant(),
        key.id.key(),
        key.waiting,
        key.running,
        key.oldest().map(it -> it.line.oldest()));
  }

  /**
   * @throws IllegalArgumentException if it is not of a page of keys
   */
  static void checkKey(String cursor) {
    KeyRank.at(cursor);
  }

  /**
   * @throws IllegalArgumentException if it is not of a page of lines
   */
  static void checkLine(String cursor) {
    LineRank.at(cursor);
  }

  Page<LineView> lines(Optional<String> after, int limit) {
    var from = after.map(it -> byAge.tailMap(LineRank.at(it), false)).orElse(byAge);
    return page(from, limit, LinePages::view, LineRank::cursor);
  }

  private static LineView view(LineState state) {
    Line line = state.line;
    return new LineView(
        Tenant.of(state.id.origin().type(), state.id.origin().id()).name(),
        state.id.origin().type(),
        state.id.origin().id(),
        line.key(),
        line.priority(),
        line.waiting(),
        line.oldest(),
        Optional.of(line.readyAt()).filter(it -> line.ready() == 0));
  }

  private static <R, S, V> Page<V> page(
      NavigableMap<R, S> from, int limit, Function<S, V> view, Function<R, String> cursor) {
    if (limit < 1 || limit > Scheduler.MOST_SHOWN) {
      throw new IllegalArgumentException("A page has 1 to " + Scheduler.MOST_SHOWN + " items");
    }
    var items = new ArrayList<V>();
    R last = null;
    for (Map.Entry<R, S> entry : from.entrySet()) {
      if (items.size() == limit) {
        return new Page<>(items, Optional.of(cursor.apply(last)));
      }
      items.add(view.apply(entry.getValue()));
      last = entry.getKey();
    }
    return new Page<>(items, Optional.empty());
  }
}
