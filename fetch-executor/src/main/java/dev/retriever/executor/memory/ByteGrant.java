package dev.retriever.executor.memory;

/**
 * Bytes that one holder has of a {@link ByteAccount}. To be closed on every way out; a second time
 * changes nothing. Thread-safe.
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
   * Takes more, until so many bytes are held.
   *
   * @return false when they do not fit, or it is closed; then nothing changes
   */
  public synchronized boolean growTo(long wanted) {
    if (closed || (wanted > bytes && !account.take(wanted - bytes))) {
      return false;
    }
    bytes = Math.max(bytes, wanted);
    return true;
  }

  /** Gives back what is beyond so many bytes. */
  public synchronized void shrinkTo(long wanted) {
    if (!closed && wanted < bytes) {
      account.give(bytes - wanted);
      bytes = wanted;
    }
  }

  /** What it holds now; 0 when it is closed. */
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
