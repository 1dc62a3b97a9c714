package dev.retriever.origin.core.specs;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import java.util.Optional;

/**
 * A request body that only the journal holds, in the row of its {@link OriginEvent.FetchAccepted}.
 * Component names are the on-disk format of snapshots.
 *
 * @param row of the journal
 * @param size in bytes
 * @param fingerprint of the spec with this body
 */
public record StoredBody(long row, int size, String fingerprint) {
  /** The state holds bodies of up to this many bytes, inclusive. */
  public static final int MOST_IN_MEMORY = 16 * 1024;

  /** Empty when the state holds the body, or there is none. */
  public static Optional<StoredBody> of(FetchSpec spec, long row) {
    return spec.request()
        .body()
        .filter(body -> body.size() > MOST_IN_MEMORY)
        .map(body -> new StoredBody(row, body.size(), Fingerprint.ofMeaning(spec)));
  }

  /** The spec without its body. */
  public static FetchSpec without(FetchSpec spec) {
    var request = spec.request();
    return spec.request(
        new FetchRequest(
            request.method(),
            request.url(),
            request.headers(),
            Optional.empty(),
            request.idempotencyKey()));
  }
}
