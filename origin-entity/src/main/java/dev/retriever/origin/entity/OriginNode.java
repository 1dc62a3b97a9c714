package dev.retriever.origin.entity;

import dev.retriever.alarms.ClockReading;
import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.storage.Snapshots;
import dev.retriever.origin.storage.StoredBodies;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What the origins of one type on one node share.
 *
 * @param clock the one that due times come from
 * @param nanos the monotonic one that timers count by
 * @param random gives numbers evenly from [0, 1)
 * @param address sends a message to the origin of that id, wherever it lives by then
 * @param bodies of requests that these do not hold
 * @param woken whether somebody wakes origins that sleep with work pending; else they stay
 * @param log where they write what they handle, if anywhere
 */
public record OriginNode<S>(
    Machine<?, ?, S> machine,
    OriginSettings settings,
    Snapshots snapshots,
    ExecutorPools pools,
    Clock clock,
    LongSupplier nanos,
    DoubleSupplier random,
    OriginCounters counters,
    Residents residents,
    UnknownReports unknownReports,
    BiConsumer<String, OriginCommand> address,
    StoredBodies bodies,
    boolean woken,
    Optional<InvocationLog> log) {
  ClockReading reading() {
    return ClockReading.of(clock, nanos);
  }
}
