package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.wire.Line;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What waits, and which of it may go. A line or a key that may not go is taken out of the turns
 * until something changes or its time comes; so no look goes through what is stopped.
 */
final class Backlog {
  /** Most keys without lines that are remembered for their rates and holds. */
  static final int MOST_IDLE_KEYS = 100_000;

  private final Map<KeyId, KeyState> keys = new HashMap<>();
  private final LinkedHashSet<KeyState> idleKeys = new LinkedHashSet<>();
  private final LinkedHashSet<KeyState> stoppedKeys = new LinkedHashSet<>();
  private final LinkedHashSet<KeyState> heldKeys = new LinkedHashSet<>();
  private final Timers<LineState> lineWall = new Timers<>();
  private final Timers<LineState> lineMicros = new Timers<>();
  private final Timers<KeyState> keyWall = new Timers<>();
  private final Timers<KeyState> keyMicros = new Timers<>();
  private final int[] byStatus = new int[LineState.Status.values().length];
  final KnownOrigins origins = new KnownOrigins();
  final LinePages listing = new LinePages();
  final Candidates candidates;
  private KeyCaps caps;
  private long numbers;

  Backlog(QueueSettings settings) {
    candidates = new Candidates(settings.weights());
    caps = KeyCaps.of(settings);
  }

  KeyCaps caps() {
    return caps;
  }

  /** Keys that are stopped are looked at again; all others, when it is their turn. */
  void configure(QueueSettings settings, Now now) {
    candidates.weights(settings.weights());
    caps = KeyCaps.of(settings);
    for (var key : stoppedKeys.toArray(KeyState[]::new)) {
      changed(key, now);
    }
  }

  /** Looks again at those whose time has come. */
  void pass(Now now) {
    long wall = now.wallMicros();
    for (var it = lineWall.poll(wall); it != null; it = lineWall.poll(wall)) {
      it.wall = null;
      changed(it, now);
    }
    for (var it = lineMicros.poll(now.micros()); it != null; it = lineMicros.poll(now.micros())) {
      it.micros = null;
      changed(it, now);
    }
    for (var it = keyWall.poll(wall); it != null; it = keyWall.poll(wall)) {
      it.wall = null;
      changed(it, now);
    }
    for (var it = keyMicros.poll(now.micros()); it != null; it = keyMicros.poll(now.micros())) {
      it.micros = null;
      changed(it, now);
    }
  }

  /** When the next one's time comes, by the clock that only goes forward. */
  long nextLook(Now now) {
    long wall = Math.min(lineWall.first(), keyWall.first());
    long micros = Math.min(lineMicros.first(), keyMicros.first());
    return wall == Timers.NEVER
        ? micros
        : Math.min(micros, now.micros() + (wall - now.wallMicros()));
  }

  /** All lines of an origin as of a row; false when a later row is known. */
  boolean told(OriginId origin, String tenant, long row, List<Line> lines, Now now) {
    if (!origins.told(origin, row, now)) {
      return false;
    }
    var named = new HashSet<LineId>();
    for (var line : lines) {
      named.add(new LineId(origin, line.key(), line.priority()));
      read(origin, tenant, line, row, now);
    }
    for (var known : origins.lines(origin)) {
      if (!named.contains(known.id) && known.row <= row) {
        remove(known, now);
      }
    }
    return true;
  }

  /**
   * A line as of a row, unless a later row is known. A line that is known stands, though the origin
   * has told later rows that did not change it.
   */
  void read(OriginId origin, String tenant, Line line, long row, Now now) {
    var id = new LineId(origin, line.key(), line.priority());
    var known = origins.line(id);
    if (origins.isNews(id, row, now)) {
      put(origin, tenant, line, row, now);
    } else if (known != null) {
      origins.see(known);
    }
  }

  /** Removes lines that were neither told nor read since. */
  int removeUnseen(long mark, Now now) {
    int gone = 0;
    for (var it = origins.unseenSince(mark); it != null; it = origins.unseenSince(mark)) {
      remove(it, now);
      gone++;
    }
    return gone;
  }

  private void put(OriginId origin, String tenant, Line line, long row, Now now) {
    var id = new LineId(origin, line.key(), line.priority());
    var known = origins.line(id);
    if (line.isEmpty()) {
      if (known != null) {
        remove(known, now);
      }
    } else if (known == null) {
      add(new LineState(id, key(new KeyId(tenant, line.key())), numbers++, line, row), now);
    } else {
      replace(known, line, row, now);
    }
  }

  private void add(LineState line, Now now) {
    var key = line.key;
    idleKeys.remove(key);
    line.status = line.statusAt(now);
    byStatus[line.status.ordinal()]++;
    key.lines++;
    candidates.added(line);
    key.level(line.level()).add(line);
    origins.add(line);
    origins.see(line);
    listing.add(line);
    count(key, line.line.waiting());
    changed(line, now);
  }

  private void replace(LineState line, Line newLine, long row, Now now) {
    var key = line.key;
    var level = key.level(line.level());
    long more = newLine.waiting() - line.line.waiting();
    line.row = row;
    origins.see(line);
    listing.remove(line);
    if (newLine.oldest().equals(line.line.oldest())) {
      line.line = newLine;
      level.changed(line);
    } else {
      level.remove(line);
      line.line = newLine;
      level.add(line);
    }
    listing.add(line);
    count(key, more);
    changed(line, now);
  }

  void remove(LineState line, Now now) {
    var key = line.key;
    key.lines--;
    byStatus[line.status.ordinal()]--;
    line.wall = lineWall.set(line.wall, line, Timers.NEVER);
    line.micros = lineMicros.set(line.micros, line, Timers.NEVER);
    key.level(line.level()).remove(line);
    origins.remove(line);
    listing.remove(line);
    count(key, -line.line.waiting());
    changed(key, now);
    candidates.removed(line);
  }

  private void count(KeyState key, long more) {
    listing.count(key, more);
  }

  /** The line has changed, or its time has come. */
  void changed(LineState line, Now now) {
    if (origins.line(line.id) != line) {
      return;
    }
    var status = line.statusAt(now);
    byStatus[line.status.ordinal()]--;
    byStatus[status.ordinal()]++;
    line.status = status;
    line.key.level(line.level()).changed(line);
    line.wall = lineWall.set(line.wall, line, line.readyAt(now));
    boolean passed = status == LineState.Status.NO_ROOM;
    line.micros = lineMicros.set(line.micros, line, passed ? line.passedUntil : Timers.NEVER);
    changed(line.key, now);
  }

  /** The key has changed, or its time has come. */
  void changed(KeyState key, Now now) {
    boolean open = caps.open(key, now);
    boolean any = false;
    for (int level = 0; level < Priorities.LEVELS; level++) {
      boolean might =
          key.holder == null ? key.anyMayGo(level) : holdersLine(key, level).isPresent();
      any |= might || key.anyMayGo(level);
      candidates.set(key, level, open && might);
    }
    key.stopped = any && key.entered == 0;
    if (key.stopped) {
      stoppedKeys.add(key);
    } else {
      stoppedKeys.remove(key);
    }
    boolean held = key.heldUntil > now.wallMicros();
    if (!held) {
      heldKeys.remove(key);
    }
    key.wall = keyWall.set(key.wall, key, held ? key.heldUntil : Timers.NEVER);
    long rated = key.stopped ? caps.nextAt(key, now) : idleAt(key, now);
    key.micros = keyMicros.set(key.micros, key, rated > now.micros() ? rated : Timers.NEVER);
    forget(key, held, now);
  }

  private static long idleAt(KeyState key, Now now) {
    return key.lines == 0 ? key.rateForgottenAt(now.micros()) : now.micros();
  }

  private void forget(KeyState key, boolean held, Now now) {
    if (key.lines > 0 || key.outstanding > 0 || key.holder != null) {
      idleKeys.remove(key);
    } else if (!held && key.rateForgottenAt(now.micros()) <= now.micros()) {
      drop(key);
    } else if (idleKeys.add(key) && idleKeys.size() > MOST_IDLE_KEYS) {
      drop(idleKeys.iterator().next());
    }
  }

  private void drop(KeyState key) {
    keys.remove(key.id);
    idleKeys.remove(key);
    heldKeys.remove(key);
    key.wall = keyWall.set(key.wall, key, Timers.NEVER);
    key.micros = keyMicros.set(key.micros, key, Timers.NEVER);
  }

  private Optional<LineState> holdersLine(KeyState key, int level) {
    return Optional.ofNullable(origins.line(new LineId(key.holder, key.id.key(), level + 1)))
        .filter(line -> line.key == key && line.mayGo());
  }

  /** The key whose turn it is. */
  KeyState key(Candidates.Turn turn) {
    return keys.get(turn.key());
  }

  /** The line whose turn it is: of a key that is held, its holder's. */
  LineState line(Candidates.Turn turn) {
    var key = key(turn);
    return key.holder == null
        ? key.level(turn.level()).first()
        : holdersLine(key, turn.level()).orElseThrow();
  }

  /** The key, made if it is not known; then {@link #changed} must be called for it. */
  KeyState key(KeyId id) {
    return keys.computeIfAbsent(id, KeyState::new);
  }

  Optional<KeyState> knownKey(KeyId id) {
    return Optional.ofNullable(keys.get(id));
  }

  void hold(KeyId id, long until, Now now) {
    var key = key(id);
    key.heldUntil = Math.max(key.heldUntil, until);
    heldKeys.add(key);
    changed(key, now);
  }

  void release(Now now) {
    for (var key : heldKeys.toArray(KeyState[]::new)) {
      key.heldUntil = Timers.NEVER_HELD;
      changed(key, now);
    }
  }

  /** Lines with that status. */
  int lines(LineState.Status status) {
    return byStatus[status.ordinal()];
  }

  /** Keys that are known, for the test of their bound. */
  int knownKeys() {
    return keys.size();
  }
}
