package dev.retriever.origin.entity;

import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Turn;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EffectBuilder;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;

/**
 * An origin that writes to the node's invocation log, and otherwise behaves as {@link
 * OriginEntity}.
 */
final class LoggedOrigin<S> extends OriginEntity<S> {
  private final InvocationRecorder recorder;

  private LoggedOrigin(
      ActorContext<Object> ctx,
      TimerScheduler<Object> timers,
      OriginHome home,
      OriginNode<S> node,
      InvocationRecorder recorder) {
    super(ctx, timers, home, node);
    this.recorder = recorder;
  }

  /** The recorder outlives restarts: they do not end the origin's time in memory. */
  static <S> Behavior<Object> create(OriginHome home, OriginNode<S> node, InvocationLog log) {
    return Behaviors.setup(
        loading -> {
          var recorder = new InvocationRecorder(log, home);
          return Behaviors.intercept(
              recorder::interceptor,
              OriginBehavior.supervised(
                  node, (ctx, timers) -> new LoggedOrigin<>(ctx, timers, home, node, recorder)));
        });
  }

  @Override
  public CommandHandlerWithReply<Object, Object, FullState<S>> commandHandler() {
    var unlogged = super.commandHandler();
    return (state, command) -> {
      recorder.begins(command);
      return unlogged.apply(state, command);
    };
  }

  @Override
  public EventHandler<FullState<S>, Object> eventHandler() {
    var unlogged = super.eventHandler();
    return (state, row) -> {
      recorder.applies();
      return unlogged.apply(state, row);
    };
  }

  @Override
  public EffectBuilder<Object, FullState<S>> carryOut(Turn<S> turn) {
    var effect = super.carryOut(turn);
    if (!turn.rows().isEmpty()) {
      recorder.writes(turn.rows().size(), writesWakeUp() ? 1 : 0, outcome(turn.rows()));
    }
    return effect;
  }

  @Override
  void isDurable(Turn<S> turn, FullState<S> state) {
    super.isDurable(turn, state);
    recorder.isDurable();
  }

  @Override
  void onRecovered(FullState<S> recovered) {
    super.onRecovered(recovered);
    recorder.recovered(recovered.fetches().row());
  }

  /** The outcome of the fetch that settled; else {@code accepted} or {@code journaled}. */
  private static String outcome(List<Object> rows) {
    var outcome = "journaled";
    for (var row : rows) {
      if (row instanceof FetchSettled settled) {
        return settled
            .outcome()
            .fold(
                answered -> "answered", failed -> "failed", unknown -> "unknown", c -> "cancelled");
      }
      outcome = row instanceof FetchAccepted ? "accepted" : outcome;
    }
    return outcome;
  }
}
