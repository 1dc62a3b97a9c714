package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.QueueView.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of a queue at one moment. Immutable. See {@link QueueView} for each.
 *
 * @param readySince since when the fetch that has been ready for longest may start; empty when none
 *     may start now
 * @param running attempts with a grant that have begun, and those that linger
 * @param unanswered grants whose origins have not said yet what became of them
 * @param limited for how long each limit was the binding one since this incarnation began
 * @param waitSeconds how long the oldest fetch of a line had waited when the line got a grant,
 *     counted from its first acceptance, over the last two to four minutes
 */
public record QueueFigures(
    QueueView.Waiting waiting,
    Optional<Instant> readySince,
    int running,
    int lingering,
    int unanswered,
    QueueView.Most most,
    Map<Limit, Double> limitedBy,
    Map<Limit, Duration> limited,
    QueueView.Rates rates,
    Optional<Duration> drainsIn,
    QueueView.BreakerView breaker,
    QueueView.Quantiles waitSeconds,
    QueueView.Grants grants) {}
