package dev.retriever.executor;

import java.util.Optional;

/**
 * What came of the wish for a permit in one of several pools. Immutable.
 *
 * @param pool the id of the pool that has it; empty without room
 */
public record Reservation(Room room, Optional<String> pool) {
  private static final Reservation NONE = new Reservation(Room.POOL_FULL, Optional.empty());

  /**
   * What that pool said.
   *
   * @param pool its id
   */
  public static Reservation of(Room room, String pool) {
    return new Reservation(room, room == Room.RESERVED ? Optional.of(pool) : Optional.empty());
  }

  /** There is none, and no target is to blame. */
  public static Reservation none() {
    return NONE;
  }
}
