package dev.retriever.origin.core;

import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of an input as one decision, without handlers. */
final class Collected implements Steps {
  private final OriginCore core;
  private final Instant now;
  private OriginState state;
  private final List<OriginEvent> events = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();

  private Collected(OriginCore core, OriginState state, Instant now) {
    this.core = core;
    this.now = now;
    this.state = state;
  }

  static Decision fire(
      OriginCore core,
      OriginState state,
      Instant now,
      double random,
      int limit,
      Map<String, String> granted) {
    var steps = new Collected(core, state, now);
    new DueAlarms(core, new AlarmCore(100)).fire(steps, now, random, limit, granted);
    return steps.decision();
  }

  static Decision unheard(
      OriginCore core,
      OriginState state,
      List<OriginCore.Finding> findings,
      Instant now,
      double random) {
    var steps = new Collected(core, state, now);
    core.unheard(steps, findings, now, random);
    return steps.decision();
  }

  @Override
  public OriginState state() {
    return state;
  }

  @Override
  public Verdict take(Decision decision) {
    for (var event : decision.events()) {
      state = state.apply(event);
    }
    events.addAll(decision.events());
    effects.addAll(decision.effects());
    return decision.verdict();
  }

  @Override
  public boolean begin(PendingFetch fetch, String poolId, Optional<Lease> lease) {
    take(core.start(fetch, now, poolId, lease));
    return true;
  }

  @Override
  public void handle(String cause) {
    throw new IllegalStateException("no handler has failed, and none of " + cause);
  }

  @Override
  public void tick(String scheduleId, int most) {
    throw new IllegalStateException("no schedule is set, and none of " + scheduleId);
  }

  @Override
  public void backfill(String scheduleId) {
    throw new IllegalStateException("no schedule is set, and none of " + scheduleId);
  }

  private Decision decision() {
    return new Decision(Verdict.NOTED, List.copyOf(events), List.copyOf(effects));
  }
}
