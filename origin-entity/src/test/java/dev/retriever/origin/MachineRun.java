package dev.retriever.origin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An origin with its handlers, without its actor: every turn is journaled and applied at once. */
final class MachineRun<S> {
  private final Machine<?, ?, S> machine;
  private final List<Object> journal = new ArrayList<>();
  private Whole<S> whole;
  private Instant now = Samples.START;

  MachineRun(Machine<?, ?, S> machine) {
    this.machine = machine;
    this.whole = machine.empty();
  }

  OriginState state() {
    return whole.fetches();
  }

  <T> List<T> rows(Class<T> type) {
    return journal.stream().filter(type::isInstance).map(type::cast).toList();
  }

  void tell(Object command) {
    take(new Input.Command(command));
  }

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Rings what is due, at most so many. */
  void ring(int limit) {
    take(new Input.Ring(limit));
  }

  private void take(Input<?> input) {
    var turn = machine.turn(whole, input, new Machine.Moment("o", now, 0.5, new NewOnly())).turn();
    for (var row : turn.rows()) {
      whole = machine.apply(whole, row);
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
