package dev.retriever.loadtest.server;

import dev.retriever.loadtest.ledger.Hits;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Counts a request when its head has arrived, since the ledger must not miss a request whose body
 * fails. Refuses requests without the token.
 */
final class TargetGate extends ChannelInboundHandlerAdapter {
  static final String FETCH_ID = "Retriever-Fetch-Id";
  static final String ATTEMPT = "Retriever-Attempt";
  static final String TOKEN = "X-Test-Token";

  private static final Set<String> UNCOUNTED = Set.of("/", "/hits", "/reset");

  private final Hits hits;
  private final Optional<String> token;
  private boolean refused;

  TargetGate(Hits hits, Optional<String> token) {
    this.hits = hits;
    this.token = token;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request && !refused) {
      refusal(request).ifPresent(status -> refuse(ctx, status));
    }
    if (refused) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private Optional<HttpResponseStatus> refusal(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(HttpResponseStatus.BAD_REQUEST);
    }
    if (token.isPresent() && !token.get().equals(request.headers().get(TOKEN))) {
      return Optional.of(HttpResponseStatus.FORBIDDEN);
    }
    if (!UNCOUNTED.contains(TargetHandler.path(request)) && !counted(request)) {
      return Optional.of(HttpResponseStatus.INSUFFICIENT_STORAGE);
    }
    return Optional.empty();
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
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
