package dev.retriever.origin.core;

import dev.retriever.origin.Next;
import dev.retriever.origin.core.Decision.Effect;
import java.time.Instant;
import java.util.List;

/**
 * The result of one input, handlers included.
 *
 * @param at the time of the input, for its rows and handlers
 * @param rows to be journaled in one atomic write: events of the origin, and of its users
 * @param effects to be carried out once they are durable, in order
 * @param replies to be sent after that
 * @param before the state before the rows
 * @param after the state after the rows
 */
public record Turn<S>(
    Instant at,
    List<Object> rows,
    List<Effect> effects,
    List<Next.Reply<S, ?>> replies,
    FullState<S> before,
    FullState<S> after) {}
