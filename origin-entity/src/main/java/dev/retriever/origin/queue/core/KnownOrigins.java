package dev.retriever.origin.queue.core;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The origins that have lines, and those that had some lately. */
final class KnownOrigins {
  /** Most origins without lines whose last row is remembered, so that an older one is known. */
  static final int MOST_WITHOUT_LINES = 10_000;

  private static final long ASLEEP_AFTER = TimeUnit.SECONDS.toMicros(60);

  /** Messages and reads are not as old; an origin of which nothing was left has slept for days. */
  private static final long COUNTS_ANEW_AFTER = TimeUnit.HOURS.toMicros(1);

  private final Map<OriginId, Known> origins = new HashMap<>();
  private final LinkedHashSet<Known> withoutLines = new LinkedHashSet<>();

  /** All lines, that which was told or read longest ago first. */
  private final LinkedHashSet<LineState> bySeen = new LinkedHashSet<>();

  private int withLines;
  private long seen;

  /** An origin told something as of a row; false when a later row is known. */
  boolean told(OriginId id, long row, Now now) {
    var origin = known(id);
    if (row < origin.row && !mayCountAnew(origin, now)) {
      return false;
    }
    origin.row = row;
    origin.heardAt = now.micros();
    trim(origin);
    return true;
  }

  /** Whether a line as of that row is news. */
  boolean isNews(LineId id, long row, Now now) {
    var origin = origins.get(id.origin());
    if (origin == null || mayCountAnew(origin, now)) {
      return true;
    }
    var line = origin.lines.get(id);
    return row >= origin.row && (line == null || row >= line.row);
  }

  /** Whether its rows may have a lower number than those that were told before. */
  private static boolean mayCountAnew(Known origin, Now now) {
    return origin.lines.isEmpty() && now.micros() - origin.heardAt > COUNTS_ANEW_AFTER;
  }

  private Known known(OriginId id) {
    return origins.computeIfAbsent(id, Known::new);
  }

  private void trim(Known origin) {
    withoutLines.remove(origin);
    if (origin.lines.isEmpty()) {
      withoutLines.add(origin);
      if (withoutLines.size() > MOST_WITHOUT_LINES) {
        var forgotten = withoutLines.iterator().next();
        withoutLines.remove(forgotten);
        origins.remove(forgotten.id);
      }
    }
  }

  LineState line(LineId id) {
    var origin = origins.get(id.origin());
    return origin == null ? null : origin.lines.get(id);
  }

  Collection<LineState> lines(OriginId id) {
    var origin = origins.get(id);
    return origin == null ? List.of() : List.copyOf(origin.lines.values());
  }

  void add(LineState line) {
    var origin = known(line.id.origin());
    withLines += origin.lines.isEmpty() ? 1 : 0;
    origin.lines.put(line.id, line);
    withoutLines.remove(origin);
  }

  void remove(LineState line) {
    var origin = known(line.id.origin());
    origin.lines.remove(line.id);
    withLines -= origin.lines.isEmpty() ? 1 : 0;
    bySeen.remove(line);
    trim(origin);
  }

  /** The line was told or read. */
  void see(LineState line) {
    line.seen = ++seen;
    bySeen.remove(line);
    bySeen.add(line);
  }

  long seen() {
    return seen;
  }

  /** A line that was neither told nor read since; null when there is none. */
  LineState unseenSince(long mark) {
    var line = bySeen.isEmpty() ? null : bySeen.iterator().next();
    return line == null || line.seen > mark ? null : line;
  }

  /** Whether the origin has told nothing for a while, and so may have to be woken. */
  boolean isAsleep(OriginId id, Now now) {
    var origin = origins.get(id);
    return origin == null || now.micros() - origin.heardAt > ASLEEP_AFTER;
  }

  /** Origins that have lines. */
  int withLines() {
    return withLines;
  }

  /** Origins that are remembered, for the test of their bound. */
  int size() {
    return origins.size();
  }

  private static final class Known {
    final OriginId id;
    final Map<LineId, LineState> lines = new LinkedHashMap<>(4);
    long row = Long.MIN_VALUE;
    long heardAt = Long.MIN_VALUE / 2;

    Known(OriginId id) {
      this.id = id;
    }
  }
}
