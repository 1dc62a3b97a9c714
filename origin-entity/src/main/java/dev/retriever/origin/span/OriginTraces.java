package dev.retriever.origin.span;

import dev.retriever.executor.trace.AttemptTrace;
import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.Turn;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * What one origin does about traces when a turn is durable: attempts get their place in them, and
 * spans are handed over. Belongs to one actor.
 */
public final class OriginTraces {
  private final Traces node;
  private final String originType;
  private final String originId;
  private final Clock clock;

  /** Of the turn whose effects are being carried out. */
  private Instant at = Instant.EPOCH;

  private OriginState state = OriginState.empty();

  /** The one that was asked for last: each needs digests, and a turn asks for one several times. */
  private Optional<FetchTrace> latest = Optional.empty();

  /**
   * @param originId as it is journaled
   */
  public OriginTraces(Traces node, String originType, String originId, Clock clock) {
    this.node = node;
    this.originType = originType;
    this.originId = originId;
    this.clock = clock;
  }

  /** The rows of the turn are durable, and its effects follow. */
  public void durable(Turn<?> turn) {
    at = turn.at();
    state = turn.after().fetches();
    node.spans()
        .ifPresent(
            spans ->
                new TurnSpans(
                        originType, originId, this::trace, turn.before().fetches(), clock.instant())
                    .of(turn.rows())
                    .forEach(spans::take));
  }

  /** The place of its acceptance, whether its trace is recorded or not. */
  public TraceContext of(PendingFetch fetch) {
    return trace(fetch).acceptance().own();
  }

  /** Where its spans are or, at a node that makes none, those of its submission. */
  public Optional<TraceContext> measured(PendingFetch fetch) {
    return node.spans().isPresent() ? Optional.of(of(fetch)) : fetch.spec().carried().context();
  }

  private FetchTrace trace(PendingFetch fetch) {
    return trace(fetch.id(), fetch.spec(), fetch.acceptedAt());
  }

  private FetchTrace trace(String fetchId, FetchSpec spec, Instant acceptedAt) {
    var known = latest.filter(it -> it.ids().areOf(fetchId, acceptedAt));
    if (known.isPresent()) {
      return known.get();
    }
    var ids = new TraceIds(originType, originId, fetchId, acceptedAt);
    var trace = FetchTrace.of(ids, spec, node.ratio());
    latest = Optional.of(trace);
    return trace;
  }

  /** The dispatch, whose request knows its place in the trace of its fetch. */
  public Effect.Dispatch traced(Effect.Dispatch dispatch) {
    return state
        .pending(dispatch.fetchId())
        .flatMap(fetch -> trace(fetch, dispatch.attempt()))
        .map(trace -> dispatch.with(dispatch.request().traced(Optional.of(trace))))
        .orElse(dispatch);
  }

  private Optional<AttemptTrace> trace(PendingFetch fetch, int attempt) {
    return node.spans().isPresent()
        ? Optional.of(recorded(fetch, attempt))
        : handedOn(fetch)
            .map(
                context ->
                    new AttemptTrace(Optional.of(context), Optional.empty(), Optional.empty()));
  }

  private AttemptTrace recorded(PendingFetch fetch, int attempt) {
    var trace = trace(fetch);
    var place = trace.attempt(attempt, at);
    return new AttemptTrace(
        Optional.of(place).map(Place::own).filter(it -> tells(fetch)).map(it -> sent(fetch, it)),
        Optional.of(place).filter(it -> trace.isRecorded()),
        fetch.spec().queue().map(QueueChoice::name));
  }

  /** A node that makes no spans hands on what came, as the standard says. */
  private Optional<TraceContext> handedOn(PendingFetch fetch) {
    return fetch.spec().carried().context().filter(it -> tells(fetch)).map(it -> sent(fetch, it));
  }

  private boolean tells(PendingFetch fetch) {
    return node.toTargets() && fetch.spec().carried().toTarget();
  }

  /** What tracing systems have written there is not for other hosts. */
  private static TraceContext sent(PendingFetch fetch, TraceContext context) {
    return fetch.redirects().isEmpty() ? context : context.withoutState();
  }
}
