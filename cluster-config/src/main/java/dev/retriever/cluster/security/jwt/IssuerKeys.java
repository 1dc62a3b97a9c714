package dev.retriever.cluster.security.jwt;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer. They are fetched on another thread, one fetch at a time, and at most one
 * in {@link KeyAge#PAUSE}. Thread-safe.
 */
final class IssuerKeys {
  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

  /** Requests that wait for a fetch. Further ones are answered with the keys that are there. */
  private static final int MOST_WAITING = 1000;

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  private final String name;
  private final JwkSource source;
  private final Executor thread;
  private final LongSupplier nanoTime;
  private final AtomicInteger waiting = new AtomicInteger();
  private KeyAge age = KeyAge.NONE;
  private CompletableFuture<Void> running;

  /**
   * @param name of the issuer, for the log
   * @param thread runs the fetches
   */
  IssuerKeys(String name, JwkSource source, Executor thread, LongSupplier nanoTime) {
    this.name = name;
    this.source = source;
    this.thread = thread;
    this.nanoTime = nanoTime;
  }

  /** The keys, if they have been fetched and are not too old. Does not wait. */
  synchronized Optional<IssuerDocument> known() {
    return age.usable(nanoTime.getAsLong());
  }

  /** Fetches the keys if they are not fresh. To be called every few seconds. */
  void refresh() {
    fetchIf(false);
  }

  /**
   * Looks for newer keys, because those that are there do not suffice.
   *
   * @return completed when the fetch has ended, well or not; at once, if there was one just now
   */
  CompletionStage<Void> renewed() {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return DONE;
    }
    return fetchIf(true).whenComplete((done, failure) -> waiting.decrementAndGet());
  }

  private CompletionStage<Void> fetchIf(boolean wanted) {
    CompletableFuture<Void> fetch;
    synchronized (this) {
      var now = nanoTime.getAsLong();
      if (running != null) {
        return running;
      }
      if (!age.mayTry(now) || !wanted && !age.isStale(now)) {
        return DONE;
      }
      age = age.trying(now);
      fetch = new CompletableFuture<>();
      running = fetch;
    }
    thread.execute(this::fetch);
    return fetch;
  }

  private void fetch() {
    var found = document();
    CompletableFuture<Void> done;
    synchronized (this) {
      if (found.isPresent()) {
        age = age.having(found.get(), nanoTime.getAsLong());
      }
      done = running;
      running = null;
    }
    done.complete(null);
  }

  private Optional<IssuerDocument> document() {
    try {
      return Optional.of(source.fetch());
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "The keys of the issuer {} cannot be had: {}. Those that were fetched before are used for"
              + " {} at most; then its tokens are refused",
          name,
          e.toString(),
          KeyAge.LONGEST);
      return Optional.empty();
    }
  }
}
