package dev.retriever.origin.core;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.core.specs.StoredBody;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A decision of the core: events to journal, and effects to carry out when they are durable.
 *
 * @param verdict the result, for the sender of the input
 */
public record Decision(Verdict verdict, List<OriginEvent> events, List<Effect> effects) {
  /** Carried out once the events are durable, in order. */
  public sealed interface Effect {
    void carryOut(Carrier by);

    /**
     * @param body the request's body, if it must be read from the journal first
     * @param delivery what a callback delivers; then the request has no body, and is not signed
     */
    record Dispatch(
        String fetchId,
        int attempt,
        String poolId,
        FetchRequest request,
        Optional<StoredBody> body,
        Duration timeout,
        Optional<Delivery> delivery)
        implements Effect {
      /** A dispatch of a fetch that is no callback. */
      Dispatch(
          String fetchId,
          int attempt,
          String poolId,
          FetchRequest request,
          Optional<StoredBody> body,
          Duration timeout) {
        this(fetchId, attempt, poolId, request, body, timeout, Optional.empty());
      }

      /** The same with that request. */
      public Dispatch with(FetchRequest other) {
        return new Dispatch(fetchId, attempt, poolId, other, body, timeout, delivery);
      }

      /** A dispatch whose request is complete. */
      Dispatch(String fetchId, int attempt, String poolId, FetchRequest request, Duration timeout) {
        this(fetchId, attempt, poolId, request, Optional.empty(), timeout);
      }

      @Override
      public void carryOut(Carrier by) {
        by.dispatch(this);
      }
    }

    /**
     * What the request of a callback is completed with.
     *
     * @param endpoint as it is at this attempt
     * @param erased whether the answer in the outcome's row must not be told
     */
    record Delivery(Callback callback, EndpointSettings endpoint, boolean erased) {}

    /** The endpoint has said that it is gone. */
    record EndpointGone(CallbackChoice endpoint) implements Effect {
      @Override
      public void carryOut(Carrier by) {
        by.endpointGone(this);
      }
    }

    record Abort(String fetchId, int attempt, String poolId) implements Effect {
      @Override
      public void carryOut(Carrier by) {
        by.abort(this);
      }
    }

    /**
     * A notice to be counted, and logged where that helps.
     *
     * @param subject what it is about, within the origin
     * @param fetchId of the fetch that it is about; empty for an alarm
     */
    record Note(Notice notice, String subject, Optional<String> fetchId) implements Effect {
      static Note fetch(Notice notice, String fetchId) {
        return new Note(notice, "fetch " + fetchId, Optional.of(fetchId));
      }

      static Note attempt(Notice notice, String fetchId, int attempt) {
        return new Note(
            notice, "attempt " + attempt + " of fetch " + fetchId, Optional.of(fetchId));
      }

      static Note alarm(Notice notice, String alarmId) {
        return new Note(notice, "alarm " + alarmId, Optional.empty());
      }

      @Override
      public void carryOut(Carrier by) {
        by.note(this);
      }
    }

    /** A continuation failed. {@code thrown}, the first time, is for the log of this node only. */
    record HandlerFailed(OriginEvent.HandlingFailed event, Optional<RuntimeException> thrown)
        implements Effect {
      public Notice notice() {
        return event.retryAt().isPresent() ? Notice.HANDLING_FAILED : Notice.PARKED;
      }

      @Override
      public void carryOut(Carrier by) {
        by.handlerFailed(this);
      }
    }
  }

  /** Carries effects out. */
  public interface Carrier {
    void dispatch(Effect.Dispatch dispatch);

    void abort(Effect.Abort abort);

    void note(Effect.Note note);

    void handlerFailed(Effect.HandlerFailed failed);

    /** Disables the endpoint. */
    void endpointGone(Effect.EndpointGone gone);
  }

  static Decision nothing(Verdict verdict) {
    return new Decision(verdict, List.of(), List.of());
  }

  static Decision note(Verdict verdict, Effect.Note note) {
    return new Decision(verdict, List.of(), List.of(note));
  }

  /** A report on an attempt that was given up. */
  static Decision late(String fetchId, int attempt, Report report, Instant now) {
    return new Decision(
        Verdict.NOTED,
        List.of(new OriginEvent.LateAnswerKept(fetchId, attempt, report, now)),
        List.of(
            Effect.Note.attempt(Notice.LATE, fetchId, attempt),
            Effect.Note.attempt(Notice.LOST_RACES, fetchId, attempt)));
  }

  /** Another report on an attempt that was reported on. */
  static Decision repeated(String fetchId, int attempt, long seen, Report report) {
    var same = seen == Attempt.checksum(report);
    var notice = same ? Notice.DUPLICATE_REPORTS : Notice.CONTRADICTING_REPORTS;
    return note(Verdict.NOTED, Effect.Note.attempt(notice, fetchId, attempt));
  }

  /** A report on an attempt that the origin does not know. */
  static Decision stray(String fetchId, int attempt) {
    return note(Verdict.NO_SUCH_FETCH, Effect.Note.attempt(Notice.STRAY_REPORTS, fetchId, attempt));
  }

  Decision plus(Effect effect) {
    return new Decision(verdict, events, PendingFetch.plus(effects, effect));
  }
}
