package dev.retriever.client.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a stream: gives its events one by one, and asks for more bytes only when all
 * were given. Read by one thread, closed by any.
 */
public final class EventFeed implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  private static final Part END = new Part(List.of(), Optional.empty());

  private final SseParser parser;
  private final Duration silence;
  private final ClientTime time;

  // At most what was asked for, one part, and an end.
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private final Queue<SseParser.Event> events = new ArrayDeque<>();
  private volatile Flow.Subscription subscription;
  private volatile boolean isClosed;
  private long heardAt;

  private record Part(List<ByteBuffer> buffers, Optional<Throwable> failure) {}

  EventFeed(int limit, Duration silence, ClientTime time) {
    this.parser = new SseParser(limit);
    this.silence = silence;
    this.time = time;
    this.heardAt = time.nanos();
  }

  /**
   * The next event; empty when none came within that time.
   *
   * @throws IOException when the connection has ended, broken or been silent for too long
   */
  public Optional<SseParser.Event> next(Duration atMost) throws IOException, InterruptedException {
    var until = time.nanos() + atMost.toNanos();
    while (events.isEmpty()) {
      // What has come is taken first: it is the caller who was silent when it lies here for long.
      var come = parts.poll();
      var part = come == null ? awaited(until) : come;
      if (part == null) {
        return Optional.empty();
      }
      take(part);
    }
    return Optional.of(events.remove());
  }

  /** The next part; null when none came until then. */
  private Part awaited(long until) throws IOException, InterruptedException {
    var now = time.nanos();
    var left = Math.max(0, until - now);
    var untilSilent = heardAt + silence.toNanos() - now;
    var part = parts.poll(Math.max(0, Math.min(left, untilSilent)), TimeUnit.NANOSECONDS);
    if (part == null && (untilSilent < left || untilSilent <= 0)) {
      throw new IOException("the stream was silent for " + silence.toSeconds() + " s");
    }
    return part;
  }

  private void take(Part part) throws IOException {
    if (part.failure().isPresent()) {
      throw new IOException("the stream broke: " + part.failure().get().getMessage());
    }
    if (part.buffers().isEmpty()) {
      throw new IOException("the stream ended");
    }
    heardAt = time.nanos();
    for (var buffer : part.buffers()) {
      events.addAll(parser.feed(buffer));
    }
    subscription.request(1);
  }

  @Override
  public void onSubscribe(Flow.Subscription its) {
    subscription = its;
    if (isClosed) {
      its.cancel();
    } else {
      its.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (!buffers.isEmpty()) {
      parts.add(new Part(List.copyOf(buffers), Optional.empty()));
    }
  }

  @Override
  public void onError(Throwable failure) {
    parts.add(new Part(List.of(), Optional.of(failure)));
  }

  @Override
  public void onComplete() {
    parts.add(END);
  }

  @Override
  public void close() {
    isClosed = true;
    parts.add(END);
    var its = subscription;
    if (its != null) {
      its.cancel();
    }
  }
}
