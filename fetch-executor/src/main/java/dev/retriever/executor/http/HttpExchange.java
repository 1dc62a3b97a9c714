package dev.retriever.executor.http;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Refusal;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Transport;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange: where it stands, and who ends it. Both are one atomic value, so that of "it is
 * being sent now" and "it was aborted before it was sent" exactly one becomes true. What comes of
 * it is told by the {@link Leg} that it is on.
 */
public final class HttpExchange implements Transport.Exchange {
  private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);

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
  private volatile Leg leg;

  public HttpExchange(
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

  /** It goes on with that leg, and with no other. */
  void isOn(Leg next) {
    leg = next;
    hangUp();
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** The client begins; with {@code tls} a new connection is not ready when it is open. */
  public void resolving(boolean tls) {
    overTls = tls;
    reached(Stage.RESOLVING);
  }

  void connecting() {
    reached(Stage.CONNECTING);
  }

  /** The client tells of the TLS handshake only when it has begun already. */
  void connected() {
    if (overTls) {
      reached(Stage.TLS);
    }
  }

  /** Nothing has to be connected, so that takes no time. */
  void pooled() {
    moves(Stage.CONNECTING, false);
  }

  /**
   * The last word before the first byte, said by the thread that writes it: false when the exchange
   * has ended, or has been sent, whoever would send it again. Then nothing must be written.
   */
  boolean sends() {
    return moves(Stage.SENT, true);
  }

  /** Like those below, false when the rest of the response is of no interest. */
  boolean status(int code) {
    response.status(code);
    return reached(Stage.HEADERS);
  }

  boolean headers(HttpHeaders headers) {
    headers.forEach(header -> response.header(header.getKey(), header.getValue()));
    return reached(Stage.BODY);
  }

  /**
   * The whole response counts from its last part on, not from {@link #completed}: in between, the
   * client gives the connection to others, and an abort would cut theirs.
   */
  boolean part(byte[] bytes, boolean last) {
    if (!reached(Stage.BODY)) {
      return false;
    }
    if (!response.append(bytes)) {
      end(null, FailureReason.RESPONSE_TOO_LARGE);
      return false;
    }
    return !last || reached(Stage.COMPLETE);
  }

  void completed() {
    if (stage.compareAndSet(Stage.COMPLETE, null)) {
      answered();
    } else {
      end(null, FailureReason.CONNECTION_CLOSED);
    }
  }

  void failed(Throwable failure) {
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

  private void hangUp() {
    var current = leg;
    if (abandoned && current != null) {
      current.hangUp();
    }
  }

  private void debug(Stage at, Throwable failure) {
    if (log.isDebugEnabled()) {
      // Later ones may quote the response.
      var shown = at.mayHaveLeft() ? failure.getClass().getName() : failure.toString();
      log.debug("Attempt {} failed at stage {}: {}", key, at.label(), shown);
    }
  }
}
