package dev.retriever.executor.memory;

import java.util.HashMap;
import java.util.Map;

/**
 * Who holds how much of a {@link ByteAccount}, where one owner may have half of its limit. Owners
 * say how much they hold, not how much more. Thread-safe.
 */
public final class ByteOwners {
  private final ByteAccount account;
  private final Map<String, Long> held = new HashMap<>();

  ByteOwners(ByteAccount account) {
    this.account = account;
  }

  /**
   * The owner holds so many bytes from now on, whether they fit or not.
   *
   * @param bytes 0 when it is gone
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

  /** Whether the owner would have more than half of the limit with so many bytes more. */
  public synchronized boolean isTooMuch(String owner, long more) {
    var before = held.getOrDefault(owner, 0L);
    return before > 0 && before + more > account.limit() / 2;
  }

  /** Whether the account has no room for so many bytes, whoever holds them. */
  public boolean isFull(long more) {
    return !account.fits(more);
  }
}
