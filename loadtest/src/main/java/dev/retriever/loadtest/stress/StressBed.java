package dev.retriever.loadtest.stress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.faults.Latency;
import dev.retriever.loadtest.faults.Link;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A node with subscribers and a publisher, and the faults between them. Each may be reached through
 * a link of its own, so latency strikes publishing, subscribing and receiving apart. Closed with
 * its test bed. For one thread.
 */
final class StressBed {
  static final int HEAP_MIB = 1_500;

  /** Subscribers receive, and share, bodies of any size. */
  private static final List<String> LARGE =
      List.of("-Dretriever.node.outcomes.max-body=2MiB", "-Dretriever.node.outcomes.cache=32MiB");

  /** When nothing comes for so long, nothing more will. */
  private static final Duration SILENCE = Duration.ofSeconds(40);

  private static final Duration BACK = Duration.ofSeconds(30);
  private static final Duration GAUGE = Duration.ofSeconds(30);
  private static final int WARM_UP = 200;
  private static final int LOOK_MS = 20;

  /**
   * What the node counted at a moment.
   *
   * @param readers subscribers that were connected, as they know themselves
   * @param counted subscriptions by the gauge of the node
   * @param seconds until both were the same, or the wait for that ended
   */
  record Counted(String moment, long readers, long counted, double seconds) {}

  private final TestBed stage;
  private final Context context;
  private final Faults faults;
  private final int subscribers;
  private final int channels;
  private final NodeProcess node;
  private final FailureTally failures = new FailureTally();
  private final Audience audience;
  private final Fetches near;
  private final Publisher publisher;
  private final Resources resources;
  private final StressTimeline timeline;
  private final long bodyBudget;
  private final List<Counted> counts = new ArrayList<>();

  /**
   * Java's options of a node for 10,000 subscribers, as docs/tuning.md advises. A connection takes
   * about 60 KiB, too much for the default heap of 512 MiB.
   */
  static String[] forSubscribers() {
    return new String[] {"-Xms" + HEAP_MIB + "m", "-Xmx" + HEAP_MIB + "m"};
  }

  /** Starts a node for so many channels, whose origins may all be in memory. */
  static NodeProcess start(TestBed stage, int channels, String... options)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(LARGE);
    all.add("-Dretriever.origin.max-in-memory=" + Math.max(10_000, channels + 1_000));
    all.addAll(List.of(options));
    return stage.start(all.toArray(String[]::new));
  }

  /**
   * Publishes some events that no subscriber hears, to warm the node up.
   *
   * @param spec what to fetch for an event of that channel
   */
  StressBed(
      TestBed stage,
      NodeProcess node,
      Faults faults,
      int subscribers,
      int channels,
      IntFunction<Submission> spec)
      throws IOException, InterruptedException {
    this.stage = stage;
    this.node = node;
    this.faults = faults;
    this.subscribers = subscribers;
    this.channels = channels;
    context = stage.context();
    audience = stage.closing(new Audience(subscriberPort(), faults, failures));
    near = Fetches.through(node, stage);
    publisher = new Publisher(context, publishing(), failures, channels, spec);
    publisher.publish("warm-up", Math.min(context.size("events"), WARM_UP));
    near.readUnsettled(context);
    publisher.reset();
    resources = stage.closing(Resources.of(node, stage.database(), !context.quick()));
    bodyBudget = stage.api().stats(node.management()).join().at("/memory/total").asLong();
    timeline = stage.closing(new StressTimeline(node, audience, gauge(stage.api())));
  }

  private StressTimeline.Gauge gauge(Api api) {
    return () -> api.stat(node.management(), "subscriptions").exceptionally(gone -> -1L).join();
  }

  private int subscriberPort() throws IOException {
    var there = faults.latency(Moment.SUBSCRIBE);
    var back = faults.latency(Moment.RECEIVE);
    var port = node.api().getPort();
    return there.equals(Latency.NONE) && back.equals(Latency.NONE)
        ? port
        : stage.closing(Link.to(port, there, back)).port();
  }

  private Fetches publishing() throws IOException {
    var latency = faults.latency(Moment.PUBLISH);
    if (latency.equals(Latency.NONE)) {
      return near;
    }
    var port = stage.closing(Link.to(node.api().getPort(), latency)).port();
    var through = URI.create("http://127.0.0.1:" + port);
    return Fetches.through(() -> through, stage);
  }

  /** Opens all subscriptions. */
  ClosedLoop.LoopResult subscribe() throws IOException, InterruptedException {
    var opened = audience.open(context, subscribers, channels);
    count("subscribed");
    return opened;
  }

  /** Opens those again that have left, each from its last event on. */
  void subscribeAgain() throws InterruptedException {
    audience.openAgain(context);
  }

  /** Ends all subscriptions. */
  void unsubscribe() throws IOException, InterruptedException {
    if (!audience.leave(BACK)) {
      failures.add("unsubscribe", "still connected", audience.open());
    }
    count("unsubscribed");
  }

  /** Publishes so many events while the faults cut connections, half before and half after. */
  void publish(String round, int count) throws InterruptedException {
    audience.cutAtNextEvents();
    publisher.publish(round + "a", count / 2);
    audience.cutWhilePublishing();
    publisher.publish(round + "b", count - count / 2);
  }

  /** Cuts connections now, as the faults say. */
  void cut() {
    audience.cutWhilePublishing();
  }

  /** Waits until all that were cut are back and have received everything that was published. */
  void awaitDeliveries() throws IOException, InterruptedException {
    audience.awaitAll(BACK);
    audience.awaitOutcomes(publisher.deliveries(subscribers), SILENCE);
    audience.received().handOver(stage.ledger());
    // What no reader was told is asked for.
    near.readUnsettled(context);
  }

  /** Compares what the node counts with the readers, and gives it a while to be right. */
  Counted count(String moment) throws IOException, InterruptedException {
    var from = System.nanoTime();
    var gauge = gauge(stage.api());
    Polling.until(GAUGE, LOOK_MS, () -> gauge.read() == audience.open());
    var seconds = (System.nanoTime() - from) / 1e9;
    var counted = new Counted(moment, audience.open(), gauge.read(), seconds);
    counts.add(counted);
    return counted;
  }

  NodeProcess node() {
    return node;
  }

  /** The fetches that have settled, as the node counts them; 0 if it does not answer. */
  long settled() throws IOException {
    JsonNode none = MissingNode.getInstance();
    var stats = stage.api().stats(node.management()).exceptionally(gone -> none).join();
    var settled = stats.path("settled");
    var sum = 0L;
    for (var each : settled) {
      sum += each.asLong();
    }
    return sum;
  }

  Faults faults() {
    return faults;
  }

  Audience audience() {
    return audience;
  }

  Publisher publisher() {
    return publisher;
  }

  FailureTally failures() {
    return failures;
  }

  Resources resources() {
    return resources;
  }

  StressTimeline timeline() {
    return timeline;
  }

  List<Counted> counts() {
    return List.copyOf(counts);
  }

  /** The bytes that the node allows for bodies. */
  long bodyBudget() {
    return bodyBudget;
  }

  long expected() {
    return publisher.deliveries(subscribers);
  }
}
