package dev.retriever.origin.queue;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
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

  private static final Duration DAY = Duration.ofDays(1);

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
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings {
    Ranges.given("/concurrency", concurrency)
        .ifPresent(it -> Ranges.number("/concurrency", it, 1, MOST_CONCURRENCY));
    Ranges.given("/rate", rate);
    Ranges.given("/perKey", perKey);
    Ranges.given("/order", order);
    Ranges.given("/weights", weights);
    Ranges.given("/waiting", waiting);
    Ranges.given("/retryAfter", retryAfter);
    Ranges.given("/breaker", breaker);
    Ranges.given("/lost", lost);
  }

  /**
   * With that many attempts at once, instead.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings concurrency(int most) {
    return new QueueSettings(
        Optional.of(most), rate, perKey, order, weights, waiting, retryAfter, breaker, lost);
  }

  /**
   * Without a limit of attempts at once.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings unlimited() {
    return new QueueSettings(
        Optional.empty(), rate, perKey, order, weights, waiting, retryAfter, breaker, lost);
  }

  /**
   * With that rate of starts.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings rate(Rate most) {
    return new QueueSettings(
        concurrency, Optional.of(most), perKey, order, weights, waiting, retryAfter, breaker, lost);
  }

  /**
   * With those limits of each key.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings perKey(PerKey limits) {
    return new QueueSettings(
        concurrency, rate, limits, order, weights, waiting, retryAfter, breaker, lost);
  }

  /**
   * In that order.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings order(Order next) {
    return new QueueSettings(
        concurrency, rate, perKey, next, weights, waiting, retryAfter, breaker, lost);
  }

  /**
   * With those weights.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings weights(Weights shares) {
    return new QueueSettings(
        concurrency, rate, perKey, order, shares, waiting, retryAfter, breaker, lost);
  }

  /**
   * With so many that may wait.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings waiting(MostWaiting most) {
    return new QueueSettings(
        concurrency, rate, perKey, order, weights, most, retryAfter, breaker, lost);
  }

  /**
   * With that rule for targets that ask to wait.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings retryAfter(RetryAfterRule rule) {
    return new QueueSettings(
        concurrency, rate, perKey, order, weights, waiting, rule, breaker, lost);
  }

  /**
   * With that breaker.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings breaker(Breaker rule) {
    return new QueueSettings(
        concurrency, rate, perKey, order, weights, waiting, retryAfter, Optional.of(rule), lost);
  }

  /**
   * With that for slots of attempts that were lost.
   *
   * @throws InvalidQueue naming the setting and its range
   */
  public QueueSettings lost(Lost rule) {
    return new QueueSettings(
        concurrency, rate, perKey, order, weights, waiting, retryAfter, breaker, rule);
  }

  /**
   * A rate of starts.
   *
   * @param limit starts in {@code per}, 1 to 1,000,000; and not more than one in a microsecond
   * @param per 1 ms to 1 day
   * @param burst starts that may follow each other at once, 1 to 1,000,000
   */
  public record Rate(int limit, Duration per, int burst) {
    private static final int MOST = 1_000_000;

    /**
     * @throws InvalidQueue naming the setting and its range; the rate of each key is {@link
     *     InvalidQueue#under under} {@code /perKey}
     */
    public Rate {
      Ranges.number("/rate/limit", limit, 1, MOST);
      Ranges.time("/rate/per", per, Duration.ofMillis(1), DAY, "1 ms to 1 day");
      Ranges.number("/rate/burst", burst, 1, MOST);
      if (per.toNanos() / 1_000 < limit) {
        throw new InvalidQueue(
            "/rate/limit", "must be at most one in a microsecond, and is " + limit + " in " + per);
      }
    }
  }

  /** Limits of each key. Approximate for one move of the queue to another node. */
  public record PerKey(Optional<Integer> concurrency, Optional<Rate> rate) {
    /**
     * @throws InvalidQueue naming the setting and its range
     */
    public PerKey {
      Ranges.given("/perKey/concurrency", concurrency)
          .ifPresent(it -> Ranges.number("/perKey/concurrency", it, 1, MOST_CONCURRENCY));
      Ranges.given("/perKey/rate", rate);
    }
  }

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

    /**
     * @throws InvalidQueue naming the setting and its range
     */
    public Weights {
      tenants = Ranges.weights("/weights/tenants", tenants);
      keys = Ranges.weights("/weights/keys", keys);
    }
  }

  /**
   * Fetches that may wait; those beyond are refused. Approximate by those that are under way.
   *
   * @param max 1 to 10,000,000
   * @param maxPerKey 1 to 10,000,000
   */
  public record MostWaiting(int max, int maxPerKey) {
    private static final int MOST = 10_000_000;

    /**
     * @throws InvalidQueue naming the setting and its range
     */
    public MostWaiting {
      Ranges.number("/waiting/max", max, 1, MOST);
      Ranges.number("/waiting/maxPerKey", maxPerKey, 1, MOST);
    }
  }

  /**
   * What happens when a target answers 429 or 503 and says when to come again.
   *
   * @param max the longest hold, 1 s to 1 day
   */
  public record RetryAfterRule(RetryAfterScope scope, Duration max) {
    /**
     * @throws InvalidQueue naming the setting and its range
     */
    public RetryAfterRule {
      Ranges.given("/retryAfter/scope", scope);
      Ranges.time("/retryAfter/max", max, Duration.ofSeconds(1), DAY, "1 s to 1 day");
    }
  }

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

    /**
     * @throws InvalidQueue naming the setting and its range
     */
    public Breaker {
      var second = Duration.ofSeconds(1);
      var hour = Duration.ofHours(1);
      if (permille < 1 || permille > 1_000) {
        throw new InvalidQueue(
            "/breaker/ratio", "must be 0.001 to 1, and is " + permille / 1_000.0);
      }
      Ranges.number("/breaker/least", least, 1, 10_000);
      Ranges.time("/breaker/window", window, second, hour, "1 s to 1 h");
      Ranges.time("/breaker/openMin", openMin, second, hour, "1 s to 1 h");
      Ranges.time("/breaker/openMax", openMax, openMin, DAY, "at least openMin, to 1 day");
      if (Ranges.given("/breaker/counts", counts).isEmpty()) {
        throw new InvalidQueue("/breaker/counts", "must name at least one kind of end");
      }
      counts = Collections.unmodifiableSet(EnumSet.copyOf(counts));
    }
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
