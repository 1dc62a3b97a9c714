package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Target;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.labels.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What to fetch: a request, time limits, a retry policy and a pool. Begin with {@link #of}, and
 * change what differs from the defaults:
 *
 * <pre>{@code
 * FetchSpec.of(request).within(Duration.ofHours(1)).retry(RetryPolicy.attempts(5))
 * }</pre>
 *
 * <p>Immutable. All bounds are inclusive.
 *
 * @param timeout for one attempt, 1 ms to {@link #MAX_WITHIN}; cut to what is left of {@code
 *     within}
 * @param within for the whole fetch, 1 ms to {@link #MAX_WITHIN}: from its acceptance, or from when
 *     it may begin at the earliest
 * @param grace how long after a time limit its report may still come before the attempt is given up
 *     as lost, 0 to {@link #MAX_GRACE}
 * @param executor the pool of executors that makes its attempts, by its name in {@code
 *     retriever.executor.pools}: 1 to 64 of {@code A-Z a-z 0-9 . _ -}. Empty for the node's default
 *     pool, {@link Pools#DIRECT} for none. A node refuses a fetch that names a pool it does not
 *     have
 * @param redirects how many redirects it follows at most, 0 to {@link #MAX_REDIRECTS}; the answer
 *     after the last one is its outcome, even if it is a redirect
 * @param queue the queue that each of its attempts waits in; empty for none. A template has been
 *     replaced with the queue of the request's host
 * @param later when it may begin at the earliest; empty for at once
 * @param redriveOf the id of the fetch of the same origin that it repeats; see {@link
 *     Origins#redriveAsNew}
 * @param labels by which it is found again, by their keys; see {@link Labels} for their bounds
 * @param callback the endpoint that is told its outcome; empty for none
 * @param delivers the callback that the fetch itself is; empty for what callers submit
 * @param trace what it carries of traces; no part of what tells one fetch from another, except
 *     whether its target is told
 */
public record FetchSpec(
    FetchRequest request,
    Duration timeout,
    Duration within,
    Duration grace,
    RetryPolicy retry,
    // Left out when empty, as in journals from before there were pools.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> executor,
    // Left out when none, as in journals from before any were followed.
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int redirects,
    // Left out when empty, as in journals from before there were queues.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<QueueChoice> queue,
    // Left out when empty, as in journals from before fetches could wait for a time.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Later> later,
    // Left out when empty, as in journals from before there were redrives.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> redriveOf,
    // Left out when there are none, as in journals from before there were labels.
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> labels,
    // Left out when empty, as in journals from before there were callbacks; the next one too.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<CallbackChoice> callback,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Callback> delivers,
    // Left out when it is in no trace but its own, as in journals from before there were traces.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<TraceChoice> trace) {

  /** Longest {@code timeout} and {@code within}, including this long. */
  public static final Duration MAX_WITHIN = Duration.ofDays(30);

  /** Longest {@code grace}, including this long. */
  public static final Duration MAX_GRACE = Duration.ofHours(1);

  /** Most {@code redirects}, including this many. */
  public static final int MAX_REDIRECTS = 3;

  /** The {@code timeout} of a spec that does not say another. */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The {@code within} of a spec that does not say another. */
  public static final Duration WITHIN = Duration.ofMinutes(5);

  /** The {@code grace} of a spec that does not say another. */
  public static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration SHORTEST = Duration.ofMillis(1);

  /**
   * @throws InvalidSpec naming the field and its range
   */
  public FetchSpec {
    if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(MAX_WITHIN) > 0) {
      throw new InvalidSpec("/timeout", "must be 1ms to 30 days");
    }
    if (within.compareTo(SHORTEST) < 0 || within.compareTo(MAX_WITHIN) > 0) {
      throw new InvalidSpec("/within", "must be 1ms to 30 days");
    }
    if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
      throw new InvalidSpec("/grace", "must be 0 to 1h");
    }
    if (!isDirect(executor) && executor.filter(n -> !PoolsSettings.isPoolName(n)).isPresent()) {
      throw new InvalidSpec("/executor", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    if (redirects < 0 || redirects > MAX_REDIRECTS) {
      throw new InvalidSpec("/redirects", "must be 0 to " + MAX_REDIRECTS);
    }
    // Absent in journals from before there were queues.
    queue =
        queue == null
            ? Optional.empty()
            : queue.map(it -> it.forHost(Target.of(request.url()).host()));
    if (queue.isPresent() && isDirect(executor)) {
      throw new InvalidSpec("/queue", "must be left out with direct dispatch");
    }
    later = later == null ? Optional.empty() : later;
    redriveOf = redriveOf == null ? Optional.empty() : redriveOf;
    labels = labels == null ? Map.of() : Labels.sorted(labels);
    Labels.fault(labels)
        .ifPresent(
            fault -> {
              throw new InvalidSpec(
                  "/labels" + fault.key().map(key -> "/" + key).orElse(""), fault.rule());
            });
    callback = callback == null ? Optional.empty() : callback;
    delivers = delivers == null ? Optional.empty() : delivers;
    trace = trace == null ? Optional.empty() : trace.filter(it -> !it.equals(TraceChoice.OWN));
  }

  /**
   * One that begins at once.
   *
   * @throws InvalidSpec naming the field and its range
   */
  public FetchSpec(
      FetchRequest request,
      Duration timeout,
      Duration within,
      Duration grace,
      RetryPolicy retry,
      Optional<String> executor,
      int redirects,
      Optional<QueueChoice> queue) {
    this(
        request,
        timeout,
        within,
        grace,
        retry,
        executor,
        redirects,
        queue,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** That request, with every limit at its default. */
  public static FetchSpec of(FetchRequest request) {
    return new FetchSpec(
        request,
        TIMEOUT,
        WITHIN,
        GRACE,
        RetryPolicy.DEFAULT,
        Optional.empty(),
        0,
        Optional.empty());
  }

  /**
   * With that time limit for each attempt.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public FetchSpec timeout(Duration newTimeout) {
    return with(newTimeout, within, grace, retry);
  }

  /**
   * With that time limit for the whole fetch: from its acceptance, or from when it may begin at the
   * earliest.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public FetchSpec within(Duration newWithin) {
    return with(timeout, newWithin, grace, retry);
  }

  /**
   * The same as {@link #within(Duration)}, for the time from {@code now} to that deadline. The same
   * deadline at another time gives another spec, which is refused under the id of the first.
   *
   * @throws InvalidSpec when it is not at least 1 ms, or is more than {@link #MAX_WITHIN}, ahead
   */
  public FetchSpec deadline(Instant deadline, Instant now) {
    var left = Duration.between(now, deadline);
    if (left.compareTo(SHORTEST) < 0 || left.compareTo(MAX_WITHIN) > 0) {
      throw new InvalidSpec(
          "/deadline", "must be 1ms to 30 days ahead, but " + deadline + " is not at " + now);
    }
    return within(left);
  }

  /**
   * With that long for reports after a time limit.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public FetchSpec grace(Duration newGrace) {
    return with(timeout, within, newGrace, retry);
  }

  /** With that policy for further attempts. */
  public FetchSpec retry(RetryPolicy newRetry) {
    return with(timeout, within, grace, newRetry);
  }

  /**
   * With attempts by the executors of that pool, instead of the default pool.
   *
   * @throws InvalidSpec if that cannot be the name of a pool
   */
  public FetchSpec executor(String pool) {
    return with(request, Optional.of(pool), redirects, queue, later, redriveOf, callback);
  }

  /**
   * Follows at most that many redirects. Each is an attempt of its own, is no retry, and does not
   * depend on {@link RetryPolicy.Resend}: the target itself has asked for it. A redirected fetch
   * never is {@link Outcome.Failed}. Another scheme, host or port gets only headers that are known
   * to hold no credential, such as {@code Accept}, and the body if the method stays the same.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public FetchSpec redirects(int most) {
    return with(request, executor, most, queue, later, redriveOf, callback);
  }

  /**
   * With attempts by the origin itself, without executors. The origin stays in memory for that; a
   * crash, or a move to another node, loses the attempt. Meant for comparisons and small tests.
   */
  public FetchSpec direct() {
    return executor(Pools.DIRECT);
  }

  /**
   * With attempts that each wait in that queue, with the middle priority and the origin's own key.
   *
   * @throws InvalidSpec if that cannot be the name of a queue or template
   */
  public FetchSpec queue(String name) {
    return queue(QueueChoice.of(name));
  }

  /** With attempts that each wait in that queue. */
  public FetchSpec queue(QueueChoice choice) {
    return with(request, executor, redirects, Optional.of(choice), later, redriveOf, callback);
  }

  /**
   * That begins after that delay from its acceptance, and not before.
   *
   * @throws InvalidSpec if it is out of the range of {@link Later}
   */
  public FetchSpec delay(Duration delay) {
    return later(Later.after(delay));
  }

  /**
   * That begins at that time, and not before. At once if it is past.
   *
   * @see Later for what an origin refuses
   */
  public FetchSpec notBefore(Instant time) {
    return later(Later.at(time));
  }

  /** That begins at that time, and not before. */
  public FetchSpec later(Later when) {
    return with(request, executor, redirects, queue, Optional.of(when), redriveOf, callback);
  }

  /** The same again, at once, as a redrive of the fetch with that id. For the library only. */
  public FetchSpec redrive(String of) {
    return with(request, executor, redirects, queue, Optional.empty(), Optional.of(of), callback)
        .trace(carried().alone());
  }

  /**
   * That tells its outcome to that endpoint: a callback is accepted in the write that settles it.
   *
   * @throws IllegalArgumentException if that cannot be the name of an endpoint
   */
  public FetchSpec callback(String endpoint) {
    return callback(CallbackChoice.of(endpoint));
  }

  /** That tells its outcome to that endpoint. */
  public FetchSpec callback(CallbackChoice choice) {
    return with(request, executor, redirects, queue, later, redriveOf, Optional.of(choice));
  }

  /**
   * With that label besides those that it has; one with the same key is replaced.
   *
   * @throws InvalidSpec if it is out of the bounds of {@link Labels}
   */
  public FetchSpec label(String key, String value) {
    var all = new TreeMap<>(labels);
    all.put(key, value);
    return labels(all);
  }

  /**
   * With these labels, and no others.
   *
   * @throws InvalidSpec if one is out of the bounds of {@link Labels}
   */
  public FetchSpec labels(Map<String, String> all) {
    return new FetchSpec(
        request, timeout, within, grace, retry, executor, redirects, queue, later, redriveOf, all,
        callback, delivers, trace);
  }

  /**
   * In that trace, or in one of its own, and with or without a {@code traceparent} for the target.
   */
  public FetchSpec trace(TraceChoice choice) {
    return new FetchSpec(
        request,
        timeout,
        within,
        grace,
        retry,
        executor,
        redirects,
        queue,
        later,
        redriveOf,
        labels,
        callback,
        delivers,
        Optional.of(choice));
  }

  /** What it carries of traces. */
  public TraceChoice carried() {
    return trace.orElse(TraceChoice.OWN);
  }

  /** The same for that request. */
  public FetchSpec request(FetchRequest newRequest) {
    return with(newRequest, executor, redirects, queue, later, redriveOf, callback);
  }

  private FetchSpec with(Duration attempt, Duration all, Duration reports, RetryPolicy policy) {
    return new FetchSpec(
        request, attempt, all, reports, policy, executor, redirects, queue, later, redriveOf,
        labels, callback, delivers, trace);
  }

  private FetchSpec with(
      FetchRequest what,
      Optional<String> pool,
      int most,
      Optional<QueueChoice> choice,
      Optional<Later> when,
      Optional<String> redriven,
      Optional<CallbackChoice> told) {
    return new FetchSpec(
        what, timeout, within, grace, retry, pool, most, choice, when, redriven, labels, told,
        delivers, trace);
  }

  /** Whether the origin makes its attempts itself. */
  @JsonIgnore
  public boolean isDirect() {
    return isDirect(executor);
  }

  private static boolean isDirect(Optional<String> executor) {
    return executor.filter(Pools.DIRECT::equals).isPresent();
  }

  /** The time limit of an attempt that starts now: its own, or what is left of the fetch's. */
  public Duration timeoutAt(Instant now, Instant deadline) {
    var left = Duration.between(now, deadline);
    return left.compareTo(timeout) < 0 ? left : timeout;
  }

  /**
   * Whether the fetch may be sent again after an attempt that may have been acted on (an answer
   * that is worth a retry included).
   *
   * @param sent by that attempt: its own request, or that behind a redirect
   */
  public boolean mayResend(FetchRequest sent) {
    return switch (retry.resend()) {
      case ALWAYS -> true;
      case WHEN_SAFE -> sent.repeatable();
      case NEVER -> false;
    };
  }
}
