package dev.retriever.loadtest.ledger;

/** Counts the requests that the target has not answered yet. Thread-safe. */
public final class Underway {
  private int now;
  private int most;

  public synchronized void begin() {
    most = Math.max(most, ++now);
  }

  public synchronized void end() {
    now--;
  }

  public synchronized int now() {
    return now;
  }

  /** The most at once since the last call of this method. */
  public synchronized int most() {
    var was = most;
    most = now;
    return was;
  }
}
