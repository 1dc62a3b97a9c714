package dev.retriever.loadtest.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A port of 127.0.0.1 that speaks HTTP, with two event loops. Closing it closes its connections.
 */
final class HttpListener implements AutoCloseable {
  private static final int LOOPS = 2;

  /**
   * Thousands of connections arrive at once, and a refused one would look like a failure of the
   * node.
   */
  private static final int BACKLOG = 16_384;

  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final EventLoopGroup loops;
  private final Channel listener;

  /**
   * @param port 0 picks a free one
   * @param handlers adds what deals with the requests of a connection
   */
  HttpListener(String name, int port, Consumer<ChannelPipeline> handlers) throws IOException {
    loops =
        new MultiThreadIoEventLoopGroup(
            LOOPS, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(initializer(handlers))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException(
          "cannot listen on 127.0.0.1:" + port + ": " + bound.cause().getMessage(), bound.cause());
    }
    listener = bound.channel();
  }

  private ChannelInitializer<SocketChannel> initializer(Consumer<ChannelPipeline> handlers) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        connections.add(channel);
        channel.pipeline().addLast(new HttpServerCodec()).addLast(new HttpServerKeepAliveHandler());
        handlers.accept(channel.pipeline());
      }
    };
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
