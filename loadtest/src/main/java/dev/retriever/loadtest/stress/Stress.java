package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Latency;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Size;
import dev.retriever.loadtest.server.TargetServer;
import java.io.IOException;

/**
 * Many subscribers to the outcomes of origins, under adverse conditions. An origin is a channel, an
 * outcome an event. Each subscriber must receive each event of its channel once, in order and
 * unaltered, also after its connection was cut.
 *
 * @param cut the part of the connections that is cut in the middle of each cycle, 0 to 1
 * @param slowMs the pause of subscribers after each read
 */
public record Stress(Latency latency, double cut, int slowMs) {
  /** Without adverse conditions. */
  public static final Stress PLAIN = new Stress(Latency.NONE, 0, 0);

  public static Stress through(Latency network) {
    return new Stress(network, 0, 0);
  }

  public static Stress cutting(double rate) {
    return new Stress(Latency.NONE, rate, 0);
  }

  public static Stress slow(int millis) {
    return new Stress(Latency.NONE, 0, millis);
  }

  public static Size subscribers(int full, int quick) {
    return new Size("subscribers", full, quick, 1, 18_000);
  }

  public static Size channels(int full, int quick) {
    return Size.of("channels", full, quick);
  }

  public static Size events(int full, int quick) {
    return new Size("events", full, quick, 1, 10_000_000);
  }

  public static Size body(int full, int quick) {
    return new Size("body", full, quick, 0, TargetServer.BODY_MAX);
  }

  public static Size cycles(int full, int quick) {
    return new Size("cycles", full, quick, 1, 1_000);
  }

  public void run(Context context) throws IOException, InterruptedException {
    var body = context.size("body", 0);
    context.stage(context.name(), stage -> new StressRun(this, stage, body).run());
  }
}
