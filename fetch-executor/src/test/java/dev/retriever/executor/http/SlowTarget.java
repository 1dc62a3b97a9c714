package dev.retriever.executor.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Servers in a process of their own, so that what they use is not counted with the client's: each
 * answers {@code /N} after N milliseconds, {@code /never} not at all, and {@code /most} with how
 * many of the others were unanswered at once since it was asked last.
 */
final class SlowTarget implements AutoCloseable {
  private static final int BACKLOG = 16_384;
  private static final AtomicInteger UNANSWERED = new AtomicInteger();
  private static final AtomicInteger MOST = new AtomicInteger();

  private final Process process;
  final List<Integer> ports;

  private SlowTarget(Process process, List<Integer> ports) {
    this.process = process;
    this.ports = ports;
  }

  static SlowTarget start(int servers) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                SlowTarget.class.getName(),
                "" + servers)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var ports = new ArrayList<Integer>();
    while (ports.size() < servers) {
      var line = out.readLine();
      if (line == null) {
        throw new IOException("the target did not start");
      }
      ports.add(Integer.parseInt(line));
    }
    return new SlowTarget(process, ports);
  }

  /** The most requests that were unanswered at once since this was asked last. */
  int most() throws IOException {
    var url = new URL("http://127.0.0.1:" + ports.get(0) + "/most");
    try (var body = url.openStream()) {
      return Integer.parseInt(new String(body.readAllBytes(), StandardCharsets.US_ASCII));
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }

  /**
   * @param args how many servers
   */
  public static void main(String[] args) throws Exception {
    var loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    var bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(), new HttpObjectAggregator(1 << 20), new Answer());
                  }
                });
    for (var i = 0; i < Integer.parseInt(args[0]); i++) {
      var server =
          bootstrap.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync();
      System.out.println(((InetSocketAddress) server.channel().localAddress()).getPort());
    }
    // Until the bench closes its end.
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private static final class Answer extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (request.uri().equals("/never")) {
        return;
      }
      if (request.uri().equals("/most")) {
        answer(ctx, "" + MOST.getAndSet(0));
        return;
      }
      var delay = Integer.parseInt(((HttpRequest) request).uri().substring(1));
      MOST.accumulateAndGet(UNANSWERED.incrementAndGet(), Math::max);
      ctx.executor()
          .schedule(
              () -> {
                UNANSWERED.decrementAndGet();
                answer(ctx, "ok");
              },
              delay,
              TimeUnit.MILLISECONDS);
    }

    private static void answer(ChannelHandlerContext ctx, String text) {
      var body = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
      var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response.headers().set("Content-Length", text.length());
      ctx.writeAndFlush(response);
    }
  }
}
