package dev.retriever.executor.memory;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts the bytes that each owner holds of a {@link ByteAccount}. One owner may hold half of the
 * limit. Owners report their total, not the change. Thread-safe.
 */
public final class ByteOwners {
  private final ByteAccount account;
  private final Map<String, Long> held = new HashMap<>();

  ByteOwners(ByteAccount account) {
    this.account = account;
  }

  /**
   * Sets the bytes that the owner holds, even beyond the limit.
   *
   * @param bytes 0 when the owner is gone
   */
  public synchronized void holds(String owner, long bytes) {
    var before = bytes == 0 ? held.remove(owner) : held.put(owner, bytes);
    var change = bytes - (before == null ? 0 : before);
    if (change > 0) {
      account.add(change);
    } else {
      account.give(-change);
    }
  }

  /** Whether the owner would hold more than half of the limit with {@code more} bytes. */
  public synchronized boolean isTooMuch(String owner, long more) {
    var before = held.getOrDefault(owner, 0L);
    return before > 0 && before + more > account.limit() / 2;
  }

  /** Whether the account has no room for {@code more} bytes of any owner. */
  public boolean isFull(long more) {
    return !account.fits(more);
  }
}
