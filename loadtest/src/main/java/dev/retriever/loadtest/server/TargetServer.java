package dev.retriever.loadtest.server;

import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Underway;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The HTTP server that fetches call. It counts the requests that it received, which is the ground
 * truth of every ledger. Listens on 127.0.0.1 only. Waiting requests are timers of two event loops,
 * so ten thousand of them need no threads. Instances share nothing.
 */
public final class TargetServer implements AutoCloseable {
  /** The most that a request body may hold. */
  public static final int BODY_MAX = 1 << 20;

  private static final int LOOPS = 2;

  /**
   * Thousands of connections arrive at once, and a refused one would look like a failure of the
   * node.
   */
  private static final int BACKLOG = 16_384;

  private final Hits hits = new Hits(Clock.systemUTC());
  private final Underway underway = new Underway();
  private final Held held = new Held();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          LOOPS, new DefaultThreadFactory("target", true), NioIoHandler.newFactory());
  private final Channel listener;

  private TargetServer(int port, Optional<String> token) throws IOException {
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(pipeline(token))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException(
          "cannot listen on 127.0.0.1:" + port + ": " + bound.cause().getMessage(), bound.cause());
    }
    listener = bound.channel();
  }

  /**
   * Starts to listen.
   *
   * @param port 0 picks a free one
   * @param token the value that requests need in {@code X-Test-Token}, if any
   */
  public static TargetServer start(int port, Optional<String> token) throws IOException {
    return new TargetServer(port, token);
  }

  private ChannelInitializer<SocketChannel> pipeline(Optional<String> token) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        connections.add(channel);
        channel
            .pipeline()
            .addLast(new HttpServerCodec())
            .addLast(new HttpServerKeepAliveHandler())
            .addLast(new TargetGate(hits, underway, token))
            .addLast(new HttpObjectAggregator(BODY_MAX))
            .addLast(new TargetHandler(hits, underway, held));
      }
    };
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** Hits by fetch id and attempt, as of now. */
  public Map<String, Map<Integer, Integer>> hits() {
    return hits.snapshot();
  }

  /** The most requests that waited for answers at once, since the last call of this method. */
  public int mostAtOnce() {
    return underway.most();
  }

  /** Attempts that came before the {@code Retry-After} of an earlier one was over. */
  public List<Hits.Early> early() {
    return hits.early();
  }

  /** Forgets all hits, after their verdict. */
  public void forget() {
    hits.reset();
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
