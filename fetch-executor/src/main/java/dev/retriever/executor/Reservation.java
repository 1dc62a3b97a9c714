package dev.retriever.executor;

import java.util.Optional;

/**
 * The answer of several pools to a request for a permit. Immutable.
 *
 * @param pool the id of the pool that gave the permit; empty if none did
 */
public record Reservation(Room room, Optional<String> pool) {
  private static final Reservation NONE = new Reservation(Room.POOL_FULL, Optional.empty());

  /**
   * The answer of one pool.
   *
   * @param pool the id of the pool
   */
  public static Reservation of(Room room, String pool) {
    return new Reservation(room, room == Room.RESERVED ? Optional.of(pool) : Optional.empty());
  }

  /** No pool had a permit for any target. */
  public static Reservation none() {
    return NONE;
  }
}
