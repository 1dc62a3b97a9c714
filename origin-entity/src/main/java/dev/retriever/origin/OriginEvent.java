package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.alarms.Schedule;
import dev.retriever.executor.Report;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an origin journals. Class and component names are the on-disk format: to rename one takes a
 * migration. Each event says itself what it does to the state. Immutable; {@code toString} shows no
 * bodies, header values or contexts.
 */
public sealed interface OriginEvent {
  /** The state behind an event, while it is made. For the origin only. */
  interface Draft {
    /** The fetch is pending. */
    void accepted(FetchAccepted event);

    /** The attempt is open. */
    void attemptStarted(AttemptStarted event);

    /** The attempt is over, and the fetch waits for another. */
    void attemptEnded(AttemptEnded event);

    /** The fetch has its outcome. */
    void settled(FetchSettled event);

    /** The report is kept beside the outcome. */
    void late(LateAnswerKept event);

    /** The cause is unhandled. */
    void handlingFailed(HandlingFailed event);

    /** The fetches are forgotten. */
    void forgotten(SettledForgotten event);

    /** The cause is no longer unhandled. */
    void handled(ContinuationHandled event);

    /** The alarm stands. */
    void alarmScheduled(AlarmScheduled event);

    /** The alarm is gone. */
    void alarmCancelled(AlarmCancelled event);

    /** The alarm is gone, or stands at its next time. */
    void alarmFired(AlarmFired event);
  }

  /** When the origin decided it, by the clock of its node. */
  Instant at();

  /** Calls the method of the draft for this kind of event. */
  void applyTo(Draft draft);

  /**
   * The fetch of which more or less is held in memory after it; empty when that has not changed.
   */
  default Optional<String> holding() {
    return Optional.empty();
  }

  /** The executor of an attempt that begins with it. */
  default Optional<String> poolId() {
    return Optional.empty();
  }

  /**
   * The fetch is owed an outcome from now on.
   *
   * @param executor who makes its first attempt, when that starts at once
   * @param then what to go on with when it has its outcome
   */
  record FetchAccepted(
      String fetchId,
      FetchSpec spec,
      Instant at,
      Optional<String> executor,
      Optional<StoredContinuation> then)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.accepted(this);
    }

    @Override
    public Optional<String> poolId() {
      return executor;
    }

    @Override
    public Optional<String> holding() {
      return Optional.of(fetchId);
    }
  }

  /** Journaled before the request is sent. */
  record AttemptStarted(String fetchId, int attempt, String executor, Instant at)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.attemptStarted(this);
    }

    @Override
    public Optional<String> poolId() {
      return Optional.of(executor);
    }
  }

  /**
   * The attempt did not settle the fetch; another may start at {@code retryAt}.
   *
   * @param heard false when no executor reported it: the origin gave the attempt up
   * @param redirect what the report says, when the next attempt follows it. Journaled although the
   *     report holds it: what is followed may be another matter for the code that replays this
   */
  record AttemptEnded(
      String fetchId,
      int attempt,
      Report report,
      boolean heard,
      Instant at,
      Instant retryAt,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Redirect> redirect)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.attemptEnded(this);
    }

    @Override
    public Optional<String> holding() {
      return Optional.of(fetchId);
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
    public void applyTo(Draft draft) {
      draft.settled(this);
    }

    @Override
    public Optional<String> holding() {
      return Optional.of(fetchId);
    }
  }

  /** A report that came after its attempt was given up. It changes no outcome. */
  record LateAnswerKept(String fetchId, int attempt, Report report, Instant at)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.late(this);
    }
  }

  /**
   * The continuation of what the row before this one says could not be run; or, when it had failed
   * before, has failed again.
   *
   * @param cause what it is run for, by its key
   * @param retryAt when to try again; empty when it is parked, until somebody redrives it
   */
  record HandlingFailed(String cause, String reason, Instant at, Optional<Instant> retryAt)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.handlingFailed(this);
    }
  }

  /**
   * Settled fetches whose retention is over.
   *
   * @param orders their places in the order of acceptance
   */
  record SettledForgotten(List<Long> orders, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.forgotten(this);
    }
  }

  /** The continuation that failed before has run; what it asked for stands behind this. */
  record ContinuationHandled(String cause, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.handled(this);
    }
  }

  /**
   * An alarm of the users stands under that id, in the place of one that may have stood there.
   *
   * @param due when it rings first
   */
  record AlarmScheduled(
      String alarmId, Schedule schedule, Instant due, StoredContinuation then, Instant at)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.alarmScheduled(this);
    }
  }

  /** The users' alarm under that id was taken back, by a handler or an operator. */
  record AlarmCancelled(String alarmId, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.alarmCancelled(this);
    }
  }

  /**
   * An alarm of the users rang. What its continuation asks for stands behind this.
   *
   * @param due when it was due
   * @param next when it rings again; empty when it does not
   */
  record AlarmFired(String alarmId, Instant due, Instant at, Optional<Instant> next)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.alarmFired(this);
    }
  }
}
