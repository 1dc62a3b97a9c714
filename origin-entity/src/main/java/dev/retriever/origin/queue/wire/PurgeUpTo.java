package dev.retriever.origin.queue.wire;

import java.time.Instant;
import java.util.Optional;

/**
 * Fetches of this queue are to be cancelled that provably were not sent. Answered by a Told with
 * the mark.
 *
 * @param mark the number of the purge
 * @param before only fetches accepted before then
 * @param key only fetches of that key
 * @param row only fetches accepted in that row of the origin's journal, or before it
 */
public record PurgeUpTo(String queue, long mark, Instant before, Optional<String> key, long row)
    implements OriginMessage {}
