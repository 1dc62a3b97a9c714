package dev.retriever.client.wire;

import dev.retriever.client.problem.NoAnswerException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Events of a stream over as many connections as it takes. Read by one thread, closed by any.
 *
 * <p>Without a good connection it tries as often as a call may be tried; an event, or the opening
 * of a connection that then says something, begins that count anew.
 */
public final class EventStream implements AutoCloseable {
  private final CallSender sender;
  private final EventConnections connections;
  private final Supplier<Call> call;
  private volatile EventFeed feed;
  private volatile boolean isClosed;

  /**
   * @param call says for each connection from where on
   */
  public EventStream(CallSender sender, Supplier<Call> call) {
    this.sender = sender;
    this.connections = new EventConnections(sender);
    this.call = call;
  }

  /**
   * The next event that the filter lets pass; empty when none came within that time, or it is
   * closed. The filter sees each event once.
   */
  public Optional<SseParser.Event> next(Duration atMost, Predicate<SseParser.Event> filter) {
    var time = sender.settings().time();
    var began = time.nanos();
    var lost = 0;
    var lostSince = began;
    while (!isClosed) {
      try {
        var left = atMost.minusNanos(time.nanos() - began);
        var event = opened().next(left.isNegative() ? Duration.ZERO : left);
        if (event.isEmpty()) {
          return Optional.empty();
        }
        lost = 0;
        lostSince = time.nanos();
        if (filter.test(event.get())) {
          return event;
        }
      } catch (IOException e) {
        drop();
        lost++;
        pause(lost, Duration.ofNanos(time.nanos() - lostSince), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NoAnswerException(where(), "The thread was interrupted.", e);
      }
    }
    return Optional.empty();
  }

  private EventFeed opened() throws IOException, InterruptedException {
    if (feed == null) {
      feed = connections.open(call.get());
    }
    return feed;
  }

  private void drop() {
    var its = feed;
    feed = null;
    if (its != null) {
      its.close();
    }
  }

  private void pause(int lost, Duration elapsed, IOException cause) throws NoAnswerException {
    if (isClosed) {
      return;
    }
    var ending = RepeatPlan.Ending.NONE;
    if (cause instanceof EventConnections.Refused refused) {
      var reply = refused.reply();
      ending = new RepeatPlan.Ending(Optional.of(reply.status()), reply.retryAfter());
    }
    var settings = sender.settings();
    var wait = settings.repeats().next(lost, elapsed, ending, settings.chance().getAsDouble());
    if (wait.isEmpty() && cause instanceof EventConnections.Refused refused) {
      throw refused.reply().problem();
    }
    try {
      settings.time().pause(wait.orElseThrow(() -> unanswered(cause)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoAnswerException(where(), "The thread was interrupted.", e);
    }
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
