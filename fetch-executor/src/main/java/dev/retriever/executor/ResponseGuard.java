package dev.retriever.executor;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands between the HTTP decoder and the client, which believes too much:
 *
 * <ul>
 *   <li>an interim response (103 Early Hints) would count as the answer, and the real answer as
 *       that of the next request on the connection;
 *   <li>a response that nobody asked for would be kept for the next request as well;
 *   <li>a body whose end is the end of the connection would count as whole when the connection was
 *       reset, or its TLS was cut off.
 * </ul>
 */
final class ResponseGuard extends ChannelDuplexHandler {
  private int unanswered;
  private boolean inInterim;
  private boolean broken;

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise)
      throws Exception {
    if (msg instanceof HttpRequest) {
      unanswered++;
    }
    super.write(ctx, msg, promise);
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

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslCloseCompletionEvent close && !close.isSuccess()) {
      broken = true;
    }
    super.userEventTriggered(ctx, event);
  }

  /**
   * After 101 the connection speaks something else, so that one is left for the exchange to end.
   */
  private static boolean isInterim(HttpResponse response) {
    return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
  }
}
