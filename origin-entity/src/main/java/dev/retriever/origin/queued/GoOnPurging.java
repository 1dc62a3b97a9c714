package dev.retriever.origin.queued;

import dev.retriever.origin.queue.wire.PurgeUpTo;

/**
 * To an origin, from itself: a part of a purge is done.
 *
 * @param after the order of the fetch after which to go on
 */
public record GoOnPurging(PurgeUpTo what, long after) {}
