package dev.retriever.loadtest.bars;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.service.AlarmCalls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Many alarms of sleeping origins that are due within the same seconds. Measures how late each
 * fires, durably, and how many origins can be woken in a second.
 */
public final class AlarmsDue {
  /** Origins are woken so long before an alarm is due. */
  private static final Duration AHEAD = Duration.ofSeconds(3);

  /** The longest that a node may take until the last origin has left memory. */
  static final Duration FALLING_ASLEEP = Duration.ofMinutes(2);

  /** Longer than a journal write, and the recovery after a failed one, may take. */
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private AlarmsDue() {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    var calls = new AlarmCalls(stage);
    calls.start();
    run(calls, stage.context()).into(stage.draft());
  }

  /** Time for a slow machine to set all alarms, and for the origins to leave memory. */
  private static Duration lead(Context context) {
    var least = context.quick() ? 10 : 20;
    return Duration.ofSeconds(
        least + context.size("origins") / 500 + context.size("alarms") / 2_000);
  }

  private static Measured run(AlarmCalls calls, Context context)
      throws IOException, InterruptedException {
    var alarms = context.size("alarms");
    var window = context.seconds("window");
    var mostOfOne = AlarmCalls.share(alarms, context.size("origins"), 0);
    var first = Instant.now().plus(lead(context));
    var set = calls.set(first, window.dividedBy(mostOfOne));
    var left = Duration.between(Instant.now(), first.minus(AHEAD));
    if (left.compareTo(AlarmCalls.IDLE) < 0) {
      throw new IOException("this machine is too slow to set %d alarms in time".formatted(alarms));
    }
    calls.asleep(left);
    context.say("all origins are asleep, %d s before the first is due", left(first));
    awaitFired(calls, context, first.plus(window));
    var figures = calls.figures();
    calls.asleep(FALLING_ASLEEP);
    return new Measured(alarms, set, figures, calls.ask(true));
  }

  /** Waits until all have fired, or none has for a while after the window. */
  private static void awaitFired(AlarmCalls calls, Context context, Instant last)
      throws InterruptedException {
    var alarms = context.size("alarms");
    try (var progress = context.progress("fire", alarms)) {
      var patientUntil = last.plus(PATIENCE);
      var fired = -1L;
      while (fired < alarms && Instant.now().isBefore(patientUntil)) {
        var before = fired;
        calls.becomes(STALL, figures -> figures.path("fired").asLong() > before);
        var now = calls.figures().path("fired").asLong();
        if (now == fired && Instant.now().isAfter(last)) {
          return;
        }
        fired = now;
        progress.to(fired);
      }
    }
  }

  private static long left(Instant first) {
    return Duration.between(Instant.now(), first).toSeconds();
  }

  /**
   * How it went.
   *
   * @param figures the node's own. They miss a late write that succeeded after all, so the answers
   *     of the origins decide
   * @param asked the answers of all origins afterwards
   */
  record Measured(
      int alarms, ClosedLoop.LoopResult set, JsonNode figures, AlarmCalls.OriginAnswers asked) {
    private long figure(String name) {
      return figures.path(name).asLong(-1);
    }

    /** The rate at which origins came into memory, from the first to the last. */
    double wokenPerSecond() {
      return figure("wakingNanos") > 0
          ? (figure("woken") - 1) * 1e9 / figure("wakingNanos")
          : Double.NaN;
    }

    void into(ResultDraft draft) {
      draft.failures("set alarms", set);
      draft
          .table("Alarms of sleeping origins")
          .cell("rang", figure("fired"))
          .cell("early", figure("early"))
          .cell("late p50, ms", figure("p50"))
          .cell("late p99, ms", figure("p99"))
          .cell("late max, ms", figure("max"))
          .cell("origins woken", figure("woken"))
          .cell("woken, 1/s", wokenPerSecond())
          .cell("by asking, 1/s", asked.perSecond());
      var fired = figure("fired");
      draft.promise("alarms that fired", fired > 0 && fired <= alarms, fired, "each once");
      draft.promise("early", figure("early") == 0, figure("early"), "none");
      draft.promise(
          "origins that say otherwise",
          asked.wrong() == 0,
          asked.wrong(),
          "each fired once, none early");
      draft.finding(
          "%d alarms fired, half of them at most %d ms late and one in a hundred more than %d ms;"
              + " origins woke at %.0f a second.",
          fired, figure("p50"), figure("p99"), wokenPerSecond());
    }
  }
}
