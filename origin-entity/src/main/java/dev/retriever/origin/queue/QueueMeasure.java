package dev.retriever.origin.queue;

import dev.retriever.origin.queue.QueueView.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A queue as its own node measures it. Immutable.
 *
 * @param queue as others see it
 * @param incarnation a number that no other incarnation of that queue has whose counts differ
 * @param limited for how long each limit was the binding one since this incarnation began; only
 *     those that ever were
 * @param readySince since when the fetch that has been ready for longest may start; retries count
 *     from the end of their back-off; empty when none may start now
 * @param breakerSince since when the breaker has not been closed; empty while it is
 */
public record QueueMeasure(
    QueueView queue,
    long incarnation,
    Map<Limit, Duration> limited,
    Optional<Instant> readySince,
    Optional<Instant> breakerSince) {}
