package dev.retriever.origin.queue.entity;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.QueueView.LineView;
import dev.retriever.origin.queue.QueueView.Page;
import dev.retriever.origin.queue.QueueView.PurgeView;
import dev.retriever.origin.queue.QueueView.State;
import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.entity.QueueDirectory.Settled;
import dev.retriever.origin.queue.entity.QueueEvent.Stoppage;
import java.time.Instant;
import java.util.Optional;

/** A queue as operators and callers see it. */
final class QueueViews {
  private QueueViews() {}

  static QueueView of(QueueCore core, QueueTurn turn, Settled settled) {
    var figures = core.scheduler().figures(turn.now());
    var stop = stop(turn.state(), turn.now().wall());
    return new QueueView(
        core.name(),
        settled.version(),
        turn.state().settings().isPresent()
            ? Optional.empty()
            : QueueChoice.templateOf(core.name()),
        settled.settings(),
        stop.state(),
        stop.until(),
        stop.because(),
        core.isEffective(),
        figures.waiting(),
        figures.running(),
        figures.lingering(),
        figures.most(),
        figures.limitedBy(),
        figures.rates(),
        figures.drainsIn(),
        figures.breaker(),
        figures.waitSeconds(),
        figures.grants(),
        turn.state()
            .purge()
            .map(it -> new PurgeView(it.mark(), it.before(), it.key(), core.purge().left())),
        Math.max(0, turn.state().incarnations() - 1));
  }

  /** The queue as it is measured; empty when it has no settings. */
  static Optional<QueueMeasure> measure(QueueCore core, QueueTurn turn) {
    var figures = core.scheduler().figures(turn.now());
    return core.view(turn)
        .map(
            view ->
                new QueueMeasure(
                    view,
                    core.former(),
                    figures.limited(),
                    figures.readySince(),
                    turn.state().breakerSince()));
  }

  private record Stopped(State state, Optional<Instant> until, Optional<String> because) {
    static Stopped by(State state, Stoppage stoppage) {
      return new Stopped(state, stoppage.until(), Optional.of(stoppage.because()));
    }
  }

  /** The first that applies, in the order of the states. */
  private static Stopped stop(QueueState state, Instant now) {
    var stops = state.stops();
    return stops
        .paused()
        .filter(it -> it.appliesAt(now))
        .map(it -> Stopped.by(State.PAUSED, it))
        .or(() -> draining(stops))
        .or(
            () ->
                stops.held().filter(it -> it.appliesAt(now)).map(it -> Stopped.by(State.HELD, it)))
        .or(() -> open(state.breaker()))
        .orElse(new Stopped(State.RUNNING, Optional.empty(), Optional.empty()));
  }

  private static Optional<Stopped> draining(QueueState.Stops stops) {
    return stops.draining()
        ? Optional.of(new Stopped(State.DRAINING, Optional.empty(), Optional.empty()))
        : Optional.empty();
  }

  private static Optional<Stopped> open(BreakerChange breaker) {
    return breaker.state() == BreakerChange.State.CLOSED
        ? Optional.empty()
        : Optional.of(new Stopped(State.BREAKER_OPEN, breaker.until(), Optional.empty()));
  }

  /** With the ids that callers know the origins by. */
  static Page<LineView> outer(Page<LineView> page) {
    return new Page<>(
        page.items().stream()
            .map(
                it ->
                    new LineView(
                        it.tenant(),
                        it.originType(),
                        Tenant.outerId(it.originType(), it.originId()),
                        it.key(),
                        it.priority(),
                        it.waiting(),
                        it.oldest(),
                        it.readyAt()))
            .toList(),
        page.next());
  }
}
