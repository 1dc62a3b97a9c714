package dev.retriever.origin.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A queue at one moment. Immutable.
 *
 * @param version of its settings, for conditional changes
 * @param template that its settings come from
 * @param state what stops it, the first of these that applies; {@code RUNNING} if nothing does
 * @param until when that ends by itself
 * @param because the reason of a pause, or the fetch whose answer asked to wait
 * @param effective whether no attempt can begin any more that a pause, hold or lower limit forbids
 * @param running attempts with a slot
 * @param lingering of these, attempts that were given up and may still run
 * @param most the most at once since this incarnation began
 * @param limitedBy the share of the last minute in which each limit was the binding one
 * @param drainsIn how long what waits takes at the present rate; empty when nothing has ended
 *     lately
 * @param moves incarnations before this one
 */
public record QueueView(
    String name,
    long version,
    Optional<String> template,
    QueueSettings settings,
    State state,
    Optional<Instant> until,
    Optional<String> because,
    boolean effective,
    Waiting waiting,
    int running,
    int lingering,
    Most most,
    Map<Limit, Double> limitedBy,
    Rates rates,
    Optional<Duration> drainsIn,
    BreakerView breaker,
    Quantiles waitSeconds,
    Grants grants,
    Optional<PurgeView> purge,
    long moves) {
  /** What a queue does. */
  public enum State {
    RUNNING,
    PAUSED,
    DRAINING,
    HELD,
    BREAKER_OPEN
  }

  /** What bounds a queue; the order is that in which it asks. */
  public enum Limit {
    /** The database is away. */
    DATABASE,
    PAUSED,
    HELD,
    BREAKER,
    CONCURRENCY,
    RATE,
    KEY,
    /** All that waits is to start later. */
    NOT_READY,
    /** No executor has room. */
    NO_ROOM,
    /** Origins have grants that they have not used yet. */
    ORIGIN,
    /** Nothing waits. */
    IDLE
  }

  /** What waits. Exact as of what origins have told. */
  public record Waiting(long fetches, long origins, long keys, Optional<Instant> oldest) {}

  /**
   * The most at once, each at its own moment.
   *
   * @param waiting fetches
   * @param running attempts with a slot
   */
  public record Most(long waiting, int running) {}

  /** In a second, over the last minute. */
  public record Rates(double granted, double ended) {}

  /** The breaker. */
  public record BreakerView(String state, Optional<Double> ratio, Optional<Instant> until) {}

  /** How long fetches waited whose attempts began in the last minutes. */
  public record Quantiles(Optional<Double> p50, Optional<Double> p99) {}

  /** Grants since this incarnation began. */
  public record Grants(long given, long returned, long expired) {}

  /** A purge that is under way, or the last one. */
  public record PurgeView(long mark, Instant before, Optional<String> key, long left) {}

  /** What waits under one key. */
  public record KeyView(
      String tenant, String key, long waiting, int running, Optional<Instant> oldest) {}

  /** A line of an origin, with its id as callers of its tenant know it. */
  public record LineView(
      String tenant,
      String originType,
      String originId,
      String key,
      int priority,
      int waiting,
      Instant oldest,
      Optional<Instant> readyAt) {}

  /** A part of a list, and where the next one begins. */
  public record Page<T>(List<T> items, Optional<String> next) {}

  /** Why a fetch waits: what its queue knows of its line. */
  public record Explanation(Limit because, long ahead, Optional<Instant> until) {}
}
