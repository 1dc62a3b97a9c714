package dev.retriever.executor.pool;

/**
 * The room that this node may assume in a pool of another node: the room last reported, less what
 * this node has sent since. Not thread-safe.
 */
final class RoomThere {
  private int told;
  private long seen;
  private long sent;
  private int reserved;

  boolean reserve() {
    if (free() <= 0) {
      return false;
    }
    reserved++;
    return true;
  }

  void release() {
    reserved--;
  }

  /** Turns a reservation into a dispatch, and returns its number; the first is 1. */
  long send() {
    reserved--;
    return ++sent;
  }

  /** The number of dispatches so far. */
  long sent() {
    return sent;
  }

  /**
   * The pool has reported its room for this node, after it saw the dispatch of that number.
   *
   * @return the room that is left now
   */
  int told(int room, long asOf) {
    told = room;
    seen = asOf;
    return free();
  }

  private int free() {
    return (int) Math.max(0, told - (sent - seen) - reserved);
  }
}
