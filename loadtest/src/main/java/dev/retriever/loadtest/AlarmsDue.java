package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Many alarms that are due within the same seconds, of origins that sleep until then: how late each
 * has rung, durably, beside how many origins can be woken in a second.
 */
final class AlarmsDue implements Scenario {
  /** In memory by then: what is woken shortly before it is due. */
  private static final Duration AHEAD = Duration.ofSeconds(3);

  /** The least that a node may take to let the last origin go. */
  static final Duration FALLING_ASLEEP = Duration.ofMinutes(2);

  /** Longer than a journal write may take, and an origin to recover when it has failed. */
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "alarms-due";
  }

  @Override
  public String summary() {
    return "--alarms on --origins that sleep, all due within --window; how late they ring";
  }

  @Override
  public boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    return Workspace.run(
        name(),
        "The node's log is in ",
        out,
        workspace -> {
          var calls = new AlarmCalls(workspace, load, out, terminal);
          calls.start();
          var result = run(calls, load, out, terminal);
          result.print(out);
          out.println("result: " + result.write());
          return result.kept();
        });
  }

  /** Enough for a slow machine to set them all, and for the origins to fall asleep. */
  private static Duration lead(Load load) {
    return Duration.ofSeconds(20 + load.origins() / 500 + load.sleeping().alarms() / 2_000);
  }

  private static Result run(AlarmCalls calls, Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    var alarms = load.sleeping().alarms();
    var mostOfOne = AlarmCalls.share(load, 0);
    var first = Instant.now().plus(lead(load));
    var set = calls.set(first, load.sleeping().window().dividedBy(mostOfOne));
    var left = Duration.between(Instant.now(), first.minus(AHEAD));
    if (left.compareTo(AlarmCalls.IDLE) < 0) {
      throw new IOException("this machine is too slow to set %d alarms in time".formatted(alarms));
    }
    calls.asleep(left);
    out.printf("all origins are asleep, %d s before the first is due%n", left(first));
    ring(calls, load, first, out, terminal);
    var figures = calls.figures();
    calls.asleep(FALLING_ASLEEP);
    return new Result(load, calls.database().name(), set, figures, calls.ask(true));
  }

  /** Until all have rung, or, when the window is over, none has for a while. */
  private static void ring(
      AlarmCalls calls, Load load, Instant first, PrintStream out, boolean terminal)
      throws InterruptedException {
    var alarms = load.sleeping().alarms();
    try (var progress = Progress.of("ring", alarms, out, terminal)) {
      var patientUntil = first.plus(load.sleeping().window()).plus(PATIENCE);
      var rung = -1L;
      while (rung < alarms && Instant.now().isBefore(patientUntil)) {
        var before = rung;
        calls.becomes(STALL, figures -> figures.path("fired").asLong() > before);
        var now = calls.figures().path("fired").asLong();
        if (now == rung && Instant.now().isAfter(first.plus(load.sleeping().window()))) {
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
  record Result(
      Load load, String database, Drive.Driven set, JsonNode figures, AlarmCalls.Asked asked) {
    boolean kept() {
      return set.failed() == 0
          && figure("fired") > 0
          && figure("fired") <= load.sleeping().alarms()
          && figure("early") == 0
          && asked.wrong() == 0;
    }

    private long figure(String name) {
      return figures.path(name).asLong(-1);
    }

    /** Of those that came into memory, from the first to the last. */
    double wokenPerSecond() {
      return figure("wakingNanos") > 0
          ? (figure("woken") - 1) * 1e9 / figure("wakingNanos")
          : Double.NaN;
    }

    void print(PrintStream out) {
      out.printf(
          "%n%d alarms on %d sleeping origins, due within %d s, on %s%n",
          load.sleeping().alarms(), load.origins(), load.sleeping().window().toSeconds(), database);
      out.printf(
          "early %d; late by ms, of %d: p50 %d, p99 %d, max %d%n",
          figure("early"), figure("fired"), figure("p50"), figure("p99"), figure("max"));
      out.printf(
          "origins woken for them: %d within %.1f s, %.0f/s; by asking each: %.0f/s%n",
          figure("woken"), figure("wakingNanos") / 1e9, wokenPerSecond(), asked.perSecond());
      out.println(
          kept()
              ? "each rang once and none early"
              : "NOT AS PROMISED: %d origins say otherwise, %d could not be told"
                  .formatted(asked.wrong(), set.failed()));
      set.firstFailure().ifPresent(why -> out.println("  set alarms: " + why));
    }

    Path write() throws IOException {
      var json = new ObjectMapper().createObjectNode().put("scenario", "alarms-due");
      json.put("alarms", load.sleeping().alarms()).put("origins", load.origins());
      json.put("windowSeconds", load.sleeping().window().toSeconds()).put("database", database);
      json.put("processors", Runtime.getRuntime().availableProcessors());
      json.put("java", System.getProperty("java.version"));
      json.put("measured", figure("fired")).put("early", figure("early"));
      json.putObject("lateMs")
          .put("p50", figure("p50"))
          .put("p99", figure("p99"))
          .put("max", figure("max"));
      json.put("woken", figure("woken")).put("wokenPerSecond", wokenPerSecond());
      json.put("askedPerSecond", asked.perSecond());
      json.put("wrongOrigins", asked.wrong()).put("kept", kept());
      return Results.write("alarms-due", load.out(), json.toPrettyString());
    }
  }
}
