package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.run.Context;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** All subscribers of one run, through one port. One thread opens and awaits them. */
public final class Audience implements AutoCloseable {
  /** Handshakes at a time. */
  private static final int OPENING = 500;

  /**
   * The longest pause of a subscriber before it tries again to reconnect; they are spread over it.
   */
  private static final int AGAIN_MS = 200;

  private static final int LOOK_MS = 20;

  private final int port;
  private final Faults faults;
  private final FailureTally failures;
  private final ReceivedEvents received = new ReceivedEvents();
  private final List<Subscriber> all = Collections.synchronizedList(new ArrayList<>());
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          2, new DefaultThreadFactory("audience", true), NioIoHandler.newFactory());
  private final List<Long> back = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean closed;

  /** One that no fault strikes. */
  public Audience(int port) {
    this(port, Faults.NONE, new FailureTally());
  }

  Audience(int port, Faults faults, FailureTally failures) {
    this.port = port;
    this.faults = faults;
    this.failures = failures;
  }

  int port() {
    return port;
  }

  Faults faults() {
    return faults;
  }

  EventLoopGroup loops() {
    return loops;
  }

  ReceivedEvents received() {
    return received;
  }

  /** Opens so many more subscriptions, spread evenly over the origins. */
  ClosedLoop.LoopResult open(Context context, int count, int origins) throws InterruptedException {
    var from = all.size();
    for (var i = 0; i < count; i++) {
      all.add(new Subscriber(this, from + i, (from + i) % origins));
    }
    return open(context, List.copyOf(all.subList(from, all.size())));
  }

  /** Opens those that have left again, each from its last event on. */
  ClosedLoop.LoopResult openAgain(Context context) throws InterruptedException {
    return open(context, all());
  }

  private ClosedLoop.LoopResult open(Context context, List<Subscriber> those)
      throws InterruptedException {
    ClosedLoop.LoopResult opened;
    try (var progress = context.progress("subscribe", those.size())) {
      opened = ClosedLoop.run(those.size(), OPENING, i -> first(those.get(i)), progress);
    }
    if (opened.ended() < those.size()) {
      failures.add("subscribe", "not tried, as too many had failed", those.size() - opened.ended());
    }
    return opened;
  }

  private CompletableFuture<Subscriber> first(Subscriber subscriber) {
    return subscriber
        .open()
        .whenComplete(
            (open, failure) -> {
              if (failure != null) {
                failures.add("subscribe", failure);
              }
            });
  }

  public static String origin(int index) {
    return "channel-" + index;
  }

  /** Reconnects the subscriber at once, as all others that were cut do, and again if that fails. */
  void comesBack(Subscriber subscriber) {
    comesBack(subscriber, 0);
  }

  private void comesBack(Subscriber subscriber, long wait) {
    if (closed) {
      return;
    }
    var again = Math.floorMod(subscriber.hashCode() * 31L + faults.seed(), AGAIN_MS);
    loops.schedule(() -> reconnect(subscriber, again), wait, TimeUnit.MILLISECONDS);
  }

  private void reconnect(Subscriber subscriber, long again) {
    if (closed) {
      return;
    }
    subscriber
        .open()
        .whenComplete(
            (open, failure) -> {
              if (failure != null && !closed) {
                failures.add("reconnect", failure);
                comesBack(subscriber, again);
              }
            });
  }

  private boolean isStruck(Subscriber subscriber, Moment moment) {
    return faults.has(Kind.DROP, moment) && subscriber.isStruck(moment);
  }

  /** Cuts those that the faults strike while events are published. */
  void cutWhilePublishing() {
    all().stream()
        .filter(it -> it.isOpen() && isStruck(it, Moment.PUBLISH))
        .forEach(Subscriber::cut);
  }

  /** Those that the faults strike drop their connections when their next events come. */
  void cutAtNextEvents() {
    all().stream().filter(it -> isStruck(it, Moment.RECEIVE)).forEach(Subscriber::dropAtNextEvent);
  }

  /** Ends all subscriptions; true when all connections have ended in time. */
  boolean leave(Duration limit) throws InterruptedException {
    all().forEach(Subscriber::leave);
    return Polling.until(limit, LOOK_MS, () -> open() == 0);
  }

  /** Waits until so many outcomes have come in all; false when none comes for that long. */
  boolean awaitOutcomes(long count, Duration silence) throws InterruptedException {
    var seen = received.outcomes();
    var since = System.nanoTime();
    while (seen < count && System.nanoTime() - since < silence.toNanos()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      if (received.outcomes() > seen) {
        seen = received.outcomes();
        since = System.nanoTime();
      }
    }
    return seen >= count;
  }

  /** A subscriber is back so long after its connection was cut. */
  void isBack(long nanos) {
    back.add(nanos);
  }

  /**
   * Since its cut, the time until so many in a hundred of the cut subscribers were back, in
   * seconds; NaN when none was.
   */
  double backSeconds(int percent) {
    synchronized (back) {
      var sorted = back.stream().sorted().toList();
      var place = (sorted.size() * percent + 99) / 100 - 1;
      return sorted.isEmpty() ? Double.NaN : sorted.get(Math.max(0, place)) / 1e9;
    }
  }

  /** How often a subscriber that was cut has come back. */
  int timesBack() {
    return back.size();
  }

  /** Waits until all are connected. */
  void awaitAll(Duration limit) throws InterruptedException {
    Polling.until(limit, LOOK_MS, () -> open() >= all.size());
  }

  private List<Subscriber> all() {
    synchronized (all) {
      return List.copyOf(all);
    }
  }

  int size() {
    return all.size();
  }

  long open() {
    return sum(it -> it.isOpen() ? 1 : 0);
  }

  long sum(ToLongFunction<Subscriber> figure) {
    return all().stream().mapToLong(figure).sum();
  }

  /** Those that no fault has cut. */
  List<Subscriber> untouched() {
    return all().stream().filter(it -> it.planned() == 0).toList();
  }

  /** The number of subscribers that did not receive exactly so many outcomes of their origin. */
  long uneven(long[] perOrigin) {
    return sum(it -> it.outcomes() == perOrigin[it.channelNumber()] ? 0 : 1);
  }

  @Override
  public void close() {
    closed = true;
    all().forEach(Subscriber::leave);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
