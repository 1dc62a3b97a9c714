package dev.retriever.client.wire;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** Opens streams of events. Used by several threads. */
public final class EventConnections {
  private final CallSender sender;

  /** Opens them as that sender sends. */
  public EventConnections(CallSender sender) {
    this.sender = sender;
  }

  /**
   * The events of one connection, when it is open. Fails with {@link Refused} if the node answers
   * something else, and with an {@link IOException} if no node answers. It ends within twice the
   * time of a call.
   */
  public CompletableFuture<EventFeed> open(Call call) {
    return sender
        .begin(call.header("Accept", "text/event-stream"), HttpResponse.BodyHandlers.ofPublisher())
        .thenCompose(this::feed);
  }

  private CompletableFuture<EventFeed> feed(
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
    var settings = sender.settings();
    if (response.statusCode() == 200) {
      var feed = new EventFeed(settings.maxAnswer(), settings.silence(), settings.time());
      response.body().subscribe(feed);
      return CompletableFuture.completedFuture(feed);
    }
    var body = new BoundedBody(settings.maxAnswer());
    response.body().subscribe(body);
    return body.getBody()
        .toCompletableFuture()
        .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .handle((bytes, failure) -> refusal(response, bytes))
        .thenCompose(CompletableFuture::failedFuture);
  }

  /**
   * @param bytes null if they did not come whole
   */
  private static IOException refusal(HttpResponse<?> response, byte[] bytes) {
    if (bytes == null) {
      return new IOException("the refusal did not come whole");
    }
    try {
      return new Refused(CallReply.of(response.statusCode(), response.headers(), bytes));
    } catch (IOException e) {
      return e;
    }
  }

  /** The node refused to stream. */
  public static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient CallReply reply;

    Refused(CallReply reply) {
      super("refused with " + reply.status());
      this.reply = reply;
    }

    /** What it answered. */
    public CallReply reply() {
      return reply;
    }
  }
}
