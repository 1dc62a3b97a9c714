package dev.retriever.loadtest.stress;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
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
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Opens WebSockets to a port of this machine. They are light, since there are thousands of them.
 */
final class WebSocketLine {
  /** The time limit for opening one. */
  private static final int OPEN_SECONDS = 60;

  private static final int MESSAGE_MAX = 4 << 20;

  /** Less than the ports that a system gives out, some of which others use. */
  private static final int ON_AN_ADDRESS = 15_000;

  private static final int LAST_ADDRESS = 100;
  private static final int SMALL_BUFFER = 8 << 10;

  private WebSocketLine() {}

  /**
   * Opens a WebSocket.
   *
   * @param url its path is used
   * @param begun fails when the connection cannot be opened
   * @param slowMs more than 0 for a reader that reads on demand, with a small buffer
   * @param number of the connection, by which it gets its local address
   */
  static <T> CompletableFuture<T> open(
      EventLoopGroup loops,
      int port,
      URI url,
      int slowMs,
      int number,
      CompletableFuture<T> begun,
      SimpleChannelInboundHandler<TextWebSocketFrame> reader) {
    var bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TimeUnit.SECONDS.toMillis(OPEN_SECONDS))
            .handler(pipeline(url, reader));
    if (slowMs > 0) {
      bootstrap
          .option(ChannelOption.AUTO_READ, false)
          .option(ChannelOption.SO_RCVBUF, SMALL_BUFFER)
          .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(SMALL_BUFFER));
    }
    bootstrap
        .connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), localAddress(number))
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                begun.completeExceptionally(connected.cause());
              }
            });
    return begun.orTimeout(OPEN_SECONDS, TimeUnit.SECONDS);
  }

  /** 127.0.0.1, .2 and on: each has ports for so many connections to one port. */
  static InetSocketAddress localAddress(int number) {
    var last = (byte) (1 + number / ON_AN_ADDRESS % LAST_ADDRESS);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, last}), 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ChannelInitializer<SocketChannel> pipeline(
      URI url, SimpleChannelInboundHandler<TextWebSocketFrame> reader) {
    var config =
        WebSocketClientProtocolConfig.newBuilder()
            .webSocketUri(url)
            .maxFramePayloadLength(MESSAGE_MAX)
            // A connection that is cut says nothing; subscribers that leave send the message
            // themselves.
            .sendCloseFrame(null)
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
            .addLast(reader);
      }
    };
  }
}
