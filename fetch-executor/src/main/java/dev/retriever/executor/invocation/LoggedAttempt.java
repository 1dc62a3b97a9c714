package dev.retriever.executor.invocation;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures one attempt for its line in the log. The wall time is from the start of the exchange to
 * its end. The processor time covers starting the exchange and delivering its report. It leaves out
 * the threads of connections, because they serve many exchanges at once.
 */
final class LoggedAttempt {
  private final InvocationLog log;
  private final AttemptKey key;
  private final InvocationLog.Moment began;
  private final long cpuBefore;

  /** The processor time of the start; 0 if the exchange ends before its start has returned. */
  private volatile long cpuToStart;

  LoggedAttempt(InvocationLog log, AttemptKey key) {
    this.log = log;
    this.key = key;
    this.began = log.now();
    this.cpuBefore = log.cpuNanos();
  }

  /** Called by the thread that has started the exchange. */
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
