package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.wire.Line;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A line, and what stands between it and a grant. */
final class LineState {
  private static final long LEAST_PASS = TimeUnit.MILLISECONDS.toMicros(250);
  private static final long MOST_PASS = TimeUnit.SECONDS.toMicros(5);

  final LineId id;
  final KeyState key;
  final long number;
  Line line;
  long row;

  /** When it was told or read last, as a number. */
  long seen;

  /** Grants that the origin has not answered. */
  int unanswered;

  /** How many of its grants came back in a row. */
  int cameBack;

  /** Until when it is passed over, since a grant came back. */
  long passedUntil = Long.MIN_VALUE;

  Status status = Status.NOT_READY;
  Timers.Due<LineState> wall;
  Timers.Due<LineState> micros;

  LineState(LineId id, KeyState key, long number, Line line, long row) {
    this.id = id;
    this.key = key;
    this.number = number;
    this.line = line;
    this.row = row;
  }

  /** What stands between a line and a grant, apart from its key. */
  enum Status {
    /** Nothing. */
    MAY_GO,
    /** Its fetches are to start later. */
    NOT_READY,
    /** A grant came back a moment ago. */
    NO_ROOM,
    /** It has a grant for each fetch that may start. */
    ORIGIN
  }

  int level() {
    return id.priority() - 1;
  }

  boolean mayGo() {
    return status == Status.MAY_GO;
  }

  /** What stands between it and a grant then. */
  Status statusAt(Now now) {
    int ready = ready(now);
    if (ready == 0) {
      return Status.NOT_READY;
    }
    if (ready <= unanswered) {
      return Status.ORIGIN;
    }
    return passedUntil > now.micros() ? Status.NO_ROOM : Status.MAY_GO;
  }

  /** Those that were ready as of the row; and the next one, once its time has come. */
  private int ready(Now now) {
    int ready = line.ready();
    if (ready == 0) {
      return now.wall().isBefore(line.readyAt()) ? 0 : 1;
    }
    boolean one = line.laterAt().filter(at -> !now.wall().isBefore(at)).isPresent();
    return Math.min(line.waiting(), one ? ready + 1 : ready);
  }

  /** When, by the wall clock, one more is ready. */
  long readyAt(Now now) {
    var at = line.ready() == 0 ? Optional.of(line.readyAt()) : line.laterAt();
    return at.filter(it -> it.isAfter(now.wall())).map(Now::microsUp).orElse(Timers.NEVER);
  }

  /** A grant came back, as the last ones did: it is passed over for longer each time. */
  void passOver(int before, Now now) {
    cameBack = Math.max(cameBack, before) + 1;
    passedUntil = now.micros() + backOff(cameBack - 1);
  }

  /** 0.25 s, doubled up to 5 s. */
  static long backOff(int doubled) {
    return Math.min(MOST_PASS, LEAST_PASS << Math.min(doubled, 10));
  }
}
