package dev.retriever.executor.http;

import dev.retriever.executor.Stage;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A handler between the HTTP codec and the client. It runs on the thread of the connection.
 *
 * <p>Outgoing: the guard encodes a request only if its exchange moves to {@link Stage#SENT} at that
 * moment. So it is known whether any byte was written, even if the connection ends while the
 * request waits in a queue. Before a request goes on a used connection, the guard reads the socket
 * once more: it may hold unread bytes of no request, or the end of the connection.
 *
 * <p>Incoming: the guard corrects three mistakes of the client.
 *
 * <ul>
 *   <li>The client takes an interim response (103 Early Hints) for the answer, and the real answer
 *       for that of the next request.
 *   <li>The client takes a body that ends with the connection for complete, even if the connection
 *       was reset or its TLS was cut off.
 *   <li>The client takes a partly written request for unanswered, although the target may have
 *       answered before it closed its side.
 * </ul>
 */
final class ConnectionGuard extends ChannelDuplexHandler {
  /** The leg that uses a connection, until its request is written. */
  static final AttributeKey<Leg> LEG = AttributeKey.valueOf("retriever-leg");

  /** Reads a socket at once, in the calling thread, which is the thread of the connection. */
  interface Look {
    void at(Channel connection);
  }

  /** How long to wait for an early answer when a request cannot be written to its end. */
  private static final long ANSWER_MILLIS = 1_000;

  private static final int MAX_INTERIMS = 20;

  private final int maxHeaders;
  private final Look look;
  private Duration mostIdle = KeepAlive.UNLIMITED;
  private int requests;
  private int unanswered;
  private int unwritten;
  private int interims;
  private int interimHeaders;
  private boolean inInterim;
  private boolean reading;
  private boolean broken;
  private boolean halfSent;
  private Runnable unsent;

  /**
   * @param maxHeaders the most header bytes of all interim responses to one request
   */
  ConnectionGuard(int maxHeaders, Look look) {
    this.maxHeaders = maxHeaders;
    this.look = look;
  }

  /** Ignores the client's read requests while the connection is paused. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  /**
   * Whether no request or answer is under way on the connection, and all received bytes belonged to
   * answers. A target may answer before it has read the whole request. Then the rest of that
   * request would precede the next one, so the connection is not at rest.
   */
  static boolean isAtRest(Channel connection) {
    var guard = connection.pipeline().get(ConnectionGuard.class);
    return guard != null
        && guard.unanswered == 0
        && guard.unwritten == 0
        && !guard.broken
        && !guard.halfSent
        && isUnspoilt(connection);
  }

  /** Whether the connection is clean. Without our codec it counts as spoilt, as a precaution. */
  private static boolean isUnspoilt(Channel connection) {
    var codec = connection.pipeline().get(ResponseCodec.class);
    return codec != null && !codec.isSpoilt();
  }

  /** How long the target allows the connection to be idle; zero if it must not be used again. */
  static Duration mostIdle(Channel connection) {
    var guard = connection.pipeline().get(ConnectionGuard.class);
    return guard == null ? Duration.ZERO : guard.mostIdle;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise)
      throws Exception {
    if (!(msg instanceof HttpRequest)) {
      super.write(ctx, msg, promise);
      return;
    }
    // Removed before the socket is read, because that may close the connection and notify the leg.
    var leg = ctx.channel().attr(LEG).getAndSet(null);
    if (leg == null || !isFit(ctx.channel()) || !leg.sends()) {
      refuse(ctx, leg, msg, promise);
      return;
    }
    requests++;
    unanswered++;
    unwritten++;
    interims = 0;
    interimHeaders = 0;
    var written = ctx.newPromise();
    written.addListener((ChannelFuture end) -> written(ctx, end, promise));
    super.write(ctx, msg, written);
  }

  /**
   * Whether a request may be sent on the connection now. During a read it may not, because more
   * bytes may be buffered.
   */
  private boolean isFit(Channel connection) {
    if (requests > 0 && connection.isActive()) {
      if (reading) {
        return false;
      }
      look.at(connection);
    }
    return connection.isActive() && !broken && !halfSent && isUnspoilt(connection);
  }

  private static void refuse(
      ChannelHandlerContext ctx, Leg leg, Object msg, ChannelPromise promise) {
    ReferenceCountUtil.release(msg);
    var closed = new ClosedChannelException();
    if (leg != null) {
      leg.onThrowable(closed);
    }
    promise.tryFailure(closed);
    ctx.close();
  }

  /**
   * The request was written, or could not be. Usually such a target has answered early and closed
   * the connection. So the guard reads its answer before the exchange ends.
   */
  private void written(ChannelHandlerContext ctx, ChannelFuture end, ChannelPromise promise) {
    unwritten--;
    if (end.isSuccess()) {
      promise.trySuccess();
      return;
    }
    halfSent = true;
    if (!(end.cause() instanceof IOException) || !ctx.channel().isActive()) {
      promise.tryFailure(end.cause());
      return;
    }
    unsent = () -> promise.tryFailure(end.cause());
    ctx.executor().execute(() -> readAgain(ctx.channel()));
    ctx.executor().schedule(unsent, ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void readAgain(Channel connection) {
    if (connection.isActive()) {
      look.at(connection);
    }
  }

  /** Tells the client of the end first, because it may complete an answer. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    if (unsent != null) {
      unsent.run();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    if (unanswered == 0) {
      ReferenceCountUtil.release(msg);
      ctx.close();
      return;
    }
    var malformed = msg instanceof HttpObject part && part.decoderResult().isFailure();
    if (msg instanceof HttpResponse response) {
      inInterim = isInterim(response) && !malformed;
      interims += inInterim ? 1 : 0;
      interimHeaders += inInterim ? size(response) : 0;
      mostIdle = KeepAlive.mostIdle(response.headers());
    }
    if (interimHeaders > maxHeaders || interims > MAX_INTERIMS) {
      ReferenceCountUtil.release(msg);
      unanswered = 0;
      broken = true;
      ctx.fireExceptionCaught(new TooLongHttpHeaderException("too many interim responses"));
      ctx.close();
      return;
    }
    var last = msg instanceof LastHttpContent;
    if (inInterim || last && broken && !malformed) {
      inInterim &= !last;
      ReferenceCountUtil.release(msg);
      return;
    }
    if (last) {
      unanswered--;
      // Of a paused connection too, the last part may have been received already. Without reads the
      // next exchange on it would never get its answer.
      ctx.channel().config().setAutoRead(true);
    }
    passOn(ctx, msg);
    if (malformed) {
      ctx.close();
    }
  }

  private void passOn(ChannelHandlerContext ctx, Object msg) throws Exception {
    reading = true;
    try {
      super.channelRead(ctx, msg);
    } finally {
      reading = false;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    broken = true;
    super.exceptionCaught(ctx, cause);
  }

  /** The peer has closed TLS. Even an orderly close ends a connection at rest. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslCloseCompletionEvent close) {
      broken |= !close.isSuccess() || unanswered == 0;
    }
    super.userEventTriggered(ctx, event);
    if (broken && unanswered == 0) {
      ctx.close();
    }
  }

  private static int size(HttpResponse response) {
    var size = response.status().reasonPhrase().length() + 16;
    for (var header : response.headers()) {
      size += header.getKey().length() + header.getValue().length();
    }
    return size;
  }

  private static boolean isInterim(HttpResponse response) {
    return response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }
}
