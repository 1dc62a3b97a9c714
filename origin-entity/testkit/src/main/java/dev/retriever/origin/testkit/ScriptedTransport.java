package dev.retriever.origin.testkit;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.origin.testkit.Step.Ends;
import dev.retriever.origin.testkit.Step.Late;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A transport without targets: each exchange follows its script. Thread-safe. */
final class ScriptedTransport implements Transport {
  private final Scripts scripts;
  private final ScriptTime time;
  private final Set<AttemptKey> twice = ConcurrentHashMap.newKeySet();

  ScriptedTransport(Scripts scripts, ScriptTime time) {
    this.scripts = scripts;
    this.time = time;
  }

  @Override
  public Call start(AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
    // A denied request is not retried, so a missing script shows at once.
    var step =
        scripts
            .next(key, request, time)
            .orElseGet(
                () ->
                    new Ends(
                        Duration.ZERO, new Report.NotSent(Stage.EGRESS_DENIED, "unscripted"), 1));
    var call = new Call(step, done);
    if (step instanceof Ends ends) {
      if (ends.copies() > 1) {
        twice.add(key);
      }
      time.after(ends.after(), () -> call.end(ends.report()));
    }
    return call;
  }

  /**
   * How often to send the report on that attempt now: twice the first time, if it is scripted so.
   */
  int copies(AttemptKey key) {
    return twice.remove(key) ? 2 : 1;
  }

  /** An exchange under way. */
  final class Call implements Exchange {
    private final Step step;
    private final Consumer<Report> done;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean givenUp = new AtomicBoolean();

    private Call(Step step, Consumer<Report> done) {
      this.step = step;
      this.done = done;
    }

    /** Ends like a real exchange whose request is sent and has no answer yet. */
    @Override
    public void abort(String reason) {
      if (step.endsWhenAborted()) {
        end(Report.broken(Stage.SENT, reason, Optional.empty()));
      } else if (!reason.equals(Report.TIMEOUT)) {
        giveUp();
      }
    }

    /** The origin has given the attempt up. */
    void giveUp() {
      if (step instanceof Late late && givenUp.compareAndSet(false, true)) {
        time.after(late.after(), () -> end(late.report()));
      }
    }

    private void end(Report report) {
      if (ended.compareAndSet(false, true)) {
        done.accept(report);
      }
    }
  }
}
