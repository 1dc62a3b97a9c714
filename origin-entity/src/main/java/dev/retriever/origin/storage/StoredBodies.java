package dev.retriever.origin.storage;

import dev.retriever.executor.Body;
import dev.retriever.origin.core.specs.StoredBody;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Request bodies of the origins of one type.
 *
 * @param rows of their journal
 */
public record StoredBodies(BodyReads reads, JournalRows rows) {
  /** As {@link BodyReads#fits}. */
  public boolean fits(long bytes) {
    return reads.fits(bytes);
  }

  /** As {@link BodyReads#read}. */
  public CompletableFuture<Body> read(String persistenceId, StoredBody body, Duration limit) {
    return reads.read(rows, persistenceId, body, limit);
  }
}
