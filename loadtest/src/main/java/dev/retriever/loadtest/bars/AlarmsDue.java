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
 * Many alarms that are due within the same seconds, of origins that sleep until then: how late each
 * has rung, durably, beside how many origins can be woken in a second.
 */
public final class AlarmsDue {
  /** In memory by then: what is woken shortly before it is due. */
  private static final Duration AHEAD = Duration.ofSeconds(3);

  /** The least that a node may take to let the last origin go. */
  static final Duration FALLING_ASLEEP = Duration.ofMinutes(2);

  /** Longer than a journal write may take, and an origin to recover when it has failed. */
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private AlarmsDue() {}

  public static void run(Context context, TestBed stage, ResultDraft draft)
      throws IOException, InterruptedException {
    var calls = new AlarmCalls(context, stage);
    calls.start();
    run(calls, context).into(draft);
  }

  /** Enough for a slow machine to set them all, and for the origins to fall asleep. */
  private static Duration lead(Context context) {
    var least = context.quick() ? 10 : 20;
    return Duration.ofSeconds(
        least + context.size("origins") / 500 + context.size("alarms") / 2_000);
  }

  private static Came run(AlarmCalls calls, Context context)
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
    ring(calls, context, first.plus(window));
    var figures = calls.figures();
    calls.asleep(FALLING_ASLEEP);
    return new Came(alarms, set, figures, calls.ask(true));
  }

  /** Until all have rung, or, when the window is over, none has for a while. */
  private static void ring(AlarmCalls calls, Context context, Instant last)
      throws InterruptedException {
    var alarms = context.size("alarms");
    try (var progress = context.progress("ring", alarms)) {
      var patientUntil = last.plus(PATIENCE);
      var rung = -1L;
      while (rung < alarms && Instant.now().isBefore(patientUntil)) {
        var before = rung;
        calls.becomes(STALL, figures -> figures.path("fired").asLong() > before);
        var now = calls.figures().path("fired").asLong();
        if (now == rung && Instant.now().isAfter(last)) {
          return;
        }
        rung = now;
        progress.to(rung);
      }
    }
  }

  private static long left(Instant first) {
    return Duration.between(Instant.now(), first).toSeconds();
  }

  /**
   * How it went.
   *
   * @param figures the node's own. A write that took too long, and was done after all, is missing
   *     from them: what counts is what the origins say
   * @param asked what all origins said afterwards, woken for it
   */
  record Came(int alarms, ClosedLoop.Driven set, JsonNode figures, AlarmCalls.Asked asked) {
    private long figure(String name) {
      return figures.path(name).asLong(-1);
    }

    /** Of those that came into memory, from the first to the last. */
    double wokenPerSecond() {
      return figure("wakingNanos") > 0
          ? (figure("woken") - 1) * 1e9 / figure("wakingNanos")
          : Double.NaN;
    }

    void into(ResultDraft draft) {
      draft.failures("set alarms", set);
      draft
          .table(
              "Alarms of sleeping origins",
              "rang",
              "early",
              "late p50, ms",
              "late p99, ms",
              "late max, ms",
              "origins woken",
              "woken, 1/s",
              "by asking, 1/s")
          .row(
              figure("fired"),
              figure("early"),
              figure("p50"),
              figure("p99"),
              figure("max"),
              figure("woken"),
              wokenPerSecond(),
              asked.perSecond());
      var fired = figure("fired");
      draft.promise("alarms that rang", fired > 0 && fired <= alarms, fired, "each once");
      draft.promise("early", figure("early") == 0, figure("early"), "none");
      draft.promise(
          "origins that say otherwise",
          asked.wrong() == 0,
          asked.wrong(),
          "each rang once, none early");
      draft.finding(
          "%d alarms rang, half of them at most %d ms late and one in a hundred more than %d ms;"
              + " origins woke at %.0f a second.",
          fired, figure("p50"), figure("p99"), wokenPerSecond());
    }
  }
}
