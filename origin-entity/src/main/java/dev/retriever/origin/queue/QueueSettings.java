package dev.retriever.origin.queue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The limits of a queue, and the order in which it lets fetches go. Immutable. All bounds are
 * inclusive.
 *
 * @param concurrency attempts that may be open at once in the whole cluster, 1 to {@link
 *     #MOST_CONCURRENCY}; empty for no limit
 * @param rate attempts that may begin in a time; empty for no limit
 * @param perKey the same for each key
 * @param order in which fetches go
 * @param weights of tenants and keys in a fair queue
 * @param waiting fetches that may wait
 * @param retryAfter what a target's wish to wait holds
 * @param breaker stops the queue while its target fails; empty for none
 * @param lost what becomes of the slot of an attempt that was given up
 */
public record QueueSettings(
    Optional<Integer> concurrency,
    Optional<Rate> rate,
    PerKey perKey,
    Order order,
    Weights weights,
    MostWaiting waiting,
    RetryAfterRule retryAfter,
    Optional<Breaker> breaker,
    Lost lost) {
  /** The largest concurrency. */
  public static final int MOST_CONCURRENCY = 100_000;

  /** The settings of a queue that is made without any. */
  public static final QueueSettings DEFAULT =
      new QueueSettings(
          Optional.of(100),
          Optional.empty(),
          new PerKey(Optional.empty(), Optional.empty()),
          Order.FAIR,
          new Weights(Map.of(), Map.of()),
          new MostWaiting(1_000_000, 100_000),
          new RetryAfterRule(RetryAfterScope.QUEUE, Duration.ofHours(1)),
          Optional.empty(),
          Lost.HOLD);

  /**
   * A rate of starts.
   *
   * @param limit starts in {@code per}, 1 to 1,000,000; and not more than one in a microsecond
   * @param per 1 ms to 1 day
   * @param burst starts that may follow each other at once, 1 to 1,000,000
   */
  public record Rate(int limit, Duration per, int burst) {}

  /** Limits of each key. Approximate for one move of the queue to another node. */
  public record PerKey(Optional<Integer> concurrency, Optional<Rate> rate) {}

  /** In which order fetches go. */
  public enum Order {
    /** Tenants take turns by their weights, and their keys do; of a key, the oldest goes first. */
    FAIR,
    /** As fair; of a key, one fetch at a time, and the next only after it has settled. */
    STRICT
  }

  /**
   * Shares of a fair queue, in hundredths: 1 to 10,000. 100 for those that are not named. At most
   * 1,000 of each.
   */
  public record Weights(Map<String, Integer> tenants, Map<String, Integer> keys) {
    /** The weight of a tenant or key that is not named. */
    public static final int USUAL = 100;
  }

  /**
   * Fetches that may wait; those beyond are refused. Approximate by those that are under way.
   *
   * @param max 1 to 10,000,000
   * @param maxPerKey 1 to 10,000,000
   */
  public record MostWaiting(int max, int maxPerKey) {}

  /**
   * What happens when a target answers 429 or 503 and says when to come again.
   *
   * @param max the longest hold, 1 s to 1 day
   */
  public record RetryAfterRule(RetryAfterScope scope, Duration max) {}

  /** What is held until the time that a target names. */
  public enum RetryAfterScope {
    QUEUE,
    KEY,
    /** Only the fetch, as without a queue. */
    FETCH
  }

  /**
   * Stops the queue while its target fails. What waits goes on waiting.
   *
   * @param permille of ends that are bad, 1 to 1,000
   * @param least ends in the window before it judges, 1 to 10,000
   * @param window 1 s to 1 h
   * @param openMin how long it stays open at first, 1 s to 1 h; doubled each time a probe fails
   * @param openMax the longest it stays open, at least {@code openMin}, to 1 day
   * @param counts which ends are bad
   */
  public record Breaker(
      int permille,
      int least,
      Duration window,
      Duration openMin,
      Duration openMax,
      Set<Bad> counts) {
    /** The breaker of a queue that asks for one without settings. */
    public static final Breaker DEFAULT =
        new Breaker(
            500,
            20,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Set.of(Bad.FAILED, Bad.UNKNOWN, Bad.STATUS_5XX));
  }

  /** An end that speaks against the target. */
  public enum Bad {
    FAILED,
    UNKNOWN,
    STATUS_5XX,
    STATUS_429
  }

  /** What becomes of the slot of an attempt that was lost with its executor. */
  public enum Lost {
    /** It stays taken until the attempt can no longer run. */
    HOLD,
    /** It is free at once: then more than the limit may run after a crash. */
    FREE
  }
}
