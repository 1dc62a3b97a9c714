package dev.retriever.loadtest.stress;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells subscribers the events 1, 2, … of one origin, as a node does: from the place that they name
 * on. A test may leave one out.
 */
final class ScriptedFeed implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listener;
  private final List<String> places = new CopyOnWriteArrayList<>();
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger closedProperly = new AtomicInteger();
  private volatile int newest;

  ScriptedFeed() {
    var config =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath("/v1/origins")
            .checkStartsWith(true)
            .handleCloseFrames(false)
            .build();
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(8192))
                        .addLast(new WebSocketServerProtocolHandler(config))
                        .addLast(new Teller());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** The places that subscribers named, in order; empty for none. */
  List<String> places() {
    return places;
  }

  int closedProperly() {
    return closedProperly.get();
  }

  int open() {
    return open.size();
  }

  /** Tells one more event to all. */
  void tell() {
    var id = ++newest;
    open.forEach(channel -> channel.writeAndFlush(outcome(id)));
  }

  private static TextWebSocketFrame outcome(int id) {
    return new TextWebSocketFrame(
        ("{\"event\":\"outcome\",\"id\":\"%d\",\"data\":{\"originId\":\"channel-0\",\"id\":\"f-%d\","
                + "\"state\":\"settled\",\"acceptedAt\":\"2026-01-01T00:00:00Z\","
                + "\"settledAt\":\"2026-01-01T00:00:01Z\",\"attempts\":[],"
                + "\"outcome\":{\"type\":\"answered\",\"status\":200}}}")
            .formatted(id, id));
  }

  private final class Teller extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof HandshakeComplete shaken) {
        var asked = new QueryStringDecoder(shaken.requestUri()).parameters().get("lastEventId");
        var place = asked == null ? "" : asked.get(0);
        places.add(place);
        var from = place.isEmpty() ? newest : Integer.parseInt(place);
        ctx.writeAndFlush(
            new TextWebSocketFrame("{\"event\":\"begin\",\"id\":\"" + from + "\",\"data\":{}}"));
        for (var id = from + 1; id <= newest; id++) {
          ctx.writeAndFlush(outcome(id));
        }
        open.add(ctx.channel());
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof CloseWebSocketFrame) {
        closedProperly.incrementAndGet();
      }
      io.netty.util.ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      open.remove(ctx.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
