package dev.retriever.loadtest.bars;

import static dev.retriever.loadtest.process.Resources.mib;

import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.service.AlarmCalls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Many alarms that are due tomorrow, of origins that sleep: what they cost in memory, on the disk,
 * and when the node starts again.
 */
public final class AlarmsPending {
  private static final Duration TOMORROW = Duration.ofDays(1);
  private static final Duration BETWEEN = Duration.ofMillis(10);

  private AlarmsPending() {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    run(new AlarmCalls(stage)).into(stage.context().size("alarms"), stage.draft());
  }

  private static Measured run(AlarmCalls calls) throws IOException, InterruptedException {
    var empty = new Moment(calls.start(), calls.heap(), calls.database().bytes());
    var set = calls.set(Instant.now().plus(TOMORROW), BETWEEN);
    calls.asleep(AlarmsDue.FALLING_ASLEEP);
    var heapAsleep = calls.heap();
    var bytes = calls.database().bytes();
    calls.stop();
    var started = calls.start();
    // Wait until the alarm clocks have looked for due alarms and found none.
    TimeUnit.SECONDS.sleep(3);
    var restarted = new Moment(started, calls.heap(), bytes);
    return new Measured(set, empty, heapAsleep, restarted, calls.ask(false));
  }

  /**
   * The figures of a node at one time.
   *
   * @param started how long it took until its first origin answered
   */
  record Moment(Duration started, long heap, long database) {}

  /**
   * How it went.
   *
   * @param asked what all origins said after the restart
   */
  record Measured(
      ClosedLoop.LoopResult set,
      Moment empty,
      long heapAsleep,
      Moment restarted,
      AlarmCalls.OriginAnswers asked) {
    void into(int alarms, ResultDraft draft) {
      draft.failures("set alarms", set);
      draft
          .table("Alarms that are pending", "when", "started, s", "heap, MiB", "database, MiB")
          .row("empty", empty.started(), mib(empty.heap()), mib(empty.database()))
          .row("asleep", null, mib(heapAsleep), mib(restarted.database()))
          .row("restarted", restarted.started(), mib(restarted.heap()), mib(restarted.database()));
      draft.promise(
          "origins that say otherwise", asked.wrong() == 0, asked.wrong(), "each alarm is pending");
      draft.finding(
          "%d alarms were set in %.1f s; asleep they take %.1f MiB of heap beyond that of an empty"
              + " node, and %.1f MiB of the database.",
          alarms,
          set.elapsed(),
          mib(heapAsleep - empty.heap()),
          mib(restarted.database() - empty.database()));
    }
  }
}
