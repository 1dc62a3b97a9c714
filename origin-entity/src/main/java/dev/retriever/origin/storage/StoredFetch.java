package dev.retriever.origin.storage;

import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchView.Erased;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A fetch whose settlement and late reports are read from the journal. Component names are the wire
 * format between nodes.
 *
 * @param row of its {@code FetchSettled}; empty while it is pending
 * @param pending its view while it is pending
 * @param erased whether what it sent and got is erased
 */
public record StoredFetch(
    String fetchId,
    Instant acceptedAt,
    Optional<Long> row,
    List<Long> lateRows,
    Optional<FetchView> pending,
    Erased erased) {
  /** Accepts messages of versions without erasure. */
  public StoredFetch {
    erased = erased == null ? Erased.NO : erased;
  }
}
