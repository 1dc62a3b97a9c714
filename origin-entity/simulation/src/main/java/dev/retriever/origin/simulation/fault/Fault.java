package dev.retriever.origin.simulation.fault;

import dev.retriever.origin.simulation.trace.TraceWords;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What goes wrong in a simulated cluster. */
public enum Fault {
  CRASH(0, "a node ends as with kill -9, at any moment"),
  CRASH_BEFORE_WRITE(0.02, "a node crashes just before a write of the journal is done"),
  CRASH_AFTER_WRITE(0.02, "a node crashes when a write is done, and before anybody is told"),
  PAUSE(0, "a node stands still for a while; if that is long, another takes over"),
  LEAVE(0, "a node stops as it should, while others go on"),
  MOVE(0, "an origin moves to another node, and both live on"),
  PASSIVATE(0, "an origin is sent out of memory, at any moment"),
  CLOCK_JUMPS(
      0, "the clock of a node jumps: by seconds, up to an hour back, or up to a week ahead"),
  TIMER_LOST(0.1, "what a timer, or the pool, tells an origin is lost, as when its stash is full"),
  WRITE_FAILS(0.05, "a write of the journal fails, and nothing of it is there"),
  WRITE_LIES(0.05, "a write of the journal is done, and reported as failed"),
  WRITE_SLOW(0.05, "a write of the journal takes long, perhaps longer than it is waited for"),
  REPLAY_FAILS(0.05, "the rows of an origin cannot be read when it recovers"),
  SNAPSHOT_FAILS(0.2, "a snapshot cannot be saved"),
  WAKE_UP_FAILS(0.1, "wake-ups cannot be read or corrected, or were and it is reported as failed"),
  MESSAGE_LOST(0.05, "a message between nodes is lost"),
  MESSAGE_TWICE(0.05, "a message between nodes arrives twice"),
  MESSAGE_LATE(0.1, "a message between nodes takes long, and others pass it"),
  LINK_HELD(0, "all between two nodes is held for a while, and then let go"),
  TARGET_REFUSES(0.1, "a target is never reached"),
  TARGET_BREAKS(0.1, "a target's connection breaks while the request is sent, or the answer comes"),
  TARGET_SILENT(0.05, "a target never answers"),
  TARGET_LATE(0.1, "a target answers late: about when the time is up"),
  TARGET_BUSY(0.1, "a target says that it is to be tried again"),
  HANDLER_THROWS(0.1, "a handler throws, once or more often"),
  HANDLER_UNKNOWN(0, "a deploy does not know a continuation; the next does"),
  BLACKOUT(0, "all nodes end at once, and nobody asks any more: what sleeps is woken, or never"),
  ROW_UNREAD(0.1, "a row of the journal, such as one with a request body, is not read, or late"),
  PAUSE_AT_WRITE(
      0.06, "a node stands still when an attempt is about to be journaled, or just has been"),
  PERMIT_LEFT(0, "a permit is taken by somebody who ends at once: it is not used, nor given back"),
  REPLACED_AT_WRITE(
      0.9,
      "a node is replaced in the first write of an origin, whose attempt another makes, and goes on"),
  QUEUE_ROWS_FAIL(
      0.05, "rows of queues cannot be read or changed, or were and it is reported as failed"),
  QUEUE_ROWS_SLOW(
      0.05, "rows of queues are read or changed slowly, perhaps longer than grants live"),
  START_SLOW(0.4, "a write that begins an attempt of a queue takes longer than its grant lives"),
  DATABASE_AWAY(0, "the database of all nodes is away for a while: whatever they ask of it fails");

  /** Every one of them. */
  public static final Set<Fault> ALL = Collections.unmodifiableSet(EnumSet.allOf(Fault.class));

  private final double rate;
  private final String words;

  Fault(double rate, String words) {
    this.rate = rate;
    this.words = words;
  }

  /** The name used on the command line and in documents: lower case, joined by hyphens. */
  public String label() {
    return TraceWords.label(this);
  }

  /** What happens, in one sentence without a full stop. */
  public String words() {
    return words;
  }

  /** How probable it is each time that it might strike; 0 for those that come by themselves. */
  double rate() {
    return rate;
  }
}
