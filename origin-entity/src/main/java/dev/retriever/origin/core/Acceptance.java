package dev.retriever.origin.core;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Lease;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.specs.Fingerprint;
import dev.retriever.origin.core.specs.HeldBytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/** Decides whether a fetch is accepted, and when it begins. */
record Acceptance(OriginCore core) {
  /**
   * @param poolId of the pool that makes its first attempt at once; not used if it begins later
   * @param lease of its queue for that attempt
   */
  Decision submit(
      OriginState state,
      String fetchId,
      FetchSpec spec,
      Optional<StoredContinuation> then,
      Instant now,
      Optional<String> poolId,
      Optional<Lease> lease) {
    if (isErased(state, fetchId)
        || spec.redriveOf().filter(id -> isErased(state, id)).isPresent()) {
      return Decision.nothing(Verdict.ERASED);
    }
    var known = fingerprint(state, fetchId, now);
    if (known.isPresent()) {
      return Decision.nothing(
          Fingerprint.matches(spec, known.get()) ? Verdict.EXISTING : Verdict.ID_REUSED);
    }
    return refusal(state, spec, then, now)
        .map(Decision::nothing)
        .orElseGet(
            () ->
                beginsAt(spec, now)
                    .map(at -> later(fetchId, spec, then, now, at))
                    .orElseGet(() -> atOnce(fetchId, spec, then, now, poolId, lease)));
  }

  private Optional<Verdict> refusal(
      OriginState state, FetchSpec spec, Optional<StoredContinuation> then, Instant now) {
    if (!core.hasPoolFor(spec)) {
      return Optional.of(Verdict.NO_SUCH_EXECUTOR);
    }
    if (spec.later().filter(it -> it.tooFar(now)).isPresent()) {
      return Optional.of(Verdict.NOT_BEFORE_OUT_OF_RANGE);
    }
    var bytes = HeldBytes.of(spec, then);
    var pending = state.pending().size();
    if (!state.use().hasRoom(spec, bytes, pending, core.maxPending(), core.maxBytes())) {
      return Optional.of(Verdict.TOO_MANY_PENDING);
    }
    return spec.queue()
        .filter(it -> state.lines().isFull(it.name(), Spot.of(it)))
        .map(it -> Verdict.TOO_MANY_KEYS);
  }

  /** A redrive may have read the request just before. */
  private static boolean isErased(OriginState state, String fetchId) {
    return state.settled(fetchId).flatMap(SettledFetch::erasure).isPresent();
  }

  private Optional<String> fingerprint(OriginState state, String fetchId, Instant now) {
    return state
        .pending(fetchId)
        .map(PendingFetch::fingerprint)
        .or(() -> core.settled(state, fetchId, now).map(SettledFetch::fingerprint));
  }

  /** When a fetch that is accepted now begins at the earliest; empty for at once. */
  static Optional<Instant> beginsAt(FetchSpec spec, Instant now) {
    return spec.later().map(it -> it.from(now)).filter(at -> at.isAfter(now));
  }

  private static Decision later(
      String fetchId,
      FetchSpec spec,
      Optional<StoredContinuation> then,
      Instant now,
      Instant notBefore) {
    var events = new ArrayList<OriginEvent>();
    events.add(new FetchAccepted(fetchId, spec, now, Optional.empty(), then));
    events.add(new FetchScheduled(fetchId, notBefore, now));
    var effects = new ArrayList<Effect>();
    effects.add(Effect.Note.fetch(Notice.ACCEPTED, fetchId));
    return new Decision(Verdict.ACCEPTED, events, effects);
  }

  private static Decision atOnce(
      String fetchId,
      FetchSpec spec,
      Optional<StoredContinuation> then,
      Instant now,
      Optional<String> poolId,
      Optional<Lease> lease) {
    var events = new ArrayList<OriginEvent>();
    events.add(new FetchAccepted(fetchId, spec, now, poolId, then, lease));
    var effects = new ArrayList<Effect>();
    effects.add(Effect.Note.fetch(Notice.ACCEPTED, fetchId));
    var timeout = spec.timeoutAt(now, now.plus(spec.within()));
    poolId.ifPresent(
        id -> effects.add(new Effect.Dispatch(fetchId, 1, id, spec.request(), timeout)));
    return new Decision(Verdict.ACCEPTED, events, effects);
  }
}
