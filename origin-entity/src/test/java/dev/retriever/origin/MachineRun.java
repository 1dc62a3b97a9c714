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
    take(machine.command(whole, command, moment()));
  }

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Rings what is due, at most so many. */
  void ring(int limit) {
    var ringing = machine.rules().ringing();
    take(machine.turn(whole, steps -> ringing.due(steps, now, 0.5, limit, Map.of()), moment()));
  }

  private Machine.Moment moment() {
    return new Machine.Moment("o", now, 0.5, (fetchId, spec) -> Optional.of(CoreRun.POOL));
  }

  private void take(Turn<S> turn) {
    for (var row : turn.rows()) {
      whole = machine.apply(whole, row);
    }
    journal.addAll(turn.rows());
  }
}
