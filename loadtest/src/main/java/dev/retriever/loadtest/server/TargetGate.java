package dev.retriever.loadtest.server;

import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Underway;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Counts a request when its head has arrived, since the ledger must not miss a request whose body
 * fails, and until it is answered; at most one for each connection. Refuses requests without the
 * token.
 */
final class TargetGate extends ChannelDuplexHandler {
  static final String FETCH_ID = "Retriever-Fetch-Id";
  static final String ATTEMPT = "Retriever-Attempt";
  static final String TOKEN = "X-Test-Token";

  private static final Set<String> UNCOUNTED =
      Set.of("/", "/hits", "/reset", "/release", "/waiting");

  private final Hits hits;
  private final Underway underway;
  private final Optional<String> token;
  private boolean refused;
  private boolean busy;

  TargetGate(Hits hits, Underway underway, Optional<String> token) {
    this.hits = hits;
    this.underway = underway;
    this.token = token;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request && isCounted(request) && !busy) {
      busy = true;
      underway.begin();
    }
    if (message instanceof HttpRequest request && !refused) {
      refusal(request).ifPresent(status -> refuse(ctx, status));
    }
    if (refused) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof LastHttpContent) {
      answered();
    }
    ctx.write(message, promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    answered();
    ctx.fireChannelInactive();
  }

  private void answered() {
    if (busy) {
      busy = false;
      underway.end();
    }
  }

  private Optional<HttpResponseStatus> refusal(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(HttpResponseStatus.BAD_REQUEST);
    }
    if (token.isPresent() && !token.get().equals(request.headers().get(TOKEN))) {
      return Optional.of(HttpResponseStatus.FORBIDDEN);
    }
    if (isCounted(request) && !counted(request)) {
      return Optional.of(HttpResponseStatus.INSUFFICIENT_STORAGE);
    }
    return Optional.empty();
  }

  private static boolean isCounted(HttpRequest request) {
    return !UNCOUNTED.contains(TargetHandler.path(request));
  }

  private boolean counted(HttpRequest request) {
    return hits.count(fetchId(request), attempt(request));
  }

  static String fetchId(HttpRequest request) {
    return request.headers().get(FETCH_ID, "");
  }

  static int attempt(HttpRequest request) {
    var text = request.headers().get(ATTEMPT, "0");
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  /** Closes the connection after the answer, because the rest of the request is not read. */
  private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status) {
    refused = true;
    var body = "{\"error\":\"" + status.reasonPhrase() + "\"}";
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    answered();
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
