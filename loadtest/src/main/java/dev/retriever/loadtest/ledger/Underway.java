package dev.retriever.loadtest.ledger;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;

/** Counts the requests that the target has not answered yet, at most one for each connection. */
public final class Underway extends ChannelDuplexHandler {
  /** The count of all connections. Thread-safe. */
  public static final class Count {
    private int now;
    private int most;

    private synchronized void begin() {
      most = Math.max(most, ++now);
    }

    private synchronized void end() {
      now--;
    }

    /** The most at once since the last call of this method. */
    public synchronized int most() {
      var was = most;
      most = now;
      return was;
    }
  }

  private final Count count;
  private boolean busy;

  public Underway(Count count) {
    this.count = count;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest && !busy) {
      busy = true;
      count.begin();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof LastHttpContent) {
      end();
    }
    ctx.write(message, promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    ctx.fireChannelInactive();
  }

  private void end() {
    if (busy) {
      busy = false;
      count.end();
    }
  }
}
