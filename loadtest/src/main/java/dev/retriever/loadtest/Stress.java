package dev.retriever.loadtest;

import java.io.IOException;

/**
 * Many who subscribe to the outcomes of origins, in some adversity: an origin is a channel, an
 * outcome an event. Each event must be told once to each subscriber of its channel, in order, and
 * as the target sent it; also to those who are cut and come back.
 *
 * @param cut of the connections, in the middle of each cycle, 0 to 1
 * @param slowMs that subscribers rest after each look
 */
record Stress(Latency latency, double cut, int slowMs) {
  /** Without adversity. */
  static final Stress PLAIN = new Stress(Latency.NONE, 0, 0);

  static Stress through(Latency network) {
    return new Stress(network, 0, 0);
  }

  static Stress cutting(double rate) {
    return new Stress(Latency.NONE, rate, 0);
  }

  static Stress slow(int millis) {
    return new Stress(Latency.NONE, 0, millis);
  }

  static Size subscribers(int full, int quick) {
    return new Size("subscribers", full, quick, 1, 18_000, "connections, one subscription each");
  }

  static Size channels(int full, int quick) {
    return Size.of("channels", full, quick, "origins that they subscribe to");
  }

  static Size events(int full, int quick) {
    return new Size("events", full, quick, 1, 10_000_000, "outcomes, over all channels");
  }

  static Size body(int full, int quick) {
    return new Size("body", full, quick, 0, Target.BODY_MAX, "bytes of each outcome's body");
  }

  static Size cycles(int full, int quick) {
    return new Size("cycles", full, quick, 1, 1_000, "rounds of events");
  }

  Result run(Context context) throws IOException, InterruptedException {
    var draft = context.draft();
    context.stage(
        context.name(),
        stage -> new StressRun(this, context, stage, context.size("body", 0)).into(draft));
    return draft.done();
  }
}
