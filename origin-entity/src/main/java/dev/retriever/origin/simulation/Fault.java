package dev.retriever.origin.simulation;

/** What goes wrong in a simulated cluster. */
public enum Fault {
  /** A node ends as with {@code kill -9}, at any moment. */
  CRASH(0),
  /** The same just before a write of the journal is done. */
  CRASH_BEFORE_WRITE(0.02),
  /** The same when a write is done, and before anybody is told. */
  CRASH_AFTER_WRITE(0.02),
  /** A node stands still for a while; if that is long, another takes over. */
  PAUSE(0),
  /** A node stops as it should, while others go on. */
  LEAVE(0),
  /** An origin moves to another node, and both live on. */
  MOVE(0),
  /** An origin is sent out of memory, at any moment. */
  PASSIVATE(0),
  /** The clock of a node jumps forward or back. */
  CLOCK_JUMPS(0),
  /** A write of the journal fails, and nothing of it is there. */
  WRITE_FAILS(0.05),
  /** A write of the journal is done, and reported as failed. */
  WRITE_LIES(0.05),
  /** A write of the journal takes long, and may be reported as failed before it is done. */
  WRITE_SLOW(0.05),
  /** The rows of an origin cannot be read when it recovers. */
  REPLAY_FAILS(0.05),
  /** A snapshot cannot be saved. */
  SNAPSHOT_FAILS(0.2),
  /** Wake-ups cannot be read, or corrected; or they are corrected and it is reported as failed. */
  WAKE_UP_FAILS(0.1),
  /** A message between nodes is lost. */
  MESSAGE_LOST(0.05),
  /** A message between nodes arrives twice. */
  MESSAGE_TWICE(0.05),
  /** A message between nodes takes long, and others pass it. */
  MESSAGE_LATE(0.1),
  /** All between two nodes is held for a while, and then let go. */
  LINK_HELD(0),
  /** A target is never reached. */
  TARGET_REFUSES(0.1),
  /** A target's connection breaks while the request is sent, or the answer comes. */
  TARGET_BREAKS(0.1),
  /** A target never answers. */
  TARGET_SILENT(0.05),
  /** A target answers late: about when the time is up. */
  TARGET_LATE(0.1),
  /** A target says that it is to be tried again. */
  TARGET_BUSY(0.1),
  /** A handler throws, once or more often. */
  HANDLER_THROWS(0.1),
  /** A deploy does not know a continuation; the next does. */
  HANDLER_UNKNOWN(0),
  /** All nodes end at once, and nobody asks any more: what sleeps is woken, or never. */
  BLACKOUT(0);

  private final double rate;

  Fault(double rate) {
    this.rate = rate;
  }

  /** How probable it is each time that it might strike; 0 for those that come by themselves. */
  double rate() {
    return rate;
  }
}
