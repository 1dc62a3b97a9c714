package dev.retriever.origin;

import dev.retriever.executor.Report;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an origin journals. Class and component names are the on-disk format: to rename one takes a
 * migration. Each event says itself what it does to the state.
 */
public sealed interface OriginEvent {
  String fetchId();

  Instant at();

  OriginState applyTo(OriginState state);

  /**
   * The fetch is owed an outcome from now on.
   *
   * @param executor who makes its first attempt, when that starts at once
   * @param then what to go on with when it has its outcome
   */
  record FetchAccepted(
      String fetchId, FetchSpec spec, Instant at, Optional<String> executor, Optional<Then> then)
      implements OriginEvent {
    @Override
    public OriginState applyTo(OriginState state) {
      return state.accepted(this);
    }
  }

  /** Journaled before the request is sent. */
  record AttemptStarted(String fetchId, int attempt, String executor, Instant at)
      implements OriginEvent {
    @Override
    public OriginState applyTo(OriginState state) {
      return state.attemptStarted(this);
    }
  }

  /**
   * The attempt did not settle the fetch; another may start at {@code retryAt}.
   *
   * @param heard false when no executor reported it: the origin gave the attempt up
   */
  record AttemptEnded(
      String fetchId, int attempt, Report report, boolean heard, Instant at, Instant retryAt)
      implements OriginEvent {
    @Override
    public OriginState applyTo(OriginState state) {
      return state.attemptEnded(this);
    }
  }

  /**
   * The one end of a fetch. The row holds all that is ever shown of it, so that the state need not.
   *
   * @param exhausted another attempt was allowed and worth it, but all were used up
   */
  record FetchSettled(
      String fetchId, Outcome outcome, boolean exhausted, List<Attempt> attempts, Instant at)
      implements OriginEvent {
    @Override
    public OriginState applyTo(OriginState state) {
      return state.settled(this);
    }
  }

  /** A report that came after its attempt was given up. It changes no outcome. */
  record LateAnswerKept(String fetchId, int attempt, Report report, Instant at)
      implements OriginEvent {
    @Override
    public OriginState applyTo(OriginState state) {
      return state.late(this);
    }
  }

  /**
   * The continuation of a settled fetch could not be run. The first of them stands right behind the
   * {@code FetchSettled}, in the same write.
   *
   * @param retryAt when to try again; empty when the fetch is parked, until somebody redrives it
   */
  record HandlingFailed(String fetchId, String reason, Instant at, Optional<Instant> retryAt)
      implements OriginEvent {
    @Override
    public OriginState applyTo(OriginState state) {
      return state.handlingFailed(this);
    }
  }

  /**
   * Settled fetches whose retention is over.
   *
   * @param orders their places in the order of acceptance
   */
  record SettledForgotten(List<Long> orders, Instant at) implements OriginEvent {
    @Override
    public String fetchId() {
      return "";
    }

    @Override
    public OriginState applyTo(OriginState state) {
      return state.forgotten(this);
    }
  }

  /** The continuation that failed before has run; what it asked for stands behind this. */
  record ContinuationHandled(String fetchId, Instant at) implements OriginEvent {
    @Override
    public OriginState applyTo(OriginState state) {
      return state.handled(this);
    }
  }
}
