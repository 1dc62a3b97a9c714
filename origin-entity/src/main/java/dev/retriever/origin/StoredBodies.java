package dev.retriever.origin;

import dev.retriever.executor.Body;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Request bodies of the origins of one type.
 *
 * @param rows of their journal
 */
record StoredBodies(BodyReads reads, JournalRows rows) {
  /** As {@link BodyReads#fits}. */
  boolean fits(long bytes) {
    return reads.fits(bytes);
  }

  /** As {@link BodyReads#read}. */
  CompletableFuture<Body> read(String persistenceId, StoredBody body, Duration limit) {
    return reads.read(rows, persistenceId, body, limit);
  }
}
