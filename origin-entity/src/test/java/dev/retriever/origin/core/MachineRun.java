package dev.retriever.origin.core;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.storage.OriginSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An origin with its handlers, without its actor: every turn is journaled and applied at once. */
public final class MachineRun<S> {
  private final Machine<?, ?, S> machine;
  private final List<Object> journal = new ArrayList<>();
  private FullState<S> fullState;
  private Instant now = Samples.START;
  private List<Object> written = List.of();

  /** Why queues take nothing; empty when they do. */
  public Optional<Verdict> queuesSay = Optional.empty();

  public MachineRun(Machine<?, ?, S> machine) {
    this.machine = machine;
    this.fullState = machine.empty();
  }

  public OriginState state() {
    return fullState.fetches();
  }

  public Instant now() {
    return now;
  }

  public <T> List<T> rows(Class<T> type) {
    return journal.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The rows of the latest turn that had any. */
  public List<Object> written() {
    return written;
  }

  public void tell(Object command) {
    take(new Input.Command(command));
  }

  public ScheduleAnswer ask(ScheduleRequest request) {
    return take(new Input.OnSchedules(request));
  }

  public Verdict submit(String id, FetchSpec spec) {
    return take(new Input.Submit(id, spec));
  }

  public void report(String fetchId, Report report) {
    take(new Input.Reported(new AttemptKey("origin", "o", fetchId, 1), report));
  }

  public void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Nothing rings until then: no node runs. */
  public void sleep(Instant until) {
    now = until;
  }

  /** All that is due until then rings at its time. */
  public void run(Instant until) {
    fireAll();
    var next = state().nextAlarm(Optional.empty());
    while (next.filter(it -> !it.isAfter(until)).isPresent()) {
      now = next.get();
      fireAll();
      next = state().nextAlarm(Optional.empty());
    }
    now = until;
  }

  private void fireAll() {
    while (state().nextAlarm(Optional.empty()).filter(it -> !it.isAfter(now)).isPresent()) {
      fire(64);
    }
  }

  /** Rings what is due, at most so many. */
  public void fire(int limit) {
    take(new Input.FireDue(limit));
  }

  /** Rings the earliest alarms, due or not. */
  public int trigger(int count) {
    return take(new Input.Trigger(count)).size();
  }

  /** Goes on from a snapshot. */
  public void restore() {
    fullState = new FullState<>(OriginSnapshot.of(state()).restored(), fullState.own());
  }

  private <R> R take(Input<R> input) {
    var decided = machine.turn(fullState, input, new Machine.Moment("o", now, 0.5, new NewOnly()));
    for (var row : decided.turn().rows()) {
      fullState = machine.apply(fullState, row);
    }
    journal.addAll(decided.turn().rows());
    if (!decided.turn().rows().isEmpty()) {
      written = decided.turn().rows();
    }
    return decided.answer();
  }

  /** There is room for first attempts, and for no others. */
  private final class NewOnly implements AttemptRoom {
    @Override
    public Optional<Verdict> refusal(QueueChoice choice) {
      return queuesSay;
    }

    @Override
    public Optional<String> first(String fetchId, FetchSpec spec) {
      return Optional.of(CoreRun.POOL);
    }

    @Override
    public Map<String, String> next(OriginState state, Instant until, int limit) {
      return Map.of();
    }
  }
}
