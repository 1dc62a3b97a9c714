package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Many alarms that are due tomorrow, of origins that sleep: what they cost in memory, on the disk,
 * and when the node starts again.
 */
final class AlarmsPending implements Scenario {
  private static final Duration TOMORROW = Duration.ofDays(1);
  private static final Duration BETWEEN = Duration.ofMillis(10);

  @Override
  public String name() {
    return "alarms-pending";
  }

  @Override
  public String summary() {
    return "--alarms on --origins that sleep, due tomorrow; what they cost, and a restart";
  }

  @Override
  public boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    return Workspace.run(
        name(),
        "The node's log is in ",
        out,
        workspace -> {
          var result = run(new AlarmCalls(workspace, load, out, terminal), load);
          result.print(out);
          out.println("result: " + result.write());
          return result.kept();
        });
  }

  private static Result run(AlarmCalls calls, Load load) throws IOException, InterruptedException {
    var empty = new Moment(calls.start(), calls.heap(), calls.database().bytes());
    var set = calls.set(Instant.now().plus(TOMORROW), BETWEEN);
    calls.asleep(AlarmsDue.FALLING_ASLEEP);
    var heapAsleep = calls.heap();
    var bytes = calls.database().bytes();
    calls.stop();
    var started = calls.start();
    // The clocks have looked by then, and found nothing that is due.
    TimeUnit.SECONDS.sleep(3);
    var restarted = new Moment(started, calls.heap(), bytes);
    return new Result(
        load, calls.database().name(), set, empty, heapAsleep, restarted, calls.ask(false));
  }

  /**
   * What a node is like at one time.
   *
   * @param started how long it took until its first origin answered
   */
  record Moment(Duration started, long heap, long database) {}

  /**
   * How it went.
   *
   * @param asked what all origins said after the restart
   */
  record Result(
      Load load,
      String database,
      Drive.Driven set,
      Moment empty,
      long heapAsleep,
      Moment restarted,
      AlarmCalls.Asked asked) {
    boolean kept() {
      return set.failed() == 0 && asked.wrong() == 0;
    }

    void print(PrintStream out) {
      out.printf(
          "%n%d alarms pending on %d sleeping origins, on %s; set in %.1f s%n",
          load.sleeping().alarms(), load.origins(), database, seconds(set.elapsed()));
      out.printf("%-12s %16s %16s %16s%n", "", "started in s", "heap MiB", "database MiB");
      print(out, "empty", empty);
      out.printf(
          "%-12s %16s %16.1f %16.1f%n", "asleep", "-", mib(heapAsleep), mib(restarted.database()));
      print(out, "restarted", restarted);
      out.println(
          kept()
              ? "all are pending after the restart"
              : "NOT AS PROMISED: %d origins say otherwise, %d could not be told"
                  .formatted(asked.wrong(), set.failed()));
      set.firstFailure().ifPresent(why -> out.println("  set alarms: " + why));
    }

    private static void print(PrintStream out, String when, Moment moment) {
      out.printf(
          "%-12s %16.1f %16.1f %16.1f%n",
          when, seconds(moment.started()), mib(moment.heap()), mib(moment.database()));
    }

    private static double mib(long bytes) {
      return bytes / 1048576.0;
    }

    private static double seconds(Duration duration) {
      return duration.toMillis() / 1e3;
    }

    Path write() throws IOException {
      var json = new ObjectMapper().createObjectNode().put("scenario", "alarms-pending");
      json.put("alarms", load.sleeping().alarms()).put("origins", load.origins());
      json.put("database", database).put("setSeconds", seconds(set.elapsed()));
      json.put("processors", Runtime.getRuntime().availableProcessors());
      json.put("java", System.getProperty("java.version"));
      json.put("heapEmptyBytes", empty.heap()).put("heapAsleepBytes", heapAsleep);
      json.put("heapRestartedBytes", restarted.heap());
      json.put("databaseEmptyBytes", empty.database()).put("databaseBytes", restarted.database());
      json.put("startEmptySeconds", seconds(empty.started()));
      json.put("startPendingSeconds", seconds(restarted.started()));
      json.put("askedPerSecond", asked.perSecond());
      json.put("wrongOrigins", asked.wrong()).put("kept", kept());
      return Results.write("alarms-pending", load.out(), json.toPrettyString());
    }
  }
}
