package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.alarms.Schedule;
import dev.retriever.executor.Report;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.CallbackFacts;
import dev.retriever.origin.callback.CallbackSubject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * An event that an origin journals. Class and component names are the on-disk format: to rename one
 * takes a migration. Each event applies itself to the state. Immutable; {@code toString} shows no
 * bodies, header values or contexts.
 */
public sealed interface OriginEvent {
  /** The state after an event, while it is computed. For the library only. */
  interface Draft {
    /** The fetch is pending. */
    void accepted(FetchAccepted event);

    /** The fetch begins not before its time. */
    void scheduled(FetchScheduled event);

    /** The fetch may begin. */
    void due(FetchDue event);

    /** The attempt is open. */
    void attemptStarted(AttemptStarted event);

    /** The attempt is over, and the fetch waits for another. */
    void attemptEnded(AttemptEnded event);

    /** The fetch has its outcome. */
    void settled(FetchSettled event);

    /** The report is kept beside the outcome. */
    void late(LateAnswerKept event);

    /** What the fetch sent and got is to be erased. */
    void bodiesErased(BodiesErased event);

    /** What the fetch sent and got is erased. */
    void erasureDone(ErasureDone event);

    /** The cause is unhandled. */
    void handlingFailed(HandlingFailed event);

    /** The fetches are forgotten. */
    void forgotten(SettledForgotten event);

    /** All rows before it are gone, and the origin begins anew. */
    void originForgotten(OriginForgotten event);

    /** Nothing changes: a callback was refused. */
    default void callbackDropped(CallbackDropped event) {}

    /** The cause is no longer unhandled. */
    void handled(ContinuationHandled event);

    /** The alarm stands. */
    void alarmScheduled(AlarmScheduled event);

    /** The alarm is gone. */
    void alarmCancelled(AlarmCancelled event);

    /** The alarm is gone, or stands at its next time. */
    void alarmFired(AlarmFired event);

    /** A schedule has changed. */
    void ofSchedule(OfSchedule event);
  }

  /** An event of a schedule of the origin. All are in the package of schedules. */
  non-sealed interface OfSchedule extends OriginEvent {
    /** The id of the schedule. */
    String scheduleId();

    @Override
    default void applyTo(Draft draft) {
      draft.ofSchedule(this);
    }
  }

  /** When the origin decided it, by the clock of its node. */
  Instant at();

  /** Calls the method of the draft for this kind of event. */
  void applyTo(Draft draft);

  /** The id of the fetch whose bytes in memory change with this event; empty when none do. */
  default Optional<String> holding() {
    return Optional.empty();
  }

  /** Whether nothing of the origin is left, the users' state included. */
  default boolean endsLife() {
    return false;
  }

  /** Whether the state after it must be saved soon. */
  default boolean wantsSnapshot() {
    return false;
  }

  /** The id of the pool whose attempt begins with this event. */
  default Optional<String> poolId() {
    return Optional.empty();
  }

  /**
   * The fetch is owed an outcome from now on.
   *
   * @param executor the id of the pool that makes its first attempt, if that starts at once
   * @param then the continuation for its outcome
   * @param lease of its queue, if its first attempt starts at once although it has a queue
   */
  record FetchAccepted(
      String fetchId,
      FetchSpec spec,
      Instant at,
      Optional<String> executor,
      Optional<StoredContinuation> then,
      // Left out when there is none, as in journals from before there were queues.
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Lease> lease)
      implements OriginEvent {
    /** Accepts rows of versions without queues. */
    public FetchAccepted {
      lease = lease == null ? Optional.empty() : lease;
    }

    /** A fetch that does not start with a lease. */
    public FetchAccepted(
        String fetchId,
        FetchSpec spec,
        Instant at,
        Optional<String> executor,
        Optional<StoredContinuation> then) {
      this(fetchId, spec, at, executor, then, Optional.empty());
    }

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

  /**
   * The fetch, of which no attempt has begun, begins not before that time. Written with its
   * acceptance, and when the time is moved. An event of its own, and not a part of the acceptance:
   * code that does not know it must not make the attempt at once.
   *
   * @param notBefore after {@code at}
   */
  record FetchScheduled(String fetchId, Instant notBefore, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.scheduled(this);
    }
  }

  /**
   * The scheduled fetch may begin: its time has come, or it is brought forward. It waits in its
   * queue from now on, if it has one. One without a queue whose time comes needs no such event.
   */
  record FetchDue(String fetchId, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.due(this);
    }
  }

  /**
   * Journaled before the request is sent.
   *
   * @param lease of its queue; the rows that it stands for are written in the same transaction
   * @param url where a callback goes, since its endpoint may move; empty for other fetches
   */
  record AttemptStarted(
      String fetchId,
      int attempt,
      String executor,
      Instant at,
      // Left out when there is none, as in journals from before there were queues.
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Lease> lease,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> url)
      implements OriginEvent {
    /** Accepts rows of versions without queues or callbacks. */
    public AttemptStarted {
      lease = lease == null ? Optional.empty() : lease;
      url = url == null ? Optional.empty() : url;
    }

    /** An attempt of a fetch without a queue. */
    public AttemptStarted(String fetchId, int attempt, String executor, Instant at) {
      this(fetchId, attempt, executor, at, Optional.empty(), Optional.empty());
    }

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
   * @param redirect the redirect in the report, if the next attempt follows it. Journaled beside
   *     the report, because later code may follow other redirects
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
   * The fetch has its one outcome. The row holds everything that is shown of it, so that the state
   * need not.
   *
   * @param exhausted another attempt was allowed and worth it, but all were used up
   * @param notBefore when it might begin at the earliest, if it was scheduled
   * @param redriveOf the id of the fetch that it repeats
   * @param told what the fetch told, if it was a callback
   * @param traceId of its submission; empty if that had none
   */
  record FetchSettled(
      String fetchId,
      Outcome outcome,
      boolean exhausted,
      List<Attempt> attempts,
      Instant at,
      // Left out when empty, as in journals from before there were such fetches; the next ones too.
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> notBefore,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> redriveOf,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<CallbackSubject> told,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> traceId)
      implements OriginEvent {
    /** Accepts rows of versions without scheduled fetches, callbacks or traces. */
    public FetchSettled {
      traceId = traceId == null ? Optional.empty() : traceId;
      told = told == null ? Optional.empty() : told;
      notBefore = notBefore == null ? Optional.empty() : notBefore;
      redriveOf = redriveOf == null ? Optional.empty() : redriveOf;
    }

    /** A fetch that was neither scheduled nor a redrive. */
    public FetchSettled(
        String fetchId, Outcome outcome, boolean exhausted, List<Attempt> attempts, Instant at) {
      this(
          fetchId,
          outcome,
          exhausted,
          attempts,
          at,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

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
   * What the settled fetch sent and got is to be erased from the rows before this one, and is not
   * shown from now on. Written again for as long as that has not succeeded.
   */
  record BodiesErased(String fetchId, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.bodiesErased(this);
    }

    /** Older snapshots may hold the request, and are deleted once there is a newer one. */
    @Override
    public boolean wantsSnapshot() {
      return true;
    }
  }

  /** No row and no snapshot has what the fetch sent and got any more. */
  record ErasureDone(String fetchId, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.erasureDone(this);
    }
  }

  /**
   * The continuation of the event in the row before this one failed; or one that had failed before
   * failed again.
   *
   * @param cause the key of its cause
   * @param retryAt when to try again; empty when it is parked until it is redriven
   */
  record HandlingFailed(String cause, String reason, Instant at, Optional<Instant> retryAt)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.handlingFailed(this);
    }
  }

  /**
   * The callback of an outcome in the same write was refused, and is not made. A refused callback
   * never keeps an outcome from being journaled.
   *
   * @param to the endpoint
   * @param reason such as {@code too-many-pending}
   * @param facts what it would have said
   */
  record CallbackDropped(CallbackChoice to, String reason, CallbackFacts facts, Instant at)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.callbackDropped(this);
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

  /**
   * Stands for all rows before it, of an origin that has nothing any more. Written by the purge,
   * without the origin; and by the origin as the first row of a write after such a row, since the
   * purge may delete that one at the same time. Stored in a form of its own, since it may be all
   * that a database keeps of an order.
   *
   * @param row its own number
   * @param accepted how many fetches were ever accepted
   * @param forgotten the latest row of a settlement; 0 if none has settled
   * @param born since when rows are counted, in milliseconds, if that is known
   * @param at in milliseconds
   */
  record OriginForgotten(
      long row, long accepted, long forgotten, Optional<Instant> born, Instant at)
      implements OriginEvent {
    public OriginForgotten {
      born = born.map(it -> it.truncatedTo(ChronoUnit.MILLIS));
      at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Of an origin of which it is not known since when its rows are counted. */
    public OriginForgotten(long row, long accepted, long forgotten, Instant at) {
      this(row, accepted, forgotten, Optional.empty(), at);
    }

    @Override
    public void applyTo(Draft draft) {
      draft.originForgotten(this);
    }

    @Override
    public boolean endsLife() {
      return true;
    }
  }

  /** The continuation that failed before has run; its requests are in the rows after this one. */
  record ContinuationHandled(String cause, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.handled(this);
    }
  }

  /**
   * An alarm of the users is scheduled; it replaces one with the same id.
   *
   * @param due when it fires first
   */
  record AlarmScheduled(
      String alarmId, Schedule schedule, Instant due, StoredContinuation then, Instant at)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.alarmScheduled(this);
    }
  }

  /** An alarm of the users was cancelled, by a handler or an operator. */
  record AlarmCancelled(String alarmId, Instant at) implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.alarmCancelled(this);
    }
  }

  /**
   * An alarm of the users fired. The requests of its continuation are in the rows after this one.
   *
   * @param due when it was due
   * @param next when it fires again; empty when it does not
   */
  record AlarmFired(String alarmId, Instant due, Instant at, Optional<Instant> next)
      implements OriginEvent {
    @Override
    public void applyTo(Draft draft) {
      draft.alarmFired(this);
    }
  }
}
