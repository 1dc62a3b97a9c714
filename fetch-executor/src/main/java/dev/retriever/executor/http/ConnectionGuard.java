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
 * Stands between the HTTP codec and the client, on the thread that reads and writes the connection.
 *
 * <p>On the way out it has the last word: a request is encoded only when its exchange has gone to
 * {@link Stage#SENT}, in the same breath. What was handed to the client before may wait in a queue
 * while the end of the connection is read; then nothing of it is written, and that is known. Before
 * another request goes on a used connection its socket is read once more: bytes that belong to no
 * request, or its end, may be there and not read yet.
 *
 * <p>On the way in it corrects what the client believes too easily:
 *
 * <ul>
 *   <li>an interim response (103 Early Hints) would count as the answer, and the real answer as
 *       that of the next request on the connection;
 *   <li>a body whose end is the end of the connection would count as whole when the connection was
 *       reset, or its TLS was cut off;
 *   <li>a request that cannot be written to its end would count as unanswered, though the target
 *       may have answered before it closed its side.
 * </ul>
 */
final class ConnectionGuard extends ChannelDuplexHandler {
  /** Whom a connection was given to, until the request is written. */
  static final AttributeKey<Leg> LEG = AttributeKey.valueOf("retriever-leg");

  /** Reads a socket at once, in the calling thread, which is that of the connection. */
  interface Look {
    void at(Channel connection);
  }

  /**
   * A peer that closes after an early answer closes at once; a second is for what is on its way.
   */
  private static final long ANSWER_MILLIS = 1_000;

  private static final int MAX_INTERIMS = 20;

  private final int maxHeaders;
  private final Look look;
  private Duration mostIdle = KeepAlive.UNSAID;
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
   * @param maxHeaders most bytes of the heads of all interim responses to one request
   */
  ConnectionGuard(int maxHeaders, Look look) {
    this.maxHeaders = maxHeaders;
    this.look = look;
  }

  /** The client asks for more after each piece by itself: of a connection that rests in vain. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  /**
   * Whether nothing is under way on that connection, in either direction, and all that came was
   * asked for. A target may answer before it has read the whole request: then the rest stands
   * before whatever is written next.
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

  /** A connection that no codec of ours reads is spoilt: nobody would notice. */
  private static boolean isUnspoilt(Channel connection) {
    var codec = connection.pipeline().get(ResponseCodec.class);
    return codec != null && !codec.isSpoilt();
  }

  /** How long the target lets that connection be idle; zero when it must not be used again. */
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
    // Taken off before the look, which may end the connection and have the client say so.
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
   * Whether a request may go on it now. Within a read of it, nobody can tell what is still there.
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
   * The request is out, or cannot be. A target that has answered and closed without reading it to
   * its end is the usual cause, so what it said is read before the exchange is over.
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
    ctx.executor().execute(() -> lookAgain(ctx.channel()));
    ctx.executor().schedule(unsent, ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void lookAgain(Channel connection) {
    if (connection.isActive()) {
      look.at(connection);
    }
  }

  /** The client is told of the end first: it may be that of an answer. */
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

  /** The other side has said its goodbye: also the polite one ends a connection at rest. */
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
