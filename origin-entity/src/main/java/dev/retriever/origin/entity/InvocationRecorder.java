package dev.retriever.origin.entity;

import dev.retriever.executor.invocation.Invocation;
import dev.retriever.executor.invocation.InvocationLog;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;

/**
 * Writes the lines of one origin in the invocation log. A handling begins with the message and ends
 * when its rows are durable and the answer is sent. Work of the actor in between, such as stashing
 * messages, counts to it. Belongs to one actor.
 */
final class InvocationRecorder {
  private final InvocationLog log;
  private final OriginHome home;
  private final InvocationLog.Moment loaded;

  /** CPU time of all finished turns of the actor, and the CPU clock when the present turn began. */
  private long cpuBefore;

  private long cpuEntered;

  private Handling handling;

  /** How many of the next applied rows are new, and not replayed. */
  private int fresh;

  private long rowsWritten;
  private long rowsRead;

  InvocationRecorder(InvocationLog log, OriginHome home) {
    this.log = log;
    this.home = home;
    this.loaded = log.now();
    this.cpuEntered = log.cpuNanos();
    this.handling = new Handling(LoggedMessage.RECOVERY, loaded);
    handling.waits = true;
  }

  private final class Handling {
    private final LoggedMessage message;
    private final InvocationLog.Moment began;
    private final long cpuBefore = cpu();
    private String outcome = "read";
    private long written;
    private long read;

    /** Waits for rows that are being written or replayed. */
    private boolean waits;

    private Handling(LoggedMessage message, InvocationLog.Moment began) {
      this.message = message;
      this.began = began;
    }
  }

  private long cpu() {
    return cpuBefore + log.cpuNanos() - cpuEntered;
  }

  void begins(Object message) {
    close();
    fresh = 0;
    handling = LoggedMessage.of(message).map(it -> new Handling(it, log.now())).orElse(null);
  }

  /**
   * The message leads to a write.
   *
   * @param rows of the journal, at least one
   * @param others that are written with them
   */
  void writes(int rows, int others, String outcome) {
    fresh = rows;
    if (handling != null) {
      handling.waits = true;
      handling.written = rows + others;
      handling.outcome = outcome;
    }
  }

  void isDurable() {
    if (handling != null) {
      handling.waits = false;
    }
  }

  /** A row is applied to the state. */
  void applies() {
    if (fresh > 0) {
      fresh--;
    } else {
      recovery().read++;
    }
  }

  /**
   * @param row the latest; higher than what was replayed, if there was a snapshot
   */
  void recovered(long row) {
    var it = recovery();
    it.read += row > it.read ? 1 : 0;
    it.outcome = "recovered";
    it.waits = false;
  }

  /** The handling of recovery; a handling before it has failed. */
  private Handling recovery() {
    if (handling == null || handling.message != LoggedMessage.RECOVERY) {
      if (handling != null) {
        handling.outcome = "failed";
        handling.written = 0;
      }
      close();
      handling = new Handling(LoggedMessage.RECOVERY, log.now());
      handling.waits = true;
    }
    return handling;
  }

  private void close() {
    var it = handling;
    handling = null;
    if (it != null) {
      rowsWritten += it.written;
      rowsRead += it.read;
      var cpu = cpu() - it.cpuBefore;
      log.write(line(it.message, it.outcome, it.began, cpu, it.written, it.read));
    }
  }

  private void left() {
    close();
    var all = new LoggedMessage(Invocation.Event.RESIDENCY, "Residency", Optional.empty());
    log.write(line(all, "left", loaded, cpu(), rowsWritten, rowsRead));
  }

  private Invocation line(
      LoggedMessage message,
      String outcome,
      InvocationLog.Moment began,
      long cpu,
      long written,
      long read) {
    return new Invocation(
        Invocation.Entity.ORIGIN,
        home.type(),
        home.id(),
        message.fetchId(),
        message.event(),
        message.message(),
        outcome,
        began.epochMillis(),
        InvocationLog.millis(log.nanos() - began.nanos()),
        InvocationLog.millis(cpu),
        written,
        read);
  }

  /** Intercepts the actor: sees each turn, and the end of the actor. */
  BehaviorInterceptor<Object, Object> interceptor() {
    return new Turns();
  }

  private final class Turns extends BehaviorInterceptor<Object, Object> {
    private Turns() {
      super(Object.class);
    }

    @Override
    public Behavior<Object> aroundReceive(
        TypedActorContext<Object> ctx, Object message, ReceiveTarget<Object> target) {
      return turn(() -> target.apply(ctx, message));
    }

    @Override
    public Behavior<Object> aroundSignal(
        TypedActorContext<Object> ctx, Signal signal, SignalTarget<Object> target) {
      try {
        return turn(() -> target.apply(ctx, signal));
      } finally {
        if (signal == PostStop.instance()) {
          left();
        }
      }
    }

    private Behavior<Object> turn(Supplier<Behavior<Object>> handling) {
      cpuEntered = log.cpuNanos();
      try {
        return handling.get();
      } finally {
        turnIsOver();
      }
    }

    private void turnIsOver() {
      if (handling != null && !handling.waits) {
        close();
      }
      cpuBefore = cpu();
      cpuEntered = log.cpuNanos();
    }
  }
}
