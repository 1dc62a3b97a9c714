package dev.retriever.executor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/**
 * Stands between the HTTP codec and the client, on the thread that reads and writes the connection.
 *
 * <p>On the way out it has the last word: a request is encoded only when its exchange has gone to
 * {@link Stage#SENT}, in the same breath. What was handed to the client before may wait in a queue
 * while the end of the connection is read; then nothing of it is written, and that is known.
 *
 * <p>On the way in it corrects what the client believes too easily:
 *
 * <ul>
 *   <li>an interim response (103 Early Hints) would count as the answer, and the real answer as
 *       that of the next request on the connection;
 *   <li>a response that nobody asked for would be kept for the next request as well;
 *   <li>a body whose end is the end of the connection would count as whole when the connection was
 *       reset, or its TLS was cut off.
 * </ul>
 */
final class ConnectionGuard extends ChannelDuplexHandler {
  /** The exchange that a connection was given to, until its request is written. */
  static final AttributeKey<HttpExchange> EXCHANGE = AttributeKey.valueOf("retriever-exchange");

  private final int maxHeaders;
  private int unanswered;
  private int unwritten;
  private int interimHeaders;
  private boolean inInterim;
  private boolean broken;

  /**
   * @param maxHeaders most bytes of the heads of all interim responses to one request
   */
  ConnectionGuard(int maxHeaders) {
    this.maxHeaders = maxHeaders;
  }

  /**
   * Whether nothing is under way on that connection, in either direction. A target may answer
   * before it has read the whole request: then the rest stands before whatever is written next.
   */
  static boolean isAtRest(Channel connection) {
    var guard = connection.pipeline().get(ConnectionGuard.class);
    return guard != null && guard.unanswered == 0 && guard.unwritten == 0 && !guard.broken;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise)
      throws Exception {
    if (!(msg instanceof HttpRequest)) {
      super.write(ctx, msg, promise);
      return;
    }
    var exchange = ctx.channel().attr(EXCHANGE).getAndSet(null);
    if (exchange == null || !ctx.channel().isActive() || broken || !exchange.sends()) {
      refuse(exchange, msg, promise);
      return;
    }
    unanswered++;
    unwritten++;
    interimHeaders = 0;
    super.write(ctx, msg, promise.unvoid().addListener((ChannelFuture written) -> unwritten--));
  }

  private static void refuse(HttpExchange exchange, Object msg, ChannelPromise promise) {
    ReferenceCountUtil.release(msg);
    var closed = new ClosedChannelException();
    if (exchange != null) {
      exchange.onThrowable(closed);
    }
    promise.tryFailure(closed);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    if (unanswered == 0) {
      ReferenceCountUtil.release(msg);
      ctx.close();
      return;
    }
    if (msg instanceof HttpResponse response) {
      inInterim = isInterim(response);
      interimHeaders += inInterim ? size(response) : 0;
    }
    if (interimHeaders > maxHeaders) {
      ReferenceCountUtil.release(msg);
      unanswered = 0;
      broken = true;
      ctx.fireExceptionCaught(new TooLongHttpHeaderException("too many interim responses"));
      ctx.close();
      return;
    }
    var last = msg instanceof LastHttpContent;
    if (inInterim || last && broken) {
      inInterim &= !last;
      ReferenceCountUtil.release(msg);
      return;
    }
    if (last) {
      unanswered--;
    }
    super.channelRead(ctx, msg);
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

  /**
   * After 101 the connection speaks something else, so that one is left for the exchange to end.
   */
  private static boolean isInterim(HttpResponse response) {
    return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
  }
}
