package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.faults.Latency;
import dev.retriever.loadtest.faults.Link;
import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Half of the connections fail in the same moment: those of half of the subscribers, and those to
 * the target of half of the channels, whose queue has a breaker. The other channels must go on as
 * before, and all must recover by itself.
 */
public final class StressCascade {
  private static final String STEADY = "steady";
  private static final String FAILING = "failing";

  private static final String SETTINGS =
      "{\"concurrency\": 64, \"breaker\":"
          + " {\"least\": 10, \"window\": \"10s\", \"openMin\": \"1s\", \"openMax\": \"4s\"}}";

  private static final double HALF = 0.5;
  private static final int LOOK_MS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The longest pause of the breaker, and as much for its probes. */
  private static final double RECOVERED_SECONDS = 8;

  /**
   * The p99 of healthy subscribers of healthy channels while others fail may be so many times what
   * it was, or less.
   */
  private static final double UNAFFECTED = 2;

  private final TestBed stage;
  private final Context context;
  private final Faults faults;
  private final int channels;
  private final Set<String> healthy;
  private Link link;
  private StressBed bed;

  public StressCascade(TestBed stage) {
    this.stage = stage;
    context = stage.context();
    faults =
        Faults.of(
                InjectedFault.drop(HALF, Moment.PUBLISH), InjectedFault.fail(HALF, Moment.PUBLISH))
            .seeded(context.seed());
    channels = context.size("channels");
    healthy =
        IntStream.range(0, channels)
            .filter(channel -> !fails(channel))
            .mapToObj(Audience::origin)
            .collect(Collectors.toSet());
  }

  private boolean fails(int channel) {
    return faults.strikes(Kind.FAIL, Moment.PUBLISH, Audience.origin(channel));
  }

  public void run() throws IOException, InterruptedException {
    var node = StressBed.start(stage, channels, StressBed.forSubscribers());
    OperatedQueues.of(node).make(STEADY, SETTINGS);
    OperatedQueues.of(node).make(FAILING, SETTINGS);
    link = stage.closing(Link.to(stage.target().port(), Latency.NONE));
    var through = URI.create("http://127.0.0.1:" + link.port());
    var near = spec(stage.target().uri()).queue(STEADY);
    var far = spec(through).queue(FAILING);
    bed =
        new StressBed(
            stage,
            node,
            faults,
            context.size("subscribers"),
            channels,
            channel -> fails(channel) ? far : near);
    var opened = bed.subscribe();
    var from = System.nanoTime();
    var third = context.size("events") / 3;
    var calm = bed.audience().received().watch(healthy);
    bed.publisher().publish("calm", third);
    bed.awaitDeliveries();
    fail(node, third, calm);
    var left = context.size("events") - 2 * third;
    bed.publisher().publish("after", left);
    bed.awaitDeliveries();
    bed.count("recovered");
    var seconds = (System.nanoTime() - from) / 1e9;
    bed.unsubscribe();
    var report = new StressReport(context.name(), bed, opened, seconds, bed.resources().use());
    report.into(stage.draft(), stage.verdict());
  }

  /** Attempts that fail are made again until their target is well. */
  private static Submission spec(URI target) {
    return Submission.get(target.resolve("/uuid")).timeout("10s").within("5m").maxAttempts(100);
  }

  private void fail(NodeProcess node, int count, Histogram calm)
      throws IOException, InterruptedException {
    var failing = bed.audience().received().watch(healthy);
    var before = deliveriesToHealthy();
    link.fail(true);
    bed.cut();
    bed.publisher().publish("failing", count);
    var opened = awaitState(node, FAILING, "breaker-open");
    var expected = deliveriesToHealthy() - before;
    Polling.until(PATIENCE, LOOK_MS, () -> failing.getTotalCount() >= expected);
    var told = failing.getTotalCount();
    var steady = state(node, STEADY);
    link.fail(false);
    var from = System.nanoTime();
    var closed = awaitState(node, FAILING, "running");
    var breaker = (System.nanoTime() - from) / 1e9;
    bed.awaitDeliveries();
    var all = (System.nanoTime() - from) / 1e9;
    bed.count("target well again");
    var draft = stage.draft();
    draft.promise("the breaker opened", opened, opened, "while its target failed");
    draft.promise("the breaker closed by itself", closed, closed, "when its target was well");
    draft.promise("the other queue meanwhile", steady.equals("running"), steady, "running");
    draft.promise(
        "deliveries to healthy subscribers while the others failed",
        told == expected && expected > 0,
        told,
        String.valueOf(expected));
    draft.atMost("the breaker closed after its target was well", breaker, "s", RECOVERED_SECONDS);
    var slower = Phase.millis(failing, 99) / Phase.millis(calm, 99);
    draft.atMost(
        "p99 of healthy subscribers while others fail, of before", slower, "×", UNAFFECTED);
    draft.finding(
        "While the target of %d of %d channels failed and half of the subscribers were cut, the others"
            + " had a p99 of %.0f ms, and %.0f ms before. The breaker closed %.1f s after"
            + " the target was well, and all that had waited was delivered within %.1f s.",
        channels - healthy.size(),
        channels,
        Phase.millis(failing, 99),
        Phase.millis(calm, 99),
        breaker,
        all);
  }

  /**
   * What the healthy subscribers of healthy channels are to receive of what was published so far.
   */
  private long deliveriesToHealthy() {
    var perChannel = bed.publisher().perChannel();
    return bed.audience()
        .sum(
            it ->
                it.isHealthy() && !fails(it.channelNumber()) ? perChannel[it.channelNumber()] : 0);
  }

  private boolean awaitState(NodeProcess node, String queue, String state)
      throws InterruptedException {
    return Polling.until(PATIENCE, LOOK_MS, () -> state(node, queue).equals(state));
  }

  private String state(NodeProcess node, String queue) {
    try {
      return stage.api().queue(node.management(), queue).join().path("state").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
