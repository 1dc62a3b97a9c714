package dev.retriever.executor.memory;

/**
 * Bytes that one holder has taken from a {@link ByteAccount}. Close it on every path; closing it
 * twice has no effect. Thread-safe.
 */
public final class ByteGrant implements AutoCloseable {
  private final ByteAccount account;
  private long bytes;
  private boolean closed;

  ByteGrant(ByteAccount account, long bytes) {
    this.account = account;
    this.bytes = bytes;
  }

  /**
   * Takes more bytes, until {@code wanted} are held.
   *
   * @return false if they do not fit or the grant is closed; then nothing changes
   */
  public synchronized boolean growTo(long wanted) {
    if (closed || (wanted > bytes && !account.take(wanted - bytes))) {
      return false;
    }
    bytes = Math.max(bytes, wanted);
    return true;
  }

  /** Gives back the bytes beyond {@code wanted}. */
  public synchronized void shrinkTo(long wanted) {
    if (!closed && wanted < bytes) {
      account.give(bytes - wanted);
      bytes = wanted;
    }
  }

  /** The bytes that it holds now; 0 when it is closed. */
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      account.give(bytes);
      bytes = 0;
    }
  }
}
