package dev.retriever.client.wire;

import dev.retriever.client.problem.NoAnswerException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Events of a stream over as many connections as it takes. Read by one thread, closed by any.
 *
 * <p>Without a good connection it tries as often as a call may be tried, over as many reads as that
 * takes; an event begins that count anew.
 */
public final class EventStream implements AutoCloseable {
  private final CallSender sender;
  private final EventConnections connections;
  private final Supplier<Call> call;
  private volatile CompletableFuture<EventFeed> opening;
  private volatile EventFeed feed;
  private volatile boolean isClosed;

  // Of the reading thread alone.
  private int lost;
  private long lostSince;
  private long opensAt;

  /**
   * @param call says for each connection from where on
   */
  public EventStream(CallSender sender, Supplier<Call> call) {
    this.sender = sender;
    this.connections = new EventConnections(sender);
    this.call = call;
    this.opensAt = sender.settings().time().nanos();
  }

  /**
   * The next event that the filter lets pass; empty when none came within that time, or it is
   * closed. The filter sees each event once. A connection that opens for longer is waited for by
   * the next call.
   */
  public Optional<SseParser.Event> next(Duration atMost, Predicate<SseParser.Event> filter) {
    var until = now() + atMost.toNanos();
    while (!isClosed) {
      try {
        var its = opened(until);
        var event = its.isEmpty() ? Optional.<SseParser.Event>empty() : its.get().next(left(until));
        if (event.isEmpty()) {
          return Optional.empty();
        }
        lost = 0;
        if (filter.test(event.get())) {
          return event;
        }
      } catch (IOException e) {
        drop();
        lose(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NoAnswerException(where(), "The thread was interrupted.", e);
      }
    }
    return Optional.empty();
  }

  private long now() {
    return sender.settings().time().nanos();
  }

  private Duration left(long until) {
    return Duration.ofNanos(Math.max(0, until - now()));
  }

  /** The connection; empty when it is not open by then, or was closed meanwhile. */
  private Optional<EventFeed> opened(long until) throws IOException, InterruptedException {
    var its = feed;
    if (its != null) {
      return Optional.of(its);
    }
    var wait = Duration.ofNanos(Math.max(0, opensAt - now()));
    var left = left(until);
    if (!wait.isZero()) {
      sender.settings().time().pause(wait.compareTo(left) < 0 ? wait : left);
    }
    return wait.compareTo(left) > 0 ? Optional.empty() : awaited(until);
  }

  private Optional<EventFeed> awaited(long until) throws IOException, InterruptedException {
    var pending = opening;
    if (pending == null) {
      pending = connections.open(call.get());
      opening = pending;
    }
    try {
      var its = pending.get(left(until).toNanos(), TimeUnit.NANOSECONDS);
      feed = its;
      opening = null;
      return Optional.of(its);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      opening = null;
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      // It closes what it sees; what was set after that is closed here.
      if (isClosed) {
        drop();
      }
    }
  }

  private void drop() {
    var its = feed;
    feed = null;
    if (its != null) {
      its.close();
    }
    var pending = opening;
    opening = null;
    if (pending != null) {
      pending.thenAccept(EventFeed::close);
    }
  }

  /** Says when the next connection is opened, or that there is none. */
  private void lose(IOException cause) {
    if (isClosed) {
      return;
    }
    lostSince = lost == 0 ? now() : lostSince;
    lost++;
    var ending = RepeatPlan.Ending.NONE;
    if (cause instanceof EventConnections.Refused refused) {
      var reply = refused.reply();
      ending = new RepeatPlan.Ending(Optional.of(reply.status()), reply.retryAfter());
    }
    var settings = sender.settings();
    var elapsed = Duration.ofNanos(now() - lostSince);
    var wait = settings.repeats().next(lost, elapsed, ending, settings.chance().getAsDouble());
    if (wait.isPresent()) {
      opensAt = now() + wait.get().toNanos();
      return;
    }
    lost = 0;
    throw cause instanceof EventConnections.Refused refused
        ? refused.reply().problem()
        : unanswered(cause);
  }

  private NoAnswerException unanswered(IOException cause) {
    return new NoAnswerException(
        where(), "Check the address, and read on: it goes on from the same place.", cause);
  }

  private String where() {
    return call.get() + " of " + sender.settings().api() + " does not stream";
  }

  @Override
  public void close() {
    isClosed = true;
    drop();
  }
}
