package dev.retriever.loadtest;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.net.InetAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One who subscribes to the outcomes of an origin, on a WebSocket, and comes back when it is cut,
 * from where it was. Counts what it is told, and what it should not have been.
 */
final class Subscriber {
  private static final int MESSAGE_MAX = 4 << 20;
  private static final int SMALL_BUFFER = 8 << 10;
  private static final int OPEN_SECONDS = 60;

  private final Audience audience;
  private final String origin;
  private final int slowMs;
  private Channel channel;
  private boolean gone;
  private long last = -1;
  private long outcomes;
  private long disordered;
  private long gaps;
  private int cuts;

  /**
   * @param slowMs that it rests after each look at what has come; 0 for one that is quick
   */
  Subscriber(Audience audience, String origin, int slowMs) {
    this.audience = audience;
    this.origin = origin;
    this.slowMs = slowMs;
  }

  String origin() {
    return origin;
  }

  /** Completes when it is told where it begins. */
  CompletableFuture<Subscriber> open() {
    var begun = new CompletableFuture<Subscriber>();
    var place = last < 0 ? "" : "?lastEventId=" + last;
    var url = URI.create("ws://127.0.0.1/v1/origins/" + origin + "/outcomes" + place);
    var bootstrap =
        new Bootstrap()
            .group(audience.loops())
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, OPEN_SECONDS * 1000)
            .handler(pipeline(url, begun));
    if (slowMs > 0) {
      bootstrap
          .option(ChannelOption.AUTO_READ, false)
          .option(ChannelOption.SO_RCVBUF, SMALL_BUFFER)
          .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(SMALL_BUFFER));
    }
    bootstrap
        .connect(InetAddress.getLoopbackAddress(), audience.port())
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                begun.completeExceptionally(connected.cause());
              }
            });
    return begun.orTimeout(OPEN_SECONDS, TimeUnit.SECONDS);
  }

  private ChannelInitializer<SocketChannel> pipeline(URI url, CompletableFuture<Subscriber> begun) {
    var config =
        WebSocketClientProtocolConfig.newBuilder()
            .webSocketUri(url)
            .maxFramePayloadLength(MESSAGE_MAX)
            .handshakeTimeoutMillis(TimeUnit.SECONDS.toMillis(OPEN_SECONDS))
            .build();
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel opened) {
        opened
            .pipeline()
            .addLast(new HttpClientCodec())
            .addLast(new HttpObjectAggregator(SMALL_BUFFER))
            .addLast(new WebSocketClientProtocolHandler(config))
            .addLast(new WebSocketFrameAggregator(MESSAGE_MAX))
            .addLast(new Reader(begun));
      }
    };
  }

  private final class Reader extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private final CompletableFuture<Subscriber> begun;

    Reader(CompletableFuture<Subscriber> begun) {
      this.begun = begun;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
      super.channelActive(ctx);
      if (slowMs > 0) {
        rest(ctx);
      }
    }

    /** Looks, and rests. */
    private void rest(ChannelHandlerContext ctx) {
      if (ctx.channel().isActive()) {
        ctx.read();
        ctx.executor().schedule(() -> rest(ctx), slowMs, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
      var head = Told.Head.of(frame.content());
      if (head.event().equals("begin")) {
        opened(ctx.channel(), Long.parseLong(head.id()));
        begun.complete(Subscriber.this);
      } else if (head.event().equals("outcome")) {
        heard(Long.parseLong(head.id()));
        audience.told().outcome(origin, head.id(), frame.content());
      } else if (head.event().equals("gap")) {
        skipped(Long.parseLong(head.id()));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      begun.completeExceptionally(new IllegalStateException("closed before it began"));
      if (lost(ctx.channel())) {
        audience.comesBack(Subscriber.this);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      begun.completeExceptionally(cause);
      ctx.close();
    }
  }

  private synchronized void opened(Channel now, long begin) {
    channel = now;
    last = Math.max(last, begin);
  }

  private synchronized void heard(long id) {
    disordered += id > last ? 0 : 1;
    last = Math.max(last, id);
    outcomes++;
  }

  private synchronized void skipped(long id) {
    gaps++;
    last = Math.max(last, id);
  }

  /** Whether it wants to come back. */
  private synchronized boolean lost(Channel which) {
    var mine = which == channel;
    cuts += mine && !gone ? 1 : 0;
    channel = mine ? null : channel;
    return mine && !gone;
  }

  /** As a network does: without a word. It comes back. */
  synchronized void cut() {
    if (channel != null) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }

  /** For good. */
  synchronized void leave() {
    gone = true;
    if (channel != null) {
      channel.close();
    }
  }

  synchronized boolean isOpen() {
    return channel != null;
  }

  synchronized long outcomes() {
    return outcomes;
  }

  synchronized long disordered() {
    return disordered;
  }

  synchronized long gaps() {
    return gaps;
  }

  synchronized int cuts() {
    return cuts;
  }
}
