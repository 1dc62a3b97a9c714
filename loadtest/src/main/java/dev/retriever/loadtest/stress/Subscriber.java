package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A subscriber to the outcomes of an origin on a WebSocket. After a cut it reconnects and continues
 * from its last event. Counts outcomes, gaps and events out of order. Thread-safe.
 */
public final class Subscriber {
  private final Audience audience;
  private final int number;
  private final int channelNumber;
  private final int restMs;
  private final boolean healthy;
  private Channel channel;
  private boolean gone;
  private boolean dropsNext;
  private boolean dropsOpening;
  private long last = -1;
  private String lastId = "";
  private long outcomes;
  private long disordered;
  private long gaps;
  private int planned;
  private int cuts;

  /** When its connection was cut, by the monotonic clock; 0 when it is back. */
  private long cutAt;

  /**
   * @param number its own, by which faults strike it or not
   * @param channelNumber that of its origin
   */
  public Subscriber(Audience audience, int number, int channelNumber) {
    this.audience = audience;
    this.number = number;
    this.channelNumber = channelNumber;
    this.restMs = audience.faults().restMs();
    healthy = Arrays.stream(Moment.values()).noneMatch(this::isStruck);
    dropsOpening = isStruck(Moment.SUBSCRIBE);
  }

  int channelNumber() {
    return channelNumber;
  }

  private String origin() {
    return Audience.origin(channelNumber);
  }

  /** Whether its connection is to be dropped at that moment. */
  boolean isStruck(Moment moment) {
    return audience.faults().strikes(Kind.DROP, moment, "subscriber-" + number);
  }

  /** Whether no fault drops its connection at any moment. */
  boolean isHealthy() {
    return healthy;
  }

  /**
   * Connects; completes when the node has confirmed the subscription. One that is dropped by a
   * fault tries once more.
   */
  public CompletableFuture<Subscriber> open() {
    return openOnce()
        .handle(
            (open, failure) ->
                failure != null && dropped()
                    ? openOnce()
                    : failure == null
                        ? CompletableFuture.completedFuture(open)
                        : CompletableFuture.<Subscriber>failedFuture(failure))
        .thenCompose(each -> each);
  }

  private CompletableFuture<Subscriber> openOnce() {
    var begun = new CompletableFuture<Subscriber>();
    URI url;
    synchronized (this) {
      gone = false;
      var place = last < 0 ? "" : "?lastEventId=" + lastId;
      url = URI.create("ws://127.0.0.1/v1/origins/" + origin() + "/outcomes" + place);
    }
    return WebSocketLine.open(
        audience.loops(), audience.port(), url, restMs, number, begun, new Reader(begun));
  }

  private final class Reader extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private final CompletableFuture<Subscriber> begun;

    Reader(CompletableFuture<Subscriber> begun) {
      this.begun = begun;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
      super.channelActive(ctx);
      if (restMs > 0) {
        rest(ctx);
      }
    }

    /** Reads, and pauses. */
    private void rest(ChannelHandlerContext ctx) {
      if (ctx.channel().isActive()) {
        ctx.read();
        ctx.executor().schedule(() -> rest(ctx), restMs, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE && dropsNow()) {
        abort(ctx.channel());
        return;
      }
      super.userEventTriggered(ctx, event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
      if (!ctx.channel().isActive()) {
        return;
      }
      var head = ReceivedEvents.Head.of(frame.content());
      if (head.event().equals("begin")) {
        opened(ctx.channel(), head.id());
        begun.complete(Subscriber.this);
      } else if (head.event().equals("outcome")) {
        if (heard(ctx.channel(), head.id())) {
          audience.received().outcome(origin(), head.id(), frame.content(), isHealthy());
        }
      } else if (head.event().equals("gap")) {
        skipped(head.id());
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

  /** Whether the fault of the first subscription is due; it strikes once. */
  private synchronized boolean dropsNow() {
    var drops = dropsOpening;
    dropsOpening = false;
    if (drops) {
      planned++;
      cuts++;
      cutAt = System.nanoTime();
    }
    return drops;
  }

  private synchronized boolean dropped() {
    return cutAt != 0;
  }

  private synchronized void opened(Channel now, String begin) {
    channel = now;
    seen(begin);
    if (cutAt != 0) {
      audience.isBack(System.nanoTime() - cutAt);
      cutAt = 0;
    }
  }

  /** Notes an event; false when the connection drops instead, and nothing of it was read. */
  private synchronized boolean heard(Channel from, String id) {
    if (from != channel || cutAt != 0) {
      // It had come before the cut, and was not read.
      return false;
    }
    if (dropsNext) {
      dropsNext = false;
      cut();
      return false;
    }
    disordered += row(id) > last ? 0 : 1;
    seen(id);
    outcomes++;
    return true;
  }

  private synchronized void skipped(String id) {
    gaps++;
    seen(id);
  }

  private void seen(String id) {
    if (row(id) > last) {
      last = row(id);
      lastId = id;
    }
  }

  /** Since when rows are counted stands behind it. */
  private static long row(String id) {
    return Long.parseLong(id.split("-", 2)[0]);
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
    if (channel != null && cutAt == 0) {
      planned++;
      cutAt = System.nanoTime();
      abort(channel);
    }
  }

  private static void abort(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException closed) {
      // The other side was quicker.
    }
    channel.close();
  }

  /** Drops the connection when the next event comes, before that is read. */
  synchronized void dropAtNextEvent() {
    dropsNext = true;
  }

  /** Ends the subscription; without a close message if a fault strikes it. */
  synchronized void leave() {
    gone = true;
    dropsNext = false;
    if (channel == null) {
      return;
    }
    if (isStruck(Moment.UNSUBSCRIBE)) {
      abort(channel);
    } else {
      channel
          .writeAndFlush(new CloseWebSocketFrame(1000, ""))
          .addListener(ChannelFutureListener.CLOSE);
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

  /** Connections that it has lost, planned or not. */
  synchronized int cuts() {
    return cuts;
  }

  /** Those that a fault has cut. */
  synchronized int planned() {
    return planned;
  }
}
