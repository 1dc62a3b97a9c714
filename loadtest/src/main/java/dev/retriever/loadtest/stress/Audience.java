package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.Faults;
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
  private final long seed;
  private final ReceivedEvents received = new ReceivedEvents();
  private final List<Subscriber> all = new ArrayList<>();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          2, new DefaultThreadFactory("audience", true), NioIoHandler.newFactory());
  private final List<Long> back = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean closed;

  public Audience(int port, long seed) {
    this.port = port;
    this.seed = seed;
  }

  int port() {
    return port;
  }

  EventLoopGroup loops() {
    return loops;
  }

  ReceivedEvents received() {
    return received;
  }

  /** Opens so many more subscriptions, spread evenly over the origins. */
  ClosedLoop.LoopResult open(Context context, int count, int origins, int slowMs)
      throws InterruptedException {
    var from = all.size();
    for (var i = 0; i < count; i++) {
      all.add(new Subscriber(this, origin((from + i) % origins), slowMs));
    }
    try (var progress = context.progress("subscribe", count)) {
      return ClosedLoop.run(count, OPENING, i -> all.get(from + i).open(), progress);
    }
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
    var again = Math.floorMod(subscriber.hashCode() * 31L + seed, AGAIN_MS);
    loops.schedule(
        () ->
            subscriber
                .open()
                .whenComplete(
                    (open, failure) -> {
                      if (failure != null) {
                        comesBack(subscriber, again);
                      }
                    }),
        wait,
        TimeUnit.MILLISECONDS);
  }

  /** Cuts some subscribers; returns how many. */
  int cut(double rate, String when) {
    var cut = 0;
    for (var i = 0; i < all.size(); i++) {
      if (all.get(i).isOpen() && Faults.strikes(rate, seed, when + i)) {
        all.get(i).cut();
        cut++;
      }
    }
    return cut;
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

  int size() {
    return all.size();
  }

  long open() {
    return all.stream().filter(Subscriber::isOpen).count();
  }

  long sum(ToLongFunction<Subscriber> figure) {
    return all.stream().mapToLong(figure).sum();
  }

  /** The number of subscribers that did not receive exactly so many outcomes of their origin. */
  long uneven(long[] perOrigin) {
    return all.stream()
        .filter(
            it -> it.outcomes() != perOrigin[Integer.parseInt(it.origin().replace("channel-", ""))])
        .count();
  }

  @Override
  public void close() {
    closed = true;
    all.forEach(Subscriber::leave);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
