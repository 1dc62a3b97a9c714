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

  /**
   * Whether the owner would hold more than half of the limit with {@code more} bytes.
   *
   * @param taken bytes that it will hold besides, and has not reported yet
   */
  public synchronized boolean isTooMuch(String owner, long taken, long more) {
    var before = held.getOrDefault(owner, 0L) + taken;
    return before > 0 && before + more > account.limit() / 2;
  }

  /**
   * Whether the account has no room for {@code more} bytes of any owner.
   *
   * @param taken bytes that will be held besides, and are not reported yet
   */
  public boolean isFull(long taken, long more) {
    return taken == 0
        ? !account.fits(more)
        : more > 0 && more > account.limit() - account.held() - taken;
  }
}
