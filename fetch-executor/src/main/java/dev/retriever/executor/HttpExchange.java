package dev.retriever.executor;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange: where it stands, and who ends it. Both are one atomic value, so that of "it is
 * being sent now" and "it was aborted before it was sent" exactly one becomes true.
 */
final class HttpExchange implements AsyncHandler<Void>, Transport.Exchange {
  private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);
  private static final int SWITCHING_PROTOCOLS = 101;

  private final AttemptKey key;
  private final IncomingResponse response;
  private final Consumer<HttpExchange> ended;
  private final Consumer<Report> done;

  /** Null once the exchange has ended. */
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);

  /** Of a stage, noted before it is reached: whoever sees the one sees the other. */
  private final StageTimes times;

  /** It ended before its response was whole, so its connection is of no more use to anybody. */
  private volatile boolean abandoned;

  private volatile boolean overTls;
  private volatile Channel channel;
  private volatile Future<?> future;

  HttpExchange(
      AttemptKey key,
      int maxResponseBody,
      StageTimes times,
      Consumer<HttpExchange> ended,
      Consumer<Report> done) {
    this.key = key;
    this.response = new IncomingResponse(maxResponseBody);
    this.times = times;
    this.ended = ended;
    this.done = done;
  }

  @Override
  public void abort(String reason) {
    end(null, reason);
  }

  /** Where it stands; null when it has ended. */
  Stage stage() {
    return stage.get();
  }

  /** The client's handle, known only after the client has begun. */
  void isHandledBy(Future<?> handle) {
    future = handle;
    hangUp();
  }

  /** The client begins; with {@code tls} a new connection is not ready when it is open. */
  void resolving(boolean tls) {
    overTls = tls;
    reached(Stage.RESOLVING);
  }

  @Override
  public void onTcpConnectAttempt(InetSocketAddress remoteAddress) {
    reached(Stage.CONNECTING);
  }

  /** The client tells of the TLS handshake only when it has begun already. */
  @Override
  public void onTcpConnectSuccess(InetSocketAddress remoteAddress, Channel connection) {
    if (overTls) {
      reached(Stage.TLS);
    }
    ridesOn(connection);
  }

  /** Nothing has to be connected, so that takes no time. */
  @Override
  public void onConnectionPooled(Channel connection) {
    moves(Stage.CONNECTING, false);
    ridesOn(connection);
  }

  private void ridesOn(Channel connection) {
    channel = connection;
    connection.attr(ConnectionGuard.EXCHANGE).set(this);
    hangUp();
  }

  /**
   * The last word before the first byte, said by the thread that writes it: false when the exchange
   * has ended, or has been sent, whoever would send it again. Then nothing must be written.
   */
  boolean sends() {
    return moves(Stage.SENT, true);
  }

  @Override
  public State onStatusReceived(HttpResponseStatus status) {
    if (status.getStatusCode() == SWITCHING_PROTOCOLS) {
      end(null, FailureReason.MALFORMED_RESPONSE); // nobody offered to
      return State.ABORT;
    }
    response.status(status.getStatusCode());
    return goOnIf(reached(Stage.HEADERS));
  }

  /** Not called for a response without headers. */
  @Override
  public State onHeadersReceived(HttpHeaders headers) {
    headers.forEach(header -> response.header(header.getKey(), header.getValue()));
    return goOnIf(reached(Stage.BODY));
  }

  /**
   * The whole response counts from its last part on, not from {@link #onCompleted}: in between, the
   * client gives the connection to others, and an abort would cut theirs.
   */
  @Override
  public State onBodyPartReceived(HttpResponseBodyPart part) {
    if (!reached(Stage.BODY)) {
      return State.ABORT;
    }
    if (!response.append(part.getBodyPartBytes())) {
      end(null, FailureReason.RESPONSE_TOO_LARGE);
      return State.ABORT;
    }
    return goOnIf(!part.isLast() || reached(Stage.COMPLETE));
  }

  @Override
  public Void onCompleted() {
    if (stage.compareAndSet(Stage.COMPLETE, null)) {
      answered();
    } else {
      end(null, FailureReason.CONNECTION_CLOSED);
    }
    return null;
  }

  @Override
  public void onThrowable(Throwable failure) {
    if (stage.compareAndSet(Stage.COMPLETE, null)) {
      answered();
    } else if (failure instanceof Refusal refusal) {
      end(refusal.stage(), refusal.reason());
    } else {
      var at = stage.get();
      if (at != null) {
        debug(at, failure);
        end(null, FailureReason.of(at, failure));
      }
    }
  }

  private void answered() {
    report(new Report.Answered(response.whole(), times.upTo(Stage.COMPLETE)));
  }

  /** Takes note of progress; false when the exchange has ended. Never goes back. */
  private boolean reached(Stage next) {
    moves(next, true);
    return stage.get() != null;
  }

  /**
   * Goes on to that stage; false when the exchange has ended, or has come as far before. The client
   * says one thing after the other, so of those who would go on there is one at a time.
   */
  private boolean moves(Stage next, boolean timed) {
    var at = stage.get();
    while (at != null && at.compareTo(next) < 0) {
      if (timed) {
        times.note(next);
      }
      if (stage.compareAndSet(at, next)) {
        return true;
      }
      at = stage.get();
    }
    return false;
  }

  /** Ends the exchange where it stands, or at {@code instead} if given; the first to do so wins. */
  private void end(Stage instead, String reason) {
    var at = stage.getAndUpdate(now -> now == Stage.COMPLETE ? now : null);
    if (at != null && at != Stage.COMPLETE) {
      abandoned = true;
      var last = instead == null ? at : instead;
      if (last.compareTo(at) > 0) {
        times.note(last);
      }
      report(Report.broken(last, reason, response.partial()).with(times.upTo(last)));
      hangUp();
    }
  }

  private void report(Report report) {
    ended.accept(this);
    try {
      done.accept(report);
    } catch (RuntimeException e) {
      log.error("Attempt {}: its report was not taken", key, e);
    }
  }

  /** Closes what is known of an abandoned exchange: called whenever more becomes known of it. */
  private void hangUp() {
    if (!abandoned) {
      return;
    }
    var handle = future;
    if (handle != null) {
      handle.cancel(true);
    }
    // The client forgets the connection while it is still being set up.
    var connection = channel;
    if (connection != null) {
      connection.close();
    }
  }

  private void debug(Stage at, Throwable failure) {
    if (log.isDebugEnabled()) {
      // Later ones may quote the response.
      var shown = at.mayHaveLeft() ? failure.getClass().getName() : failure.toString();
      log.debug("Attempt {} failed at stage {}: {}", key, at.label(), shown);
    }
  }

  private static State goOnIf(boolean more) {
    return more ? State.CONTINUE : State.ABORT;
  }
}
