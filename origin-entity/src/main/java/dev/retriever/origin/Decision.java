package dev.retriever.origin;

import dev.retriever.executor.FetchRequest;
import java.time.Duration;
import java.util.List;

/**
 * What the core decided: what to journal and, when that is durable, what to do.
 *
 * @param verdict what the input came to, for whoever sent it
 */
record Decision(Verdict verdict, List<OriginEvent> events, List<Effect> effects) {
  /** Carried out once the events are durable, in order. */
  sealed interface Effect {
    record Dispatch(
        String fetchId, int attempt, String executor, FetchRequest request, Duration timeout)
        implements Effect {}

    record Abort(String fetchId, int attempt, String executor) implements Effect {}

    /**
     * Never left to be carried out: {@link Machine} runs the continuation and puts its effects
     * here.
     */
    record Handle(String fetchId) implements Effect {}

    /** To be counted, and logged where that helps. */
    record Note(Notice notice, String fetchId, int attempt) implements Effect {}
  }

  /** The continuation of that fetch is to be tried again. */
  static Decision handle(String fetchId) {
    return new Decision(Verdict.NOTED, List.of(), List.of(new Effect.Handle(fetchId)));
  }

  static Decision nothing(Verdict verdict) {
    return new Decision(verdict, List.of(), List.of());
  }

  static Decision note(Verdict verdict, Notice notice, String fetchId, int attempt) {
    return new Decision(verdict, List.of(), List.of(new Effect.Note(notice, fetchId, attempt)));
  }
}
