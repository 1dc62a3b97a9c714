package dev.retriever.cluster.memory;

import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.origin.FetchView;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The share of one reader in {@link OutcomeMemory}. When the reader has gone, all of it is
 * released, and so is memory that is granted later. Thread-safe.
 */
public final class ReaderMemory {
  private final OutcomeMemory memory;
  private final Set<ByteGrant> held = new HashSet<>();
  private Optional<ByteGrant> page = Optional.empty();
  private Map<Long, FetchView> atHand = Map.of();
  private Optional<CompletableFuture<ByteGrant>> waiting = Optional.empty();
  private boolean gone;

  public ReaderMemory(OutcomeMemory memory) {
    this.memory = memory;
  }

  /** Takes this many bytes, if there is room at once. */
  public Optional<ByteGrant> now(long bytes) {
    return memory.now(bytes).map(this::keep);
  }

  /**
   * Takes this many bytes when there is room. A reader waits for one thing at a time. It releases
   * what it keeps meanwhile: waiting readers must not hold memory that others wait for.
   */
  public CompletionStage<ByteGrant> later(long bytes) {
    letGo();
    var mine = memory.later(bytes);
    synchronized (this) {
      waiting = Optional.of(mine);
    }
    if (isGone()) {
      mine.cancel(false);
    }
    return mine.thenApply(this::keep);
  }

  /**
   * Keeps fetches, by the rows of their outcomes, in place of earlier ones. Keeps none if there is
   * no room for this many bytes.
   */
  public void atHand(Map<Long, FetchView> fetches, long bytes) {
    letGo();
    if (fetches.isEmpty()) {
      return;
    }
    var grant = now(bytes);
    synchronized (this) {
      page = grant;
      atHand = grant.isPresent() && !gone ? fetches : Map.of();
    }
  }

  /** The fetch that settled with that row, unless it was released. */
  public synchronized Optional<FetchView> atHand(long row) {
    return Optional.ofNullable(atHand.get(row));
  }

  private void letGo() {
    Optional<ByteGrant> before;
    synchronized (this) {
      before = page;
      page = Optional.empty();
      atHand = Map.of();
    }
    before.ifPresent(this::over);
  }

  /** Owns that grant from now on. */
  public ByteGrant keep(ByteGrant grant) {
    boolean late;
    synchronized (this) {
      late = gone;
      if (!late) {
        held.add(grant);
      }
    }
    if (late) {
      grant.close();
    }
    return grant;
  }

  /** Hands the grant to another reader, which may have gone. */
  public void handOn(ByteGrant grant, ReaderMemory other) {
    synchronized (this) {
      held.remove(grant);
    }
    other.keep(grant);
  }

  /** It has been sent. */
  void over(ByteGrant grant) {
    synchronized (this) {
      held.remove(grant);
    }
    grant.close();
  }

  /** The reader has gone. */
  public void end() {
    Set<ByteGrant> all;
    Optional<CompletableFuture<ByteGrant>> asked;
    synchronized (this) {
      gone = true;
      all = Set.copyOf(held);
      held.clear();
      atHand = Map.of();
      asked = waiting;
    }
    all.forEach(ByteGrant::close);
    asked.ifPresent(it -> it.cancel(false));
  }

  private synchronized boolean isGone() {
    return gone;
  }

  /** Whether a reader waits for memory that others hold. */
  boolean isInTheWay() {
    return memory.isWaitedFor();
  }
}
