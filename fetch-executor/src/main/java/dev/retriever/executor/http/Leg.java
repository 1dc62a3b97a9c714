package dev.retriever.executor.http;

import dev.retriever.executor.memory.ByteAccount;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;

/**
 * One connection of an {@link HttpExchange}; it receives the events of the HTTP client. A kept
 * connection may turn out to be closed or spoilt before the first byte is sent. Then the exchange
 * leaves this leg and continues with another leg on a new connection. A leg is either sent or left,
 * by one atomic step. So nothing is sent twice, and later events of a leg that was left are
 * ignored.
 */
public final class Leg implements AsyncHandler<Void>, ArrivingBodies.Reading {
  private enum Progress {
    OPEN,
    SENT,
    LEFT
  }

  private final HttpExchange exchange;
  private final ArrivingBodies arriving;
  private final Runnable another;
  private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.OPEN);
  private volatile boolean pooled;
  private volatile Channel channel;
  private volatile Future<?> handle;

  /** A leg whose response is not counted. */
  public Leg(HttpExchange exchange, Runnable another) {
    this(exchange, new ArrivingBodies(new ByteAccount(Long.MAX_VALUE)), another);
  }

  /**
   * @param arriving counts the body of the response
   * @param another continues with another leg; null when this is the last one
   */
  public Leg(HttpExchange exchange, ArrivingBodies arriving, Runnable another) {
    this.exchange = exchange;
    this.arriving = arriving;
    this.another = another;
  }

  /** Sets the client's handle, which exists only after the client has begun. */
  void isHandledBy(Future<?> client) {
    handle = client;
    hangUpIfOver();
  }

  @Override
  public void onTcpConnectAttempt(InetSocketAddress remoteAddress) {
    exchange.connecting();
  }

  @Override
  public void onTcpConnectSuccess(InetSocketAddress remoteAddress, Channel connection) {
    exchange.connected();
    usesConnection(connection);
  }

  @Override
  public void onConnectionPooled(Channel connection) {
    exchange.pooled();
    pooled = true;
    usesConnection(connection);
  }

  private void usesConnection(Channel connection) {
    channel = connection;
    connection.attr(ConnectionGuard.LEG).set(this);
    hangUpIfOver();
  }

  /** Decides whether the request is sent, like {@link HttpExchange#sends}. */
  public boolean sends() {
    return progress.compareAndSet(Progress.OPEN, Progress.SENT) && exchange.sends();
  }

  @Override
  public State onStatusReceived(HttpResponseStatus status) {
    return continueIf(exchange.status(status.getStatusCode()));
  }

  /** Not called for a response without headers. */
  @Override
  public State onHeadersReceived(HttpHeaders headers) {
    return continueIf(exchange.headers(headers));
  }

  @Override
  public State onBodyPartReceived(HttpResponseBodyPart part) {
    var bytes = part.getBodyPartBytes();
    var more = exchange.part(bytes, part.isLast());
    if (more && !part.isLast()) {
      arriving.came(exchange, bytes.length, this);
    }
    return continueIf(more);
  }

  @Override
  public void pause() {
    channel.config().setAutoRead(false);
  }

  @Override
  public void resume() {
    channel.config().setAutoRead(true);
  }

  @Override
  public Void onCompleted() {
    exchange.completed();
    return null;
  }

  @Override
  public void onThrowable(Throwable failure) {
    if (progress.get() == Progress.LEFT) {
      return;
    }
    if (leaves()) {
      hangUp();
      another.run();
    } else {
      exchange.failed(failure);
    }
  }

  /** Whether the exchange leaves this leg: only a kept connection on which nothing was sent. */
  private boolean leaves() {
    return another != null
        && pooled
        && exchange.stage() != null
        && progress.compareAndSet(Progress.OPEN, Progress.LEFT);
  }

  private void hangUpIfOver() {
    if (exchange.isAbandoned() || progress.get() == Progress.LEFT) {
      hangUp();
    }
  }

  /** Closes the connection as far as it is known; called again when more becomes known. */
  void hangUp() {
    var client = handle;
    if (client != null) {
      client.cancel(true);
    }
    // The client forgets the connection while it is still being set up.
    var connection = channel;
    if (connection != null) {
      connection.close();
    }
  }

  private static State continueIf(boolean more) {
    return more ? State.CONTINUE : State.ABORT;
  }
}
