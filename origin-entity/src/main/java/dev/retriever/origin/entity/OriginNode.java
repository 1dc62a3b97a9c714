package dev.retriever.origin.entity;

import dev.retriever.alarms.ClockReading;
import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.erasure.RowEraser;
import dev.retriever.origin.meter.OriginMeter;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.span.Traces;
import dev.retriever.origin.storage.Snapshots;
import dev.retriever.origin.storage.StoredBodies;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What the origins of one type on one node share.
 *
 * @param clock the clock of due times
 * @param nanos the monotonic clock of timers
 * @param random gives numbers evenly from [0, 1)
 * @param address sends a message to the origin of that id, wherever it lives by then
 * @param bringBack loads the origin of that id elsewhere, and repeats that until it answers
 * @param bodies reads request bodies that are only in the journal
 * @param queues that fetches may wait in
 * @param endpoints that may be told outcomes
 * @param eraser overwrites rows of their journal
 * @param woken whether an alarm clock wakes passivated origins with pending work; else they stay in
 *     memory
 * @param indexed whether rows are tagged with what follows for the index
 * @param log the invocation log, if there is one
 * @param traces what the node does about them
 * @param meter hears what was journaled
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
    Consumer<String> bringBack,
    StoredBodies bodies,
    Queues queues,
    Endpoints endpoints,
    RowEraser eraser,
    boolean woken,
    boolean indexed,
    Optional<InvocationLog> log,
    Traces traces,
    OriginMeter meter) {
  ClockReading reading() {
    return ClockReading.of(clock, nanos);
  }
}
