package dev.retriever.loadtest.faults;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * A proxy between two parties on this machine, with latency each way, or failing. It forwards
 * connections of its port to another port and keeps the order of bytes. At most 1 MiB is under way
 * in each direction of a connection. Thread-safe.
 */
public final class Link implements AutoCloseable {
  private static final int UNDER_WAY_MAX = 1 << 20;
  private static final int BACKLOG = 16_384;

  /** How often held bytes are looked at again. */
  private static final int HELD_MS = 20;

  private final int to;
  private final Latency there;
  private final Latency back;
  private final Predicate<String> mayPass;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("link", true), NioIoHandler.newFactory());
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Channel listener;
  private volatile boolean failing;

  private Link(int to, Latency there, Latency back, Predicate<String> mayPass) throws IOException {
    this.to = to;
    this.there = there;
    this.back = back;
    this.mayPass = mayPass;
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    opened(channel);
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException("cannot listen: " + bound.cause().getMessage(), bound.cause());
    }
    listener = bound.channel();
  }

  /** Opens a link to that port of this machine. */
  public static Link to(int port, Latency latency) throws IOException {
    return to(port, latency, latency);
  }

  /**
   * The same with another latency each way.
   *
   * @param there of requests
   * @param back of answers
   */
  public static Link to(int port, Latency there, Latency back) throws IOException {
    return new Link(port, there, back, from -> true);
  }

  /**
   * Opens a link without latency that holds bytes.
   *
   * @param mayPass whether bytes of connections from that address may pass now, in both directions
   */
  static Link holding(int port, Predicate<String> mayPass) throws IOException {
    return new Link(port, Latency.NONE, Latency.NONE, mayPass);
  }

  /** While it fails, all of its connections are closed, and new ones as soon as they are made. */
  public void fail(boolean now) {
    failing = now;
    if (now) {
      open.forEach(Channel::close);
    }
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Connections that were opened so far. */
  int connections() {
    return connections.get();
  }

  private void opened(SocketChannel near) {
    var number = connections.incrementAndGet();
    open.add(near);
    near.closeFuture().addListener(closed -> open.remove(near));
    if (failing) {
      near.close();
      return;
    }
    var from = near.remoteAddress().getAddress().getHostAddress();
    BooleanSupplier passes = () -> mayPass.test(from);
    var answers = new Ends(back.delays("answer-" + number), passes);
    var beyond = connect(near, answers);
    answers.other = near;
    var requests = new Ends(there.delays("request-" + number), passes);
    requests.other = beyond;
    near.pipeline().addLast(requests);
  }

  private Channel connect(SocketChannel near, Ends answers) {
    var connecting =
        new Bootstrap()
            .group(near.eventLoop())
            .channel(NioSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(answers)
            .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to));
    connecting.addListener(
        connected -> {
          if (connected.isSuccess()) {
            near.read();
            connecting.channel().read();
          } else {
            near.close();
          }
        });
    return connecting.channel();
  }

  /** One direction: forwards bytes from one end to the other after a delay. On one event loop. */
  private static final class Ends extends ChannelInboundHandlerAdapter {
    private final LongSupplier delays;
    private final BooleanSupplier passes;
    private Channel other;
    private final Queue<Runnable> line = new ArrayDeque<>();
    private long lastDue;
    private int underWay;

    Ends(LongSupplier delays, BooleanSupplier passes) {
      this.delays = delays;
      this.passes = passes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      var bytes = (ByteBuf) message;
      underWay += bytes.readableBytes();
      later(
          ctx,
          () -> {
            underWay -= bytes.readableBytes();
            other.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            ctx.read();
          });
      if (underWay < UNDER_WAY_MAX) {
        ctx.read();
      }
    }

    /** The end of a connection is delayed as the bytes before it. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      later(ctx, other::close);
    }

    private void later(ChannelHandlerContext ctx, Runnable what) {
      var now = System.nanoTime();
      lastDue = Math.max(lastDue == 0 ? now : lastDue, now + delays.getAsLong());
      line.add(what);
      ctx.executor().schedule(() -> next(ctx), lastDue - now, TimeUnit.NANOSECONDS);
    }

    /** Timers due together may run in any order, so each runs the first action in line. */
    private void next(ChannelHandlerContext ctx) {
      if (passes.getAsBoolean()) {
        line.remove().run();
      } else {
        ctx.executor().schedule(() -> next(ctx), HELD_MS, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    open.forEach(Channel::close);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
