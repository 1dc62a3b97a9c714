package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Latency;
import dev.retriever.loadtest.faults.Link;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/** One run of a {@link Stress}: subscribes, publishes events, and reports. */
final class StressRun {
  /** Submissions that are open at a time. */
  private static final int CONCURRENCY = 64;

  /** A connection takes about 60 KiB, too much for the default heap of 512 MiB. */
  static final String HEAP = "-Xmx1500m";

  /** Subscribers receive, and share, bodies of any size. */
  private static final String[] LARGE = {
    HEAP, "-Dretriever.node.outcomes.max-body=2MiB", "-Dretriever.node.outcomes.cache=32MiB"
  };

  /** When nothing comes for so long, nothing more will. */
  private static final Duration SILENCE = Duration.ofSeconds(40);

  private static final Duration BACK = Duration.ofSeconds(30);

  private final Stress stress;
  private final Context context;
  private final TestBed stage;
  private final int body;
  private final int channels;
  private final int subscribers;
  private final int events;
  private final int cycles;
  private final long[] perChannel;
  private long cut;
  private double publishSeconds;

  StressRun(Stress stress, TestBed stage, int body) {
    this.stress = stress;
    this.stage = stage;
    context = stage.context();
    this.body = body;
    channels = context.size("channels");
    subscribers = context.size("subscribers");
    events = context.size("events");
    cycles = context.size("cycles", 1);
    perChannel = new long[channels];
  }

  /** Runs it; true when every subscriber received every event once, unaltered. */
  boolean run() throws IOException, InterruptedException {
    var node = stage.start(LARGE);
    var link = stage.closing(Link.to(node.api().getPort(), stress.latency()));
    var direct = stress.latency().equals(Latency.NONE);
    var port = direct ? node.api().getPort() : link.port();
    var audience = stage.closing(new Audience(port, context.seed()));
    var fetches = Fetches.through(node, stage);
    publish(fetches, "warm-up", Math.min(events, 200), CONCURRENCY);
    // The warm-up must settle before the subscription, as its outcomes are not among the events.
    fetches.readUnsettled(context);
    Arrays.fill(perChannel, 0);
    publishSeconds = 0;
    try (var resources = Resources.of(node, stage.database(), !context.quick())) {
      var opened = audience.open(context, subscribers, channels, stress.slowMs());
      var counted = stage.api().stat(node.management(), "subscriptions").join();
      var from = System.nanoTime();
      for (var cycle = 0; cycle < cycles; cycle++) {
        round(audience, fetches, cycle);
      }
      var seconds = (System.nanoTime() - from) / 1e9;
      fetches.readUnsettled(context);
      return new StressReport(opened, counted, seconds, resources.use())
          .into(stage.draft(), audience, figures(), stage.verdict(), name());
    }
  }

  private String name() {
    return context.name() + (body > 0 ? ", " + body / 1_000 + " KB" : "");
  }

  private StressReport.Figures figures() {
    return new StressReport.Figures(events, expected(), perChannel.clone(), cut, publishSeconds);
  }

  /**
   * Publishes half of the events, cuts connections, and publishes the rest while subscribers
   * reconnect.
   */
  private void round(Audience audience, Fetches fetches, int cycle)
      throws IOException, InterruptedException {
    var first = events * (long) cycle / cycles;
    var last = events * (cycle + 1L) / cycles;
    var half = (int) (last - first) / 2;
    publish(fetches, "c" + cycle + "a", half, CONCURRENCY);
    if (stress.cut() > 0) {
      cut += audience.cut(stress.cut(), "cycle-" + cycle + "-");
    }
    publish(fetches, "c" + cycle + "b", (int) (last - first) - half, CONCURRENCY);
    if (stress.cut() > 0) {
      audience.awaitAll(BACK);
    }
    audience.awaitOutcomes(expected(), SILENCE);
  }

  private void publish(Fetches fetches, String round, int count, int concurrency)
      throws IOException, InterruptedException {
    if (count == 0) {
      return;
    }
    var path = body > 0 ? "/body/" + body : "/uuid";
    var spec = Submission.get(stage.url(path)).timeout("30s").within("2m");
    var from = System.nanoTime();
    var offset = Arrays.stream(perChannel).sum();
    try (var progress = context.progress("publish", count)) {
      ClosedLoop.run(
          count,
          concurrency,
          i -> {
            var channel = Audience.origin((int) ((offset + i) % channels));
            return fetches.submit(channel, round + "-" + i, spec);
          },
          progress);
    }
    publishSeconds += (System.nanoTime() - from) / 1e9;
    for (var i = 0; i < count; i++) {
      perChannel[(int) ((offset + i) % channels)]++;
    }
  }

  /** The expected deliveries so far. */
  private long expected() {
    var sum = 0L;
    for (var i = 0; i < subscribers; i++) {
      sum += perChannel[i % channels];
    }
    return sum;
  }
}
