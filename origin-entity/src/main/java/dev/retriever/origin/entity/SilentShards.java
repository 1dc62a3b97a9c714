package dev.retriever.origin.entity;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Fails calls to shards whose node seems to have died, before their time-outs, so that waiting
 * calls do not block the calls to other shards. While a node is unreachable, and for a while after,
 * a shard that has answered nothing for a second gets one call a second, to see whether it is back.
 *
 * <p>A shard is a number that follows from the origin's id. Thread-safe.
 */
final class SilentShards {
  /** An origin answers within milliseconds; one that must be read from the journal takes longer. */
  private static final long SILENT = Duration.ofSeconds(1).toNanos();

  /** After a node is removed, its shards need this long to start elsewhere. */
  private static final long LASTING = Duration.ofSeconds(15).toNanos();

  private final int shards;
  private final BooleanSupplier suspicion;
  private final LongSupplier nanos;
  private final Map<Integer, Shard> asked = new HashMap<>();
  private OptionalLong suspectedAt = OptionalLong.empty();

  /** A shard with a call that it has not answered. */
  private static final class Shard {
    private final Set<CompletableFuture<?>> waiting = new HashSet<>();
    private long since;
    private long asked;
  }

  /**
   * @param shards how many there are
   * @param suspicion whether a node that may hold some of them cannot be reached
   * @param nanos a clock such as {@link System#nanoTime}
   */
  SilentShards(int shards, BooleanSupplier suspicion, LongSupplier nanos) {
    this.shards = shards;
    this.suspicion = suspicion;
    this.nanos = nanos;
  }

  /**
   * Asks an origin something that it answers at once.
   *
   * @return the answer; or fails with a {@link TimeoutException} as soon as its shard counts as
   *     silent
   */
  <R> CompletionStage<R> ask(String originId, Supplier<CompletionStage<R>> ask) {
    var number = shard(originId);
    var result = new CompletableFuture<R>();
    if (!begin(number, result)) {
      return silent(originId);
    }
    ask.get()
        .whenComplete(
            (answer, failure) -> {
              ended(number, result, failure == null);
              if (failure == null) {
                result.complete(answer);
              } else {
                result.completeExceptionally(failure);
              }
            });
    return result;
  }

  /** Asks an origin something whose answer may be long in coming. */
  <R> CompletionStage<R> await(String originId, Supplier<CompletionStage<R>> ask) {
    return isSilent(shard(originId)) ? silent(originId) : ask.get();
  }

  /** Fails the calls that wait for silent shards. To be called regularly. */
  void look() {
    if (isSuspected()) {
      givenUp()
          .forEach(
              it ->
                  it.completeExceptionally(
                      new TimeoutException("the origin's node does not answer")));
    }
  }

  private synchronized Set<CompletableFuture<?>> givenUp() {
    var all = new HashSet<CompletableFuture<?>>();
    var now = nanos.getAsLong();
    for (var shard : asked.values()) {
      if (now - shard.since > SILENT) {
        all.addAll(shard.waiting);
        shard.waiting.clear();
      }
    }
    return all;
  }

  /** False when the shard must not be asked now. */
  private synchronized boolean begin(int number, CompletableFuture<?> result) {
    var now = nanos.getAsLong();
    var shard = asked.get(number);
    if (shard == null) {
      shard = new Shard();
      shard.since = now;
      asked.put(number, shard);
    } else if (isSilent(shard, now)) {
      if (now - shard.asked <= SILENT) {
        return false;
      }
    } else if (shard.waiting.isEmpty()) {
      shard.since = now; // what was not answered then says nothing of now
    }
    shard.asked = now;
    shard.waiting.add(result);
    return true;
  }

  private synchronized void ended(int number, CompletableFuture<?> result, boolean answered) {
    var shard = asked.get(number);
    if (shard == null) {
      return;
    }
    shard.waiting.remove(result);
    if (answered) {
      if (shard.waiting.isEmpty()) {
        asked.remove(number);
      }
      shard.since = nanos.getAsLong();
    }
  }

  private synchronized boolean isSilent(int number) {
    var shard = asked.get(number);
    return shard != null && isSilent(shard, nanos.getAsLong());
  }

  private boolean isSilent(Shard shard, long now) {
    return now - shard.since > SILENT && isSuspected();
  }

  private synchronized boolean isSuspected() {
    var now = nanos.getAsLong();
    if (suspicion.getAsBoolean()) {
      suspectedAt = OptionalLong.of(now);
    }
    return suspectedAt.isPresent() && now - suspectedAt.getAsLong() <= LASTING;
  }

  private int shard(String originId) {
    return Math.abs(originId.hashCode() % shards);
  }

  private static <R> CompletionStage<R> silent(String originId) {
    return CompletableFuture.failedFuture(
        new TimeoutException("the node of " + originId + " does not answer: ask again"));
  }
}
