package dev.retriever.loadtest.stress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A subscriber to the outcomes of an origin on a WebSocket. After a cut it reconnects and continues
 * from its last event. Counts outcomes, gaps and events out of order.
 */
public final class Subscriber {
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

  /** When its connection was cut, by the monotonic clock; 0 when it is back. */
  private long cutAt;

  /**
   * @param slowMs the pause after each read; 0 for none
   */
  public Subscriber(Audience audience, String origin, int slowMs) {
    this.audience = audience;
    this.origin = origin;
    this.slowMs = slowMs;
  }

  String origin() {
    return origin;
  }

  /** Connects; completes when the node has confirmed the subscription. */
  public CompletableFuture<Subscriber> open() {
    var begun = new CompletableFuture<Subscriber>();
    var place = last < 0 ? "" : "?lastEventId=" + last;
    var url = URI.create("ws://127.0.0.1/v1/origins/" + origin + "/outcomes" + place);
    return WebSocketLine.open(
        audience.loops(), audience.port(), url, slowMs, begun, new Reader(begun));
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

    /** Reads, and pauses. */
    private void rest(ChannelHandlerContext ctx) {
      if (ctx.channel().isActive()) {
        ctx.read();
        ctx.executor().schedule(() -> rest(ctx), slowMs, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
      var head = ReceivedEvents.Head.of(frame.content());
      if (head.event().equals("begin")) {
        opened(ctx.channel(), Long.parseLong(head.id()));
        begun.complete(Subscriber.this);
      } else if (head.event().equals("outcome")) {
        heard(Long.parseLong(head.id()));
        audience.received().outcome(origin, head.id(), frame.content());
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
    if (cutAt != 0) {
      audience.isBack(System.nanoTime() - cutAt);
      cutAt = 0;
    }
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

  /** Notes the loss of a connection; true when it is to reconnect. */
  private synchronized boolean lost(Channel which) {
    var mine = which == channel;
    cuts += mine && !gone ? 1 : 0;
    channel = mine ? null : channel;
    return mine && !gone;
  }

  /**
   * Cuts the connection without a close message, as a network failure does. The subscriber
   * reconnects.
   */
  synchronized void cut() {
    if (channel != null) {
      cutAt = System.nanoTime();
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }

  /** Closes the connection for good. */
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
