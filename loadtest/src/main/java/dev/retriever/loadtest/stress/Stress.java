package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Size;
import dev.retriever.loadtest.server.TargetServer;
import java.io.IOException;

/**
 * Many subscribers to the outcomes of origins, under adverse conditions. An origin is a channel, an
 * outcome an event. Each subscriber must receive each event of its channel once, in order and
 * unaltered, also after its connection was cut.
 */
public record Stress(Faults faults) {
  public static final Stress PLAIN = new Stress(Faults.NONE);

  /** A fifth of the connections drops at each step of a subscription. */
  public static final Stress DROPS =
      new Stress(
          Faults.of(
              InjectedFault.drop(
                  0.2, Moment.SUBSCRIBE, Moment.PUBLISH, Moment.RECEIVE, Moment.UNSUBSCRIBE)));

  /** Half of the connections drop in the same moment. */
  public static final Stress HERD = new Stress(Faults.of(InjectedFault.drop(0.5, Moment.PUBLISH)));

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
    context.stage(
        context.name(),
        stage ->
            new StressRun(stage, context.name(), faults, context.size("body", 0))
                .run(StressBed.forSubscribers()));
  }
}
