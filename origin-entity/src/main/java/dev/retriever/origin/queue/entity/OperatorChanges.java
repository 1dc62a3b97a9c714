package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueOperations.Hold;
import dev.retriever.origin.queue.QueueOperations.Operation;
import dev.retriever.origin.queue.QueueOperations.Pause;
import dev.retriever.origin.queue.QueueOperations.Purge;
import dev.retriever.origin.queue.QueueOperations.Result;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.entity.QueueDirectory.Settled;
import dev.retriever.origin.queue.entity.QueueEvent.Configured;
import dev.retriever.origin.queue.entity.QueueEvent.Stoppage;
import dev.retriever.origin.queue.entity.QueueReply.Changed;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What operators change. A change that forbids is answered when no attempt can begin any more that
 * it forbids: it is journaled, grants are asked back, and the fence is raised. Not thread-safe.
 */
final class OperatorChanges {
  private final QueueCore core;
  private final Statements.Kind<Boolean> emptiness;

  OperatorChanges(QueueCore core, Statements statements) {
    this.core = core;
    this.emptiness = statements.kind();
  }

  /** New settings; makes the queue if there is none. */
  void configure(QueueTurn turn, QueueCommand.Configure it, Consumer<Changed> replyTo) {
    var before = turn.settled();
    var is = before.map(Settled::version).orElse(0L);
    if (it.ifVersion().filter(version -> version != is).isPresent()) {
      refuse(turn, Result.WRONG_VERSION, replyTo);
      return;
    }
    var own = turn.state().settings();
    if (!own.equals(Optional.of(it.settings()))) {
      configured(turn, it.settings(), Math.max(turn.state().version(), is) + 1);
    }
    if (before.isPresent()) {
      answer(turn, core::isEffective, Result.DONE, replyTo);
    } else {
      core.answers().known(turn, Result.CREATED, replyTo);
    }
  }

  private void configured(QueueTurn turn, QueueSettings settings, long version) {
    core.incarnate(turn);
    core.scheduler().configure(settings, turn.now()).ifPresent(change -> journal(turn, change));
    turn.journal(new Configured(SettingsJson.write(settings), version, turn.now().wall()));
    core.follow(settings);
    core.forbid(turn);
    core.leases().readAgain(turn);
    core.gate().hurry();
  }

  /** The queue has no settings any more, if nothing waits or runs. */
  void remove(QueueTurn turn, QueueCommand.Remove it, Consumer<Changed> replyTo) {
    var own = turn.state().settings();
    if (own.isEmpty()) {
      refuse(turn, Result.NO_SUCH_QUEUE, replyTo);
    } else if (it.ifVersion().filter(is -> is != turn.state().version()).isPresent()) {
      refuse(turn, Result.WRONG_VERSION, replyTo);
    } else if (turn.listed().isUsed() || !core.isEmpty(turn)) {
      refuse(turn, Result.NOT_EMPTY, replyTo);
    } else if (!core.fence().hasBegun() || emptiness.isUnderWay()) {
      refuse(turn, Result.NOT_POSSIBLE, replyTo);
    } else {
      var name = core.name();
      emptiness.make(
          turn,
          store ->
              store
                  .lines(name, Optional.empty(), 1)
                  .thenCombine(
                      store.slots(name), (lines, slots) -> lines.isEmpty() && slots.isEmpty()),
          (later, isEmpty) -> remove(later, isEmpty, replyTo));
    }
  }

  /** A caller whose question for emptiness failed asks again itself. */
  void look(QueueTurn turn) {
    if (emptiness.isDue(turn.micros())) {
      emptiness.rest();
    }
  }

  private void remove(QueueTurn turn, boolean isEmpty, Consumer<Changed> replyTo) {
    if (!isEmpty) {
      refuse(turn, Result.NOT_EMPTY, replyTo);
    } else {
      if (turn.state().settings().isPresent()) {
        turn.journal(new QueueEvent.Removed(turn.state().version(), turn.now().wall()));
        core.forbid(turn);
        core.gate().hurry();
      }
      answer(turn, core::isEffective, Result.DONE, replyTo);
    }
  }

  /** Changes what the queue does. */
  void operate(QueueTurn turn, Operation operation, Consumer<Changed> replyTo) {
    if (turn.settled().isEmpty()) {
      refuse(turn, Result.NO_SUCH_QUEUE, replyTo);
      return;
    }
    core.incarnate(turn);
    operation.fold(new Doing(turn, replyTo)).ifPresent(it -> refuse(turn, it, replyTo));
  }

  /** Each gives why the operation is not done; or does it, and sees to the answer. */
  private final class Doing implements Operation.Fold<Optional<Result>> {
    private final QueueTurn turn;
    private final Consumer<Changed> replyTo;
    private final Instant at;

    Doing(QueueTurn turn, Consumer<Changed> replyTo) {
      this.turn = turn;
      this.replyTo = replyTo;
      this.at = turn.now().wall();
    }

    @Override
    public Optional<Result> pause(Pause it) {
      if (it.until().filter(until -> !until.isAfter(at)).isPresent()) {
        return Optional.of(Result.NOT_POSSIBLE);
      }
      var stoppage = new Stoppage(it.until(), it.reason());
      if (!turn.state().stops().paused().equals(Optional.of(stoppage))) {
        turn.journal(new QueueEvent.Paused(it.until(), it.reason(), at));
        core.scheduler().pause(it.until(), turn.now());
        core.forbid(turn);
      }
      return done(core::isEffective);
    }

    @Override
    public Optional<Result> resume() {
      var stops = turn.state().stops();
      if (stops.paused().isPresent() || stops.draining()) {
        turn.journal(new QueueEvent.Resumed(at));
        core.scheduler().resume(turn.now());
        core.gate().hurry();
      }
      return done(() -> true);
    }

    @Override
    public Optional<Result> drain() {
      if (!turn.state().stops().draining()) {
        turn.journal(new QueueEvent.Draining(at));
        core.gate().hurry();
      }
      return done(core.gate()::isTold);
    }

    @Override
    public Optional<Result> hold(Hold it) {
      if (!it.until().isAfter(at)) {
        return Optional.of(Result.NOT_POSSIBLE);
      }
      core.holds().hold(turn, it.until(), it.reason());
      return done(core::isEffective);
    }

    @Override
    public Optional<Result> release() {
      var stops = turn.state().stops();
      if (stops.held().isPresent() || !stops.heldKeys().isEmpty()) {
        turn.journal(new QueueEvent.Released(at));
        core.scheduler().release(turn.now());
      }
      return done(() -> true);
    }

    @Override
    public Optional<Result> purge(Purge it) {
      var before = it.before().isAfter(at) ? at : it.before();
      var same =
          turn.state()
              .purge()
              .filter(is -> !is.done() && is.before().equals(before) && is.key().equals(it.key()));
      if (same.isEmpty()) {
        var mark = turn.state().row() + 1;
        turn.journal(new QueueEvent.PurgeMarked(mark, before, it.key(), at));
        core.purge().begin(turn);
      }
      return done(core.purge()::isRead);
    }

    @Override
    public Optional<Result> breaker(BreakerMode mode) {
      core.scheduler()
          .breaker(mode, turn.now())
          .ifPresent(
              change -> {
                journal(turn, change);
                core.forbid(turn);
              });
      return done(core::isEffective);
    }

    @Override
    public Optional<Result> freeSlot(int slot) {
      var lease = core.leases().lingering(slot);
      if (lease.isEmpty()) {
        return Optional.of(Result.NOT_POSSIBLE);
      }
      core.lingering()
          .free(turn, lease.get(), (later, had) -> answer(later, () -> true, Result.DONE, replyTo));
      return Optional.empty();
    }

    private Optional<Result> done(BooleanSupplier isEffective) {
      answer(turn, isEffective, Result.DONE, replyTo);
      return Optional.empty();
    }
  }

  private static void journal(QueueTurn turn, BreakerChange change) {
    turn.journal(new QueueEvent.BreakerChanged(change, turn.now().wall()));
  }

  private void answer(
      QueueTurn turn, BooleanSupplier isEffective, Result result, Consumer<Changed> replyTo) {
    core.answers().when(turn, isEffective, result, replyTo);
  }

  private void refuse(QueueTurn turn, Result result, Consumer<Changed> replyTo) {
    turn.then(new QueueEffect.Reply<>(replyTo, new Changed(result, core.view(turn))));
  }
}
