package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.executor.logging.LogSubject;
import dev.retriever.executor.pool.AttemptTable.Held;
import dev.retriever.executor.settings.ExecutorSettings;
import dev.retriever.executor.trace.AttemptTrace.Place;
import java.time.Clock;
import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Makes attempts: starts one exchange for each, aborts it at its deadline, and sends its report
 * until the origin acknowledges it. The {@link AttemptTable} holds all state that must last, so a
 * restart of this actor loses nothing.
 */
public final class FetchExecutor extends AbstractBehavior<FetchExecutor.Command> {
  /** The reason of a report on an attempt that was fenced before its dispatch came. */
  static final String NEVER_BEGAN = "never-began";

  /** Every command names its attempt: the router sends all commands of one attempt to one actor. */
  sealed interface Command permits Execute, Abort, Ended, DeadlinePassed, SendReport, ReportAck {
    AttemptKey key();
  }

  /**
   * @param limit from when the pool took the attempt; the message may wait in the mailbox
   */
  public record Execute(AttemptKey key, FetchRequest request, TimeLimit limit) implements Command {}

  record Abort(AttemptKey key) implements Command {}

  record Ended(AttemptKey key, Report report) implements Command {}

  record DeadlinePassed(AttemptKey key) implements Command {}

  record SendReport(AttemptKey key) implements Command {}

  /**
   * What the executors of one pool share.
   *
   * @param clock a monotonic one, for durations
   */
  record Shared(
      ExecutorSettings settings,
      Transport transport,
      Reports reports,
      AttemptTable table,
      PoolCounters counters,
      Clock clock,
      Runnable roomMade) {}

  private final Shared shared;
  private final TimerScheduler<Command> timers;
  private final String name;

  static Behavior<Command> create(Shared shared) {
    return Behaviors.setup(
        ctx -> Behaviors.withTimers(timers -> new FetchExecutor(ctx, timers, shared)));
  }

  private FetchExecutor(ActorContext<Command> ctx, TimerScheduler<Command> timers, Shared shared) {
    super(ctx);
    this.shared = shared;
    this.timers = timers;
    this.name = ctx.getSelf().path().toString();
    ctx.setLoggerName(FetchExecutor.class);
    shared.table().heldBy(name).forEach(this::resume);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Execute.class, this::onExecute)
        .onMessage(Abort.class, this::onAbort)
        .onMessage(DeadlinePassed.class, this::onDeadlinePassed)
        .onMessage(Ended.class, this::onEnded)
        .onMessage(SendReport.class, this::onSendReport)
        .onMessage(ReportAck.class, this::onReportAck)
        .build();
  }

  /** Continues after a restart: the table and the transport still work, but the timers are gone. */
  private void resume(Held held) {
    var self = getContext().getSelf();
    if (held.reported()) {
      self.tell(new SendReport(held.key()));
    } else if (!held.started()) {
      self.tell(new Ended(held.key(), Report.lost()));
    } else {
      var left = Duration.between(shared.clock().instant(), held.deadline());
      startTimeout(held.key(), left.isNegative() ? Duration.ZERO : left);
    }
  }

  private Behavior<Command> onExecute(Execute execute) {
    var key = execute.key();
    var now = shared.clock().instant();
    switch (shared.table().begin(key, name, now, now.plus(execute.limit().timeout()))) {
      case BEGUN -> {
        startTimeout(key, execute.limit().timeout());
        var self = getContext().getSelf();
        var exchange =
            shared
                .transport()
                .start(
                    key,
                    execute.request(),
                    execute.limit(),
                    report -> self.tell(new Ended(key, report)));
        shared.table().exchangeStarted(key, exchange);
      }
      case TOO_LATE -> finish(key, new Report.NotSent(Stage.QUEUED, "dispatched-too-late"));
      case FENCED -> {
        shared.counters().dispatchesRefused.increment();
        warn(
            execute,
            "Dispatch of {} came after its reservation had lapsed; the attempt is reported as not sent");
        finish(key, new Report.NotSent(Stage.QUEUED, NEVER_BEGAN));
      }
      case REFUSED -> {
        shared.counters().dispatchesRefused.increment();
        warn(execute, "Dispatch of {} is repeated or without a reservation; ignored");
      }
    }
    return this;
  }

  private void warn(Execute execute, String text) {
    var trace =
        execute.request().trace().flatMap(it -> it.sent().or(() -> it.place().map(Place::own)));
    LogSubject.of(execute.key())
        .trace(trace)
        .logs(() -> getContext().getLog().warn(text, execute.key()));
  }

  private Behavior<Command> onAbort(Abort abort) {
    if (shared.table().release(abort.key())) {
      shared.roomMade().run();
    }
    shared.table().exchange(abort.key()).ifPresent(exchange -> exchange.abort("aborted"));
    return this;
  }

  private Behavior<Command> onDeadlinePassed(DeadlinePassed passed) {
    shared.table().exchange(passed.key()).ifPresent(exchange -> exchange.abort(Report.TIMEOUT));
    return this;
  }

  private Behavior<Command> onEnded(Ended ended) {
    timers.cancel(new DeadlinePassed(ended.key()));
    finish(ended.key(), ended.report());
    return this;
  }

  private void finish(AttemptKey key, Report report) {
    if (shared.table().ended(key, report, shared.clock().instant())) {
      send(key);
    }
  }

  private Behavior<Command> onSendReport(SendReport due) {
    send(due.key());
    return this;
  }

  private void send(AttemptKey key) {
    var sending = shared.table().nextSending(key, shared.clock().instant());
    if (sending.isEmpty()) {
      return;
    }
    if (sending.get().age().compareTo(shared.settings().reportRetention()) > 0) {
      giveUp(key);
      return;
    }
    if (sending.get().timesSent() > 1) {
      shared.counters().reportsResent.increment();
    }
    var again = new SendReport(key);
    timers.startSingleTimer(again, again, shared.settings().resendAfter(sending.get().timesSent()));
    shared
        .reports()
        .deliver(new AttemptReport(key, sending.get().report(), getContext().getSelf().narrow()));
  }

  private void giveUp(AttemptKey key) {
    shared.counters().reportsUndelivered.increment();
    LogSubject.of(key)
        .logs(
            () ->
                getContext()
                    .getLog()
                    .warn(
                        "Report on {} was not acknowledged for {}; it is dropped, and the deadline"
                            + " alarm settles the fetch",
                        key,
                        shared.settings().reportRetention()));
    forget(key);
  }

  private Behavior<Command> onReportAck(ReportAck ack) {
    timers.cancel(new SendReport(ack.key()));
    forget(ack.key());
    return this;
  }

  private void forget(AttemptKey key) {
    if (shared.table().forget(key)) {
      shared.roomMade().run();
    }
  }

  private void startTimeout(AttemptKey key, Duration timeout) {
    var passed = new DeadlinePassed(key);
    timers.startSingleTimer(passed, passed, timeout);
  }
}
