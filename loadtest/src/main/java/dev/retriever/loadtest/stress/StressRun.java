package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.Latency;
import dev.retriever.loadtest.faults.Link;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** One run of a {@link Stress}: who subscribes, what they are told, and what it came to. */
final class StressRun {
  /** Submissions that are open at a time. */
  private static final int CONCURRENCY = 64;

  /** A connection takes some 60 KiB, and a node has 512 MiB by default. */
  static final String HEAP = "-Xmx1500m";

  /** Bodies as large as they come are to be told, and shared. */
  private static final String[] LARGE = {
    HEAP, "-Dretriever.node.outcomes.max-body=2MiB", "-Dretriever.node.outcomes.cache=32MiB"
  };

  /** When nothing was told for so long, nothing more will be. */
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
  private double backSeconds;
  private double publishSeconds;

  StressRun(Stress stress, Context context, TestBed stage, int body) {
    this.stress = stress;
    this.context = context;
    this.stage = stage;
    this.body = body;
    channels = context.size("channels");
    subscribers = context.size("subscribers");
    events = context.size("events");
    cycles = context.size("cycles", 1);
    perChannel = new long[channels];
  }

  /** Whether all was told, once and whole. */
  boolean into(ResultDraft draft) throws IOException, InterruptedException {
    var node = stage.node(Map.of(), LARGE);
    node.start();
    var link = stage.closing(Link.to(node.api().getPort(), stress.latency(), Faults.NONE));
    var direct = stress.latency().equals(Latency.NONE);
    var port = direct ? node.api().getPort() : link.port();
    var audience = stage.closing(new Audience(port, context.seed()));
    var fetches = Fetches.through(node, stage);
    publish(fetches, "warm-up", Math.min(events, 200), CONCURRENCY);
    // Nobody is to be told what settles after the subscription although it is none of the events.
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
          .into(draft, audience, figures(), stage.verdict(), name());
    }
  }

  private String name() {
    return context.name() + (body > 0 ? ", " + body / 1_000 + " KB" : "");
  }

  private StressReport.Figures figures() {
    return new StressReport.Figures(
        events, expected(), perChannel.clone(), cut, backSeconds, publishSeconds);
  }

  /** Half of the events, then the blow, then the others while those who were cut come back. */
  private void round(Audience audience, Fetches fetches, int cycle) throws InterruptedException {
    var first = events * (long) cycle / cycles;
    var last = events * (cycle + 1L) / cycles;
    var half = (int) (last - first) / 2;
    publish(fetches, "c" + cycle + "a", half, CONCURRENCY);
    if (stress.cut() > 0) {
      cut += audience.cut(stress.cut(), "cycle-" + cycle + "-");
    }
    publish(fetches, "c" + cycle + "b", (int) (last - first) - half, CONCURRENCY);
    if (stress.cut() > 0) {
      backSeconds = Math.max(backSeconds, audience.awaitAll(BACK).toMillis() / 1e3);
    }
    audience.awaitOutcomes(expected(), SILENCE);
  }

  private void publish(Fetches fetches, String round, int count, int concurrency)
      throws InterruptedException {
    if (count == 0) {
      return;
    }
    var path = body > 0 ? "/body/" + body : "/uuid";
    var spec = Submission.get(target().resolve(path)).timeout("30s").within("2m");
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

  private URI target() {
    try {
      return stage.target().uri();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deliveries so far, when all is told to all. */
  private long expected() {
    var sum = 0L;
    for (var i = 0; i < subscribers; i++) {
      sum += perChannel[i % channels];
    }
    return sum;
  }
}
