package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.kills.FirstGrant.Look;
import dev.retriever.loadtest.load.Api;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks a queue for its figures ten times a second, also while it does not answer, since the nodes
 * keep questions until it is back. Thread-safe.
 */
final class GrantWatch implements AutoCloseable {
  private static final int EVERY_MS = 100;
  private static final int OPEN_MAX = 64;

  /** Of one strike. */
  private static final int LOOKS_MAX = 10_000;

  private final Api api;
  private final Supplier<Optional<URI>> node;
  private final String queue;
  private final int slots;
  private final Semaphore open = new Semaphore(OPEN_MAX);
  private final Thread thread;
  private final List<FirstGrant> found = new ArrayList<>();
  private final List<Look> looks = new ArrayList<>();
  private Optional<Look> last = Optional.empty();
  private Optional<Look> before = Optional.empty();
  private Optional<Instant> struck = Optional.empty();
  private volatile boolean over;

  /**
   * @param node the management address of a node that runs; empty when there is none
   */
  GrantWatch(Api api, Supplier<Optional<URI>> node, String queue, int slots) {
    this.api = api;
    this.node = node;
    this.queue = queue;
    this.slots = slots;
    thread = new Thread(this::watch, "grant-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try {
      while (!over) {
        node.get().ifPresent(this::ask);
        TimeUnit.MILLISECONDS.sleep(EVERY_MS);
      }
    } catch (InterruptedException e) {
      // Interrupted by close.
    }
  }

  private void ask(URI management) {
    if (!open.tryAcquire()) {
      return;
    }
    var asked = Instant.now();
    api.queue(management, queue)
        .thenAccept(view -> seen(asked, Look.of(Instant.now(), view)))
        .whenComplete((done, failure) -> open.release());
  }

  private synchronized void seen(Instant asked, Look look) {
    last = Optional.of(look);
    if (struck.filter(at -> !asked.isBefore(at)).isPresent() && looks.size() < LOOKS_MAX) {
      looks.add(look);
    }
  }

  /** A strike is done: only what is asked from now on tells about the time after it. */
  synchronized void struck() {
    end();
    before = last;
    struck = Optional.of(Instant.now());
  }

  private void end() {
    struck.ifPresent(at -> found.add(FirstGrant.of(at, before, looks, slots)));
    looks.clear();
  }

  /** What followed each strike. Call it once, at the end. */
  synchronized List<FirstGrant> found() {
    end();
    struck = Optional.empty();
    return List.copyOf(found);
  }

  @Override
  public void close() {
    over = true;
    thread.interrupt();
  }
}
