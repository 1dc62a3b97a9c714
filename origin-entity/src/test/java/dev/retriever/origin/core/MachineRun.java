package dev.retriever.origin.core;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Samples;
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

  public MachineRun(Machine<?, ?, S> machine) {
    this.machine = machine;
    this.fullState = machine.empty();
  }

  public OriginState state() {
    return fullState.fetches();
  }

  public <T> List<T> rows(Class<T> type) {
    return journal.stream().filter(type::isInstance).map(type::cast).toList();
  }

  public void tell(Object command) {
    take(new Input.Command(command));
  }

  public void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Rings what is due, at most so many. */
  public void fire(int limit) {
    take(new Input.FireDue(limit));
  }

  private void take(Input<?> input) {
    var turn =
        machine.turn(fullState, input, new Machine.Moment("o", now, 0.5, new NewOnly())).turn();
    for (var row : turn.rows()) {
      fullState = machine.apply(fullState, row);
    }
    journal.addAll(turn.rows());
  }

  /** There is room for first attempts, and for no others. */
  private static final class NewOnly implements AttemptRoom {
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
