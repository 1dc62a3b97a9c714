package dev.retriever.executor.invocation;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The line of one attempt. Its wall time is from the start of the exchange to its end. Its
 * processor time is what starting it and handing on its report took; threads that read and write
 * connections serve many exchanges at once, and are not in it.
 */
final class LoggedAttempt {
  private final InvocationLog log;
  private final AttemptKey key;
  private final InvocationLog.Moment began;
  private final long cpuBefore;

  /** To start it; not known yet to an exchange that ends before it is. */
  private volatile long cpuToStart;

  LoggedAttempt(InvocationLog log, AttemptKey key) {
    this.log = log;
    this.key = key;
    this.began = log.now();
    this.cpuBefore = log.cpuNanos();
  }

  /** Called by the thread that started it. */
  void hasStarted() {
    cpuToStart = log.cpuNanos() - cpuBefore;
  }

  /** Called by any thread. */
  void ends(Report report, Consumer<Report> done) {
    var took = log.nanos() - began.nanos();
    var before = log.cpuNanos();
    done.accept(report);
    var cpu = cpuToStart + log.cpuNanos() - before;
    log.write(
        new Invocation(
            Invocation.Entity.EXECUTOR,
            key.originType(),
            key.originId(),
            Optional.of(key.fetchId()),
            Invocation.Event.REPORT,
            "Attempt",
            report.fold(answered -> "answered", notSent -> "not-sent", ambiguous -> "ambiguous"),
            began.epochMillis(),
            InvocationLog.millis(took),
            InvocationLog.millis(cpu),
            0,
            0));
  }
}
