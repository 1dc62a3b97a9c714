package dev.retriever.origin.meter;

import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.schedules.TickNote;
import java.time.Duration;
import java.util.Optional;

/**
 * Hears what origins of one node have done, once it is journaled. Each method has a default that
 * does nothing. Implementations are thread-safe, return at once, and never throw.
 */
public interface OriginMeter {
  /** Hears nothing. */
  OriginMeter NONE = new OriginMeter() {};

  /** How the attempts of a fetch are dispatched. */
  enum Way {
    /** Through a pool of executors. */
    POOL,
    /** By the origin's own node, without a pool. */
    DIRECT,
    /** Through a queue, and then a pool. */
    QUEUE
  }

  /** A fetch of an origin of that type was accepted. */
  default void accepted(String originType, Way way) {}

  /**
   * An attempt without a queue has begun.
   *
   * @param waited since it was due, not negative
   */
  default void began(Duration waited) {}

  /**
   * A fetch has its outcome.
   *
   * @param took since its acceptance, not negative
   * @param trace where its spans are or, at a node that makes none, that of its submission, if that
   *     had one
   */
  default void settled(
      String originType, Outcome outcome, Duration took, Optional<TraceContext> trace) {}

  /** How a callback ended. */
  enum CallbackEnd {
    /** Its endpoint has taken it. */
    TAKEN,
    /** It is given up: its endpoint has not taken it in time, or is not there any more. */
    DEAD,
    /** Somebody has cancelled it. */
    CANCELLED
  }

  /** A callback has its outcome. */
  default void called(CallbackEnd end) {}

  /** A schedule has decided so many ticks. */
  default void ticked(TickNote.Result result, long count) {}

  /**
   * An origin handles what is due.
   *
   * @param late since the earliest of it was due, not negative
   */
  default void fired(Duration late) {}

  /** An origin of that type was loaded into memory. */
  default void recovered(String originType) {}
}
