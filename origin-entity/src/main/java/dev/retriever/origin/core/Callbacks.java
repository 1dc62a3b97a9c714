package dev.retriever.origin.core;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.CallbackDropped;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.CallbackFacts;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.core.Decision.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides which callbacks follow from outcomes, and how their attempts begin and end. */
public record Callbacks(OriginCore core) {
  private static final int GONE = 410;
  private static final int LONGEST_LABEL = 40;

  /** What is left of the time limit after the last attempt, for what waits for room. */
  private static final Duration SPARE = Duration.ofHours(1);

  /**
   * An outcome that an endpoint is to be told.
   *
   * @param trace what its callback carries to be in the trace of the fetch
   */
  record Telling(CallbackChoice to, CallbackFacts facts, TraceChoice trace) {
    /**
     * The one that an event gives rise to: a settlement of a fetch that names an endpoint, and is
     * no callback itself.
     *
     * @param before the state before that event
     */
    static Optional<Telling> of(OriginState before, OriginEvent event) {
      return event instanceof FetchSettled settled
          ? before
              .pending(settled.fetchId())
              .filter(fetch -> fetch.spec().delivers().isEmpty())
              .flatMap(
                  fetch ->
                      fetch
                          .spec()
                          .callback()
                          .map(to -> new Telling(to, facts(before, settled), trace(fetch))))
          : Optional.empty();
    }

    /** A fetch of a schedule may have been accepted before this node had heard of endpoints. */
    private Telling named(AttemptRoom room) {
      return new Telling(Callbacks.named(to, room), facts, trace);
    }

    private static TraceChoice trace(PendingFetch fetch) {
      return fetch.spec().carried().tellingOf(fetch.acceptedAt());
    }

    private static CallbackFacts facts(OriginState before, FetchSettled settled) {
      var outcome = settled.outcome();
      return new CallbackFacts(
          settled.fetchId(),
          outcome.type().name().toLowerCase(Locale.ROOT),
          outcome.reached().map(Stage::label),
          outcome.why(),
          outcome.received().map(Response::status),
          outcome.received().map(Response::body).map(Body::size).orElse(0),
          (int) settled.attempts().stream().filter(it -> !it.wantedRoom()).count(),
          settled.at(),
          before.row() + 1,
          before.born().orElse(settled.at()));
    }
  }

  /**
   * Checks the id of a new fetch, also if another one had it before.
   *
   * @throws IllegalArgumentException if callers may not choose it
   */
  public static void checkId(String fetchId, FetchSpec spec) {
    if (fetchId.startsWith("~") && spec.redriveOf().isEmpty()) {
      throw new IllegalArgumentException(
          "the id %s begins with a tilde, as those of callbacks do; choose another"
              .formatted(fetchId));
    }
  }

  /** With the generation of the endpoint that has the name now, unless it has one already. */
  static FetchSpec named(FetchSpec spec, AttemptRoom room) {
    return spec.callback().map(to -> spec.callback(named(to, room))).orElse(spec);
  }

  private static CallbackChoice named(CallbackChoice to, AttemptRoom room) {
    return isUnnamed(to)
        ? room.endpoints().generation(room.tenant(), to.endpoint()).stream()
            .mapToObj(to::of)
            .findAny()
            .orElse(to)
        : to;
  }

  /** Why a new fetch cannot tell its endpoint. */
  static Optional<Verdict> refusal(FetchSpec spec, AttemptRoom room) {
    return spec.callback()
        .filter(Callbacks::isUnnamed)
        .filter(to -> room.endpoints().generation(room.tenant(), to.endpoint()).isEmpty())
        .map(to -> room.endpoints().areKnown() ? Verdict.NO_SUCH_CALLBACK : Verdict.BUSY);
  }

  private static boolean isUnnamed(CallbackChoice to) {
    return to.generation() == 0;
  }

  /**
   * What follows from an outcome that an endpoint is to be told, in the write of the outcome. A
   * callback that is refused is dropped: the outcome stands. A node that has not heard of the
   * endpoint yet accepts the callback as most endpoints have it.
   */
  Decision tell(OriginState state, Telling unnamed, AttemptRoom room, Instant now) {
    var it = unnamed.named(room);
    return room.endpoints()
        .standing(room.tenant(), it.to())
        .fold(
            settings ->
                settings.tells(it.facts().outcome())
                    ? accept(state, it, spec(it, settings, room.tenant()), room, now)
                    : Decision.nothing(Verdict.NOTED),
            reason -> dropped(it, reason, now),
            () -> accept(state, it, spec(it, room.tenant()), room, now));
  }

  private Decision accept(
      OriginState state, Telling it, FetchSpec spec, AttemptRoom room, Instant now) {
    var noQueue = spec.queue().flatMap(room::refusal).filter(Verdict.NO_SUCH_QUEUE::equals);
    if (noQueue.isPresent()) {
      return dropped(it, noQueue.get().label(), now);
    }
    var id = Callback.id(it.facts().sequence());
    var decision =
        core.submit(state, id, spec, Optional.empty(), now, Optional.empty(), Optional.empty());
    return decision.verdict() == Verdict.ACCEPTED
        ? decision
        : dropped(it, decision.verdict().label(), now);
  }

  private static Decision dropped(Telling it, String reason, Instant now) {
    return new Decision(
        Verdict.NOTED, List.of(new CallbackDropped(it.to(), reason, it.facts(), now)), List.of());
  }

  private static FetchSpec spec(Telling it, EndpointSettings settings, String tenant) {
    return spec(
        new Callback(
            it.to(), Callback.VERSION, settings.payload(), settings.schedule(), it.facts()),
        settings.timeout(),
        settings.queue(),
        tenant,
        it.trace());
  }

  private static FetchSpec spec(Telling it, String tenant) {
    return spec(
        new Callback(
            it.to(),
            Callback.VERSION,
            Callback.Payload.THIN,
            EndpointSettings.SCHEDULE,
            it.facts()),
        EndpointSettings.TIMEOUT,
        Optional.empty(),
        tenant,
        it.trace());
  }

  private static FetchSpec spec(
      Callback callback,
      Duration timeout,
      Optional<String> queue,
      String tenant,
      TraceChoice trace) {
    var attempts = callback.schedule().size();
    var retry =
        new RetryPolicy(
            attempts,
            RetryPolicy.DEFAULT.minBackoff(),
            RetryPolicy.DEFAULT.maxBackoff(),
            Set.of(),
            RetryPolicy.Resend.ALWAYS);
    var within = Callback.longest(callback.schedule(), timeout).plus(SPARE);
    return new FetchSpec(
        FetchRequest.post(place(callback.to(), tenant)),
        timeout,
        within,
        FetchSpec.GRACE,
        retry,
        Optional.empty(),
        0,
        queue.map(QueueChoice::of),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.of(callback),
        Optional.of(trace));
  }

  /**
   * Stands for the URL, which the endpoint has at each attempt. Endpoints do not wait for each
   * other's room, and code that knows no callbacks cannot send anything there.
   */
  private static String place(CallbackChoice to, String tenant) {
    var name = to.endpoint().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
    var label = name.substring(0, Math.min(name.length(), LONGEST_LABEL));
    // A part of a host's name begins with a letter or digit, and ends with one; a tenant's may not.
    return "https://e-%s-%d.t-%s-t.callback.invalid/".formatted(label, to.generation(), tenant);
  }

  /**
   * The next attempt of a callback begins, with what its endpoint has now; or the callback settles,
   * because its endpoint takes none any more.
   *
   * @return empty when this node has not heard of the endpoint yet
   */
  Optional<Decision> start(
      OriginState state,
      PendingFetch fetch,
      AttemptRoom room,
      Instant now,
      String poolId,
      Optional<Lease> lease) {
    var callback = fetch.spec().delivers().orElseThrow();
    var isErased = isErased(state, callback.facts());
    return room.endpoints()
        .standing(room.tenant(), callback.to())
        .fold(
            settings ->
                Optional.of(
                    core.start(
                        fetch,
                        now,
                        poolId,
                        lease,
                        settings.request(callback.to()),
                        Optional.of(new Effect.Delivery(callback, settings, isErased)))),
            reason -> Optional.of(undeliverable(fetch, reason, now)),
            Optional::empty);
  }

  private static boolean isErased(OriginState state, CallbackFacts facts) {
    return state
        .settled(facts.fetchId())
        .filter(it -> it.row() == facts.sequence() && it.erased() != Erased.NO)
        .isPresent();
  }

  private static Decision undeliverable(PendingFetch fetch, String reason, Instant now) {
    var outcome =
        fetch.maybeSent()
            ? new Outcome.Unknown(Optional.empty(), reason, Optional.empty())
            : new Outcome.Failed(Stage.QUEUED, reason);
    return OriginCore.settle(fetch, outcome, false, fetch.ended(), now);
  }

  /** Whether another attempt may help: a fix at the endpoint, or of its settings, helps most. */
  static boolean worthAnother(Report report) {
    return report.fold(
        answered ->
            !Callback.takes(answered.response().status()) && answered.response().status() != GONE,
        notSent -> true,
        ambiguous -> true);
  }

  /** What follows from an outcome of a fetch, beside its notice. */
  static List<Effect> effects(PendingFetch fetch, Outcome outcome, Effect.Note notice) {
    var isGone = outcome.received().filter(it -> it.status() == GONE).isPresent();
    return fetch
        .spec()
        .delivers()
        .filter(it -> isGone)
        .<List<Effect>>map(it -> List.of(notice, new Effect.EndpointGone(it.to())))
        .orElse(List.of(notice));
  }
}
