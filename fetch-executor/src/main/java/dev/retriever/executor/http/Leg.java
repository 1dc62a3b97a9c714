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
 * An {@link HttpExchange} on one connection, as the client tells of it. A kept connection may turn
 * out to be closed, or spoilt, before the first byte. Then the exchange leaves it and goes on with
 * another leg, on a new connection. Of "it is being sent now" and "it has left" exactly one becomes
 * true, so nothing is sent twice, and what the client still says of the old leg is not heard.
 */
public final class Leg implements AsyncHandler<Void>, ArrivingBodies.Reading {
  private enum Standing {
    OPEN,
    SENT,
    LEFT
  }

  private final HttpExchange exchange;
  private final ArrivingBodies arriving;
  private final Runnable another;
  private final AtomicReference<Standing> standing = new AtomicReference<>(Standing.OPEN);
  private volatile boolean pooled;
  private volatile Channel channel;
  private volatile Future<?> handle;

  /** One whose response is not counted. */
  public Leg(HttpExchange exchange, Runnable another) {
    this(exchange, new ArrivingBodies(new ByteAccount(Long.MAX_VALUE)), another);
  }

  /**
   * @param arriving is told of the response's body
   * @param another goes on with another leg; null when this is the last one
   */
  public Leg(HttpExchange exchange, ArrivingBodies arriving, Runnable another) {
    this.exchange = exchange;
    this.arriving = arriving;
    this.another = another;
  }

  /** The client's handle, known only after the client has begun. */
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
    ridesOn(connection);
  }

  @Override
  public void onConnectionPooled(Channel connection) {
    exchange.pooled();
    pooled = true;
    ridesOn(connection);
  }

  private void ridesOn(Channel connection) {
    channel = connection;
    connection.attr(ConnectionGuard.LEG).set(this);
    hangUpIfOver();
  }

  /** The last word before the first byte, as {@link HttpExchange#sends} is. */
  public boolean sends() {
    return standing.compareAndSet(Standing.OPEN, Standing.SENT) && exchange.sends();
  }

  @Override
  public State onStatusReceived(HttpResponseStatus status) {
    return goOnIf(exchange.status(status.getStatusCode()));
  }

  /** Not called for a response without headers. */
  @Override
  public State onHeadersReceived(HttpHeaders headers) {
    return goOnIf(exchange.headers(headers));
  }

  @Override
  public State onBodyPartReceived(HttpResponseBodyPart part) {
    var bytes = part.getBodyPartBytes();
    var more = exchange.part(bytes, part.isLast());
    if (more && !part.isLast()) {
      arriving.came(exchange, bytes.length, this);
    }
    return goOnIf(more);
  }

  @Override
  public void rest() {
    channel.config().setAutoRead(false);
  }

  @Override
  public void goOn() {
    channel.config().setAutoRead(true);
  }

  @Override
  public Void onCompleted() {
    exchange.completed();
    return null;
  }

  @Override
  public void onThrowable(Throwable failure) {
    if (standing.get() == Standing.LEFT) {
      return;
    }
    if (leaves()) {
      hangUp();
      another.run();
    } else {
      exchange.failed(failure);
    }
  }

  /**
   * Only a connection that was kept is a reason, and only when nothing was sent: that is proved.
   */
  private boolean leaves() {
    return another != null
        && pooled
        && exchange.stage() != null
        && standing.compareAndSet(Standing.OPEN, Standing.LEFT);
  }

  private void hangUpIfOver() {
    if (exchange.isAbandoned() || standing.get() == Standing.LEFT) {
      hangUp();
    }
  }

  /** Closes what is known of it: called whenever more becomes known of it. */
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

  private static State goOnIf(boolean more) {
    return more ? State.CONTINUE : State.ABORT;
  }
}
