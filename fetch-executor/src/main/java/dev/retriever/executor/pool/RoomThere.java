package dev.retriever.executor.pool;

/**
 * How much room this node may take for granted in a pool of another one: what it was told, less
 * what it has sent since. Not thread-safe.
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

  /** What was reserved is on its way. Gives its number, from 1. */
  long send() {
    reserved--;
    return ++sent;
  }

  /** So many are on their way, or have come. */
  long sent() {
    return sent;
  }

  /**
   * The pool has so much room for us, as of the dispatch of that number.
   *
   * @return what can be had of it now
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
