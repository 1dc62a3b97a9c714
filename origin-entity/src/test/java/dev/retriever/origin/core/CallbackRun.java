package dev.retriever.origin.core;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.origin.BareOrigin;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.callback.EndpointsFixture;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.delivery.Deliveries;
import dev.retriever.origin.meter.OriginMeter;
import dev.retriever.origin.meter.TurnMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An origin whose outcomes are told, without its actor. There is room for every attempt. */
final class CallbackRun {
  final EndpointsFixture endpoints = new EndpointsFixture();
  final List<Object> journal = new ArrayList<>();
  final List<Effect> effects = new ArrayList<>();
  final List<OriginMeter.CallbackEnd> ends = new ArrayList<>();
  final Set<String> queues = new java.util.HashSet<>();
  String tenant = "default";
  private final Machine<?, ?, String> machine;
  FullState<String> fullState;
  Instant now = Samples.START;

  CallbackRun() {
    this(100);
  }

  CallbackRun(int maxPending) {
    var core =
        new OriginCore(
            maxPending,
            Long.MAX_VALUE,
            3,
            Set.of(),
            new Retention(Optional.of(Duration.ofHours(24))));
    machine =
        new Machine<>(
            new BareOrigin(),
            new Machine.Rules(core, new AlarmCore(9), RetryPolicy.DEFAULT, row -> {}));
    fullState = machine.empty();
  }

  OriginState state() {
    return fullState.fetches();
  }

  <R> R take(Input<R> input) {
    var decided = machine.turn(fullState, input, new Machine.Moment("o", now, 0.5, new AllRoom()));
    for (var row : decided.turn().rows()) {
      fullState = machine.apply(fullState, row);
    }
    assertThatItIsTheTurns(decided.turn());
    journal.addAll(decided.turn().rows());
    effects.addAll(decided.turn().effects());
    TurnMeter.tell(new Ends(), "origin", decided.turn(), fetch -> Optional.empty());
    return decided.answer();
  }

  private final class Ends implements OriginMeter {
    @Override
    public void called(CallbackEnd end) {
      ends.add(end);
    }
  }

  private void assertThatItIsTheTurns(Turn<String> turn) {
    if (!turn.rows().isEmpty() && state().row() != journal.size() + turn.rows().size()) {
      throw new IllegalStateException("rows are not counted");
    }
  }

  /** By a node that had not heard of endpoints yet, which a schedule may be on. */
  void accepted(String id, FetchSpec spec) {
    var row =
        new OriginEvent.FetchAccepted(id, spec, now, Optional.of(CoreRun.POOL), Optional.empty());
    fullState = machine.apply(fullState, row);
    journal.add(row);
  }

  Verdict submit(String id, FetchSpec spec) {
    return take(new Input.Submit(id, spec));
  }

  void report(String id, int attempt, Report report) {
    take(new Input.Reported(new AttemptKey("origin", "o", id, attempt), report));
  }

  /** Attempt 1 begins, after a moment. */
  void fire() {
    take(new Input.FireDue(100));
  }

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  <T> List<T> rows(Class<T> type) {
    return journal.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<OriginEvent.FetchAccepted> callbacks() {
    return rows(OriginEvent.FetchAccepted.class).stream()
        .filter(it -> it.spec().delivers().isPresent())
        .toList();
  }

  /** What the latest dispatch sends, but for its signature. */
  FetchRequest sent() {
    var dispatch = dispatches().get(dispatches().size() - 1);
    var delivery = dispatch.delivery().orElseThrow();
    var row =
        Deliveries.readsRow(delivery)
            ? Optional.of(journal.get((int) delivery.callback().facts().sequence() - 1))
            : Optional.empty();
    return new Deliveries("origin", "o").complete(dispatch.request(), delivery, row);
  }

  List<Effect.Dispatch> dispatches() {
    return effects.stream()
        .filter(Effect.Dispatch.class::isInstance)
        .map(Effect.Dispatch.class::cast)
        .toList();
  }

  private final class AllRoom implements AttemptRoom {
    @Override
    public Endpoints endpoints() {
      return endpoints;
    }

    @Override
    public String tenant() {
      return tenant;
    }

    @Override
    public Optional<Verdict> refusal(QueueChoice choice) {
      return queues.contains(choice.name()) ? Optional.empty() : Optional.of(Verdict.NO_SUCH_QUEUE);
    }

    @Override
    public Optional<String> first(String fetchId, FetchSpec spec) {
      return Optional.of(CoreRun.POOL);
    }

    @Override
    public Map<String, String> next(OriginState state, Instant until, int limit) {
      var granted = new LinkedHashMap<String, String>();
      state.starts().earliest(limit).stream()
          .filter(start -> !start.due().isAfter(until))
          .forEach(start -> granted.put(start.payload().id(), CoreRun.POOL));
      return granted;
    }
  }
}
