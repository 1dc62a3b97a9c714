package dev.retriever.loadtest;

/** Knows when the program is told to end, so that nothing more begins. Closing forgets it. */
final class Ending implements AutoCloseable {
  private final Thread hook = new Thread(() -> begun = true, "ending");
  private volatile boolean begun;

  Ending() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  boolean hasBegun() {
    return begun;
  }

  @Override
  public void close() {
    if (!begun) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException alreadyEnding) {
        // The hook runs as well, and only sets a flag.
      }
    }
  }
}
