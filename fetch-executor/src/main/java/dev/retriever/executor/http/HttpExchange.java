package dev.retriever.executor.http;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Refusal;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Transport;
import dev.retriever.executor.logging.LogSubject;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange: its stage, its response and its end. The stage and the end are one atomic value. So
 * an exchange is either sent or aborted before it was sent, never both. Its current {@link Leg}
 * reports the progress.
 */
public final class HttpExchange implements Transport.Exchange {
  private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);

  private final AttemptKey key;
  private final IncomingResponse response;
  private final BooleanSupplier tooLate;
  private final Consumer<HttpExchange> ended;
  private final Consumer<Report> done;

  /** Null once the exchange has ended. */
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);

  /** The time of a stage is noted before the stage is set, so both become visible together. */
  private final StageTimes times;

  /** The exchange ended before its response was complete, so its connection must be closed. */
  private volatile boolean abandoned;

  private volatile boolean overTls;
  private volatile Leg leg;

  /**
   * An exchange that has not started.
   *
   * @param maxResponseBody in bytes
   * @param tooLate whether its time is over, so that nothing may be sent
   * @param ended called once, before {@code done}
   * @param done gets the report, once
   */
  public HttpExchange(
      AttemptKey key,
      int maxResponseBody,
      StageTimes times,
      BooleanSupplier tooLate,
      Consumer<HttpExchange> ended,
      Consumer<Report> done) {
    this.key = key;
    this.response = new IncomingResponse(maxResponseBody);
    this.times = times;
    this.tooLate = tooLate;
    this.ended = ended;
    this.done = done;
  }

  @Override
  public void abort(String reason) {
    end(null, reason);
  }

  /** The current stage; null when the exchange has ended. */
  Stage stage() {
    return stage.get();
  }

  /** Continues on that leg. */
  void continueOn(Leg next) {
    leg = next;
    hangUp();
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** The client begins. With {@code tls} a new connection needs a handshake after it is open. */
  public void resolving(boolean tls) {
    overTls = tls;
    reached(Stage.RESOLVING);
  }

  void connecting() {
    reached(Stage.CONNECTING);
  }

  /**
   * The TCP connection is open. The client reports a TLS handshake too late, so it is noted here.
   */
  void connected() {
    if (overTls) {
      reached(Stage.TLS);
    }
  }

  /** The client uses a kept connection, so connecting has no time of its own. */
  void pooled() {
    moves(Stage.CONNECTING, false);
  }

  /**
   * Decides whether the request is sent; called by the writing thread just before the first byte.
   * If false, the exchange has ended or was sent before, and nothing must be written. An exchange
   * whose time is over ends here: its origin may have given it up long ago.
   */
  boolean sends() {
    if (tooLate.getAsBoolean()) {
      end(null, Report.TIMEOUT);
      return false;
    }
    return moves(Stage.SENT, true);
  }

  /**
   * Takes the status. Like the next methods, returns false if the rest of the response is unwanted.
   */
  boolean status(int code) {
    response.status(code);
    return reached(Stage.HEADERS);
  }

  boolean headers(HttpHeaders headers) {
    headers.forEach(header -> response.header(header.getKey(), header.getValue()));
    return reached(Stage.BODY);
  }

  /**
   * Takes a part of the body. The response is complete with its last part, not with {@link
   * #completed}: in between, the client gives the connection to another exchange, which an abort
   * would break.
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

  /** Moves to a stage, never back; false when the exchange has ended. */
  private boolean reached(Stage next) {
    moves(next, true);
    return stage.get() != null;
  }

  /**
   * Moves to a stage; false if the exchange has ended or has reached it before. The client reports
   * events one at a time, so only one caller moves the stage forward at a time.
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

  /** Ends the exchange at its stage, or at {@code instead} if given. The first call wins. */
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
      LogSubject.of(key)
          .logs(
              () ->
                  log.error(
                      "Report on attempt {} could not be delivered; the fetch settles by its"
                          + " deadline",
                      key,
                      e));
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
      // Exceptions of later stages may quote the response.
      var shown = at.mayHaveLeft() ? failure.getClass().getName() : failure.toString();
      log.debug("Attempt {} failed at stage {}: {}", key, at.label(), shown);
    }
  }
}
