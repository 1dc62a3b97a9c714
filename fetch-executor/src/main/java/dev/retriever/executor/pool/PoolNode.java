package dev.retriever.executor.pool;

import dev.retriever.executor.SteadyClock;
import dev.retriever.executor.Transport;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What the pools of one node share.
 *
 * @param targets the room of targets
 * @param clock the wall clock, for times from other nodes
 * @param steady a monotonic clock, for waits on this node
 * @param nanos the monotonic clock of the transport, for timelines and reservations
 */
record PoolNode(
    ActorSystem<?> system,
    TargetRoom targets,
    Transport transport,
    Reports reports,
    Clock clock,
    Clock steady,
    LongSupplier nanos) {
  PoolNode(
      ActorSystem<?> system,
      TargetRoom targets,
      Transport transport,
      Reports reports,
      Clock clock,
      LongSupplier nanos) {
    this(system, targets, transport, reports, clock, new SteadyClock(clock, nanos), nanos);
  }

  PoolNode with(Transport other) {
    return new PoolNode(system, targets, other, reports, clock, steady, nanos);
  }
}
