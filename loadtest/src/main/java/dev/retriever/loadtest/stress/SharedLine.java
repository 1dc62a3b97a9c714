package dev.retriever.loadtest.stress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One WebSocket with subscriptions to several origins; counts outcomes. */
final class SharedLine implements AutoCloseable {
  private static final URI URL = URI.create("ws://127.0.0.1/v1/outcomes");

  private final CompletableFuture<SharedLine> begun = new CompletableFuture<>();
  private final AtomicInteger missing;
  private final AtomicLong outcomes = new AtomicLong();
  private final Map<String, Integer> told = new ConcurrentHashMap<>();
  private final List<String> origins;
  private volatile Channel channel;

  private SharedLine(List<String> origins) {
    this.origins = List.copyOf(origins);
    missing = new AtomicInteger(origins.size());
  }

  /**
   * Completes when all have begun.
   *
   * @param number of the connection: a local address has enough ports for some thousands
   */
  static CompletableFuture<SharedLine> open(
      EventLoopGroup loops, int port, List<String> origins, int number) {
    var line = new SharedLine(origins);
    return WebSocketLine.open(loops, port, URL, 0, number, line.begun, line.new Reader());
  }

  private final class Reader extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        channel = ctx.channel();
        origins.forEach(
            origin -> ctx.write(new TextWebSocketFrame("{\"origin\":\"" + origin + "\"}")));
        ctx.flush();
      }
      super.userEventTriggered(ctx, event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
      var event = ReceivedEvents.Head.of(frame.content()).event();
      if (event.equals("begin") && missing.decrementAndGet() == 0) {
        begun.complete(SharedLine.this);
      } else if (event.equals("outcome")) {
        outcomes.incrementAndGet();
        told.merge(ReceivedEvents.Head.origin(frame.content()), 1, Integer::sum);
      } else if (event.equals("refused")) {
        begun.completeExceptionally(
            new IllegalStateException(frame.content().toString(StandardCharsets.UTF_8)));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      begun.completeExceptionally(new IllegalStateException("closed before all began"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      begun.completeExceptionally(cause);
      ctx.close();
    }
  }

  /** The events that came. */
  long outcomes() {
    return outcomes.get();
  }

  /** Its subscriptions that were told exactly one event. */
  long toldOnce() {
    return origins.stream().filter(origin -> told.getOrDefault(origin, 0) == 1).count();
  }

  @Override
  public void close() {
    if (channel != null) {
      channel
          .writeAndFlush(new CloseWebSocketFrame(1000, ""))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
