package dev.retriever.loadtest;

import java.io.IOException;
import java.util.List;

/**
 * Many who subscribe to the outcomes of origins, in some adversity: an origin is a channel, an
 * outcome an event. Each event must be told once to each subscriber of its channel, in order, and
 * as the target sent it; also to those who are cut and come back.
 *
 * @param cut of the connections, in the middle of each cycle, 0 to 1
 * @param slowMs that subscribers rest after each look
 * @param openSeconds that all may take to subscribe
 * @param memoryMib that the node may take
 */
record Stress(
    String name,
    String summary,
    List<Size> sizes,
    Latency latency,
    double cut,
    int slowMs,
    int openSeconds,
    int memoryMib)
    implements Scenario {
  /** A connection takes some 60 KiB, and a node has 512 MiB by default. */
  static final String HEAP = "-Xmx1500m";

  /** Without adversity, and with the bounds of most. */
  static Stress of(String name, String summary, Size... sizes) {
    return new Stress(name, summary, List.of(sizes), Latency.NONE, 0, 0, 30, 2_048);
  }

  Stress through(Latency network) {
    return new Stress(name, summary, sizes, network, cut, slowMs, openSeconds, memoryMib);
  }

  Stress cutting(double rate) {
    return new Stress(name, summary, sizes, latency, rate, slowMs, openSeconds, memoryMib);
  }

  Stress slow(int millis) {
    return new Stress(name, summary, sizes, latency, cut, millis, openSeconds, memoryMib);
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

  /** All of the group: rows over one driver, but for two. */
  static List<Scenario> all() {
    return List.of(
        of(
            "subscriptions",
            "many subscriptions at once",
            subscribers(10_000, 200),
            channels(1_000, 20),
            events(1_000, 40)),
        new StressWaves(),
        of(
                "far-away",
                "subscribers with 1,000 ms of latency each way",
                subscribers(1_000, 50),
                channels(100, 5),
                events(1_000, 30))
            .through(Latency.fixed(1_000)),
        of(
                "jitter",
                "subscribers with 50 to 500 ms of latency each way",
                subscribers(1_000, 50),
                channels(100, 5),
                events(1_000, 30))
            .through(Latency.between(50, 500, 1)),
        of(
                "drops",
                "a fifth of the connections drop in each phase",
                subscribers(1_000, 50),
                channels(100, 5),
                events(1_000, 40),
                cycles(5, 2))
            .cutting(0.2),
        of(
                "half-cut",
                "half of the subscribers of every channel are cut",
                subscribers(1_000, 50),
                channels(100, 5),
                events(1_000, 30))
            .cutting(0.5),
        of(
                "slow-readers",
                "events in rapid succession to slow subscribers",
                subscribers(100, 10),
                channels(10, 1),
                events(10_000, 100))
            .slow(20),
        new StressPayloads(),
        of(
            "day",
            "a compressed day; --set events=8640000 for all of it",
            subscribers(10_000, 100),
            channels(1_000, 20),
            events(40_000, 80),
            cycles(4, 2)),
        of(
                "herd",
                "half of the subscribers are cut at once and come back",
                subscribers(1_000, 50),
                channels(100, 5),
                events(2_000, 30),
                cycles(2, 1))
            .cutting(0.5),
        of(
                "far-payloads",
                "large outcomes through 500 ms of latency each way",
                subscribers(100, 10),
                channels(10, 2),
                events(1_000, 20),
                body(100_000, 100_000))
            .through(Latency.fixed(500)),
        of(
                "churn",
                "a tenth of the connections fails in each of many cycles",
                subscribers(100, 20),
                channels(10, 2),
                events(1_000, 20),
                cycles(100, 4),
                body(100_000, 50_000))
            .cutting(0.1));
  }

  @Override
  public Group group() {
    return Group.D;
  }

  int size(Context context, String name, int otherwise) {
    return sizes.stream().anyMatch(size -> size.name().equals(name))
        ? context.size(name)
        : otherwise;
  }

  @Override
  public Result run(Context context) throws IOException, InterruptedException {
    var draft = context.draft();
    context.stage(
        name,
        stage -> {
          new StressRun(this, context, stage, size(context, "body", 0)).into(draft);
          return null;
        });
    return draft.done();
  }
}
