package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Publishes events: makes fetches whose outcomes are told, over all channels in turn. Counts the
 * accepted ones of each channel. For one thread.
 */
final class Publisher {
  /** Submissions that are open at a time. */
  static final int CONCURRENCY = 64;

  private final Context context;
  private final Fetches fetches;
  private final FailureTally failures;
  private final IntFunction<Submission> spec;
  private final AtomicLongArray perChannel;
  private final Histogram calls = Phase.histogram();
  private int published;
  private double seconds;

  /**
   * @param spec what to fetch for an event of that channel
   */
  Publisher(
      Context context,
      Fetches fetches,
      FailureTally failures,
      int channels,
      IntFunction<Submission> spec) {
    this.context = context;
    this.fetches = fetches;
    this.failures = failures;
    this.spec = spec;
    perChannel = new AtomicLongArray(channels);
  }

  /**
   * Publishes so many events; returns when each is accepted or has failed.
   *
   * @param round a prefix of their ids, another one each time
   */
  void publish(String round, int count) throws InterruptedException {
    if (count == 0) {
      return;
    }
    var first = published;
    var from = System.nanoTime();
    try (var progress = context.progress("publish", count)) {
      ClosedLoop.run(
          count,
          CONCURRENCY,
          i -> {
            var channel = (first + i) % perChannel.length();
            var began = System.nanoTime();
            return fetches
                .submit(Audience.origin(channel), round + "-" + i, spec.apply(channel))
                .whenComplete((fetch, failure) -> ended(channel, began, failure));
          },
          progress);
    }
    seconds += (System.nanoTime() - from) / 1e9;
    published += count;
  }

  private void ended(int channel, long began, Throwable failure) {
    if (failure == null) {
      perChannel.incrementAndGet(channel);
      Phase.record(calls, began);
    } else {
      failures.add("publish", failure);
    }
  }

  /** Forgets what it has counted, such as a warm-up. */
  void reset() {
    for (var i = 0; i < perChannel.length(); i++) {
      perChannel.set(i, 0);
    }
    published = 0;
    seconds = 0;
    calls.reset();
  }

  /** The accepted events of each channel. */
  long[] perChannel() {
    return IntStream.range(0, perChannel.length()).mapToLong(perChannel::get).toArray();
  }

  /** What so many subscribers, spread evenly over the channels, are to receive in all. */
  long deliveries(int subscribers) {
    return deliveries(perChannel(), subscribers);
  }

  static long deliveries(long[] perChannel, int subscribers) {
    var sum = 0L;
    for (var i = 0; i < perChannel.length; i++) {
      var readers = subscribers / perChannel.length;
      readers += i < subscribers % perChannel.length ? 1 : 0;
      sum += readers * perChannel[i];
    }
    return sum;
  }

  int published() {
    return published;
  }

  double perSecond() {
    return published / seconds;
  }

  /** The time in which it published. */
  double seconds() {
    return seconds;
  }

  /** From a submission to its acceptance, in microseconds. */
  Histogram calls() {
    return calls;
  }
}
