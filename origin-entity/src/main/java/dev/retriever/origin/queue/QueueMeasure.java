package dev.retriever.origin.queue;

import dev.retriever.origin.queue.QueueView.Limit;
import java.time.Duration;
import java.util.Map;

/**
 * A queue as its own node measures it. Immutable.
 *
 * @param queue as others see it
 * @param limited for how long each limit was the binding one since this incarnation began; only
 *     those that ever were
 */
public record QueueMeasure(QueueView queue, Map<Limit, Duration> limited) {}
