package dev.retriever.origin.core;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.schedules.PlannedSchedule.Running;
import dev.retriever.origin.core.schedules.ScheduleBook;
import dev.retriever.origin.core.schedules.ScheduleTurn;
import dev.retriever.origin.schedules.ScheduleEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A turn as schedules see it: what they ask for becomes its rows. */
record TurnSchedules(TurnDraft<?, ?, ?> turn) implements ScheduleTurn {
  @Override
  public String originId() {
    return turn.originId();
  }

  @Override
  public Instant now() {
    return turn.now();
  }

  @Override
  public ScheduleBook schedules() {
    return turn.state().schedules();
  }

  @Override
  public long row() {
    return turn.state().row();
  }

  @Override
  public boolean isRunning(Running fetch) {
    return turn.state()
        .pending(fetch.fetchId())
        .filter(it -> it.order() == fetch.order())
        .isPresent();
  }

  @Override
  public long mostBytes() {
    return turn.core().maxBytes();
  }

  @Override
  public boolean takesTick() {
    return turn.takesTick();
  }

  @Override
  public void add(ScheduleEvent event) {
    turn.take(new Decision(Verdict.NOTED, List.of(event), List.of()));
  }

  /**
   * That the node has no memory, or has not heard of queues yet, is no reason to refuse: a tick
   * cannot be repeated by its sender.
   */
  @Override
  public Verdict submit(String fetchId, FetchSpec spec) {
    var refusal =
        turn.knows(fetchId)
            ? Optional.<Verdict>empty()
            : spec.queue().flatMap(turn.room()::refusal).filter(it -> it != Verdict.BUSY);
    return refusal.orElseGet(() -> turn.take(turn.submit(fetchId, spec, Optional.empty())));
  }

  @Override
  public void cancel(String fetchId) {
    turn.take(turn.core().cancel(turn.state(), fetchId, turn.now()));
  }
}
