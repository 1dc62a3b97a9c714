package dev.retriever.client.wire;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens streams of events. Used by several threads. */
public final class EventConnections {
  private final CallSender sender;

  /** Opens them as that sender sends. */
  public EventConnections(CallSender sender) {
    this.sender = sender;
  }

  /**
   * The events of one connection.
   *
   * @throws Refused if the node answers something else
   * @throws IOException if no node answers
   */
  public EventFeed open(Call call) throws IOException, InterruptedException {
    var settings = sender.settings();
    var response =
        sender.open(
            call.header("Accept", "text/event-stream"), HttpResponse.BodyHandlers.ofPublisher());
    var feed = new EventFeed(settings.maxAnswer(), settings.silence(), settings.time());
    if (response.statusCode() == 200) {
      response.body().subscribe(feed);
      return feed;
    }
    throw new Refused(refusal(response));
  }

  /** With as much of its problem as comes within the time of a call. */
  private CallReply refusal(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response)
      throws IOException, InterruptedException {
    var settings = sender.settings();
    var body = new BoundedBody(settings.maxAnswer());
    response.body().subscribe(body);
    try {
      var bytes =
          body.getBody()
              .toCompletableFuture()
              .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return CallReply.of(response.statusCode(), response.headers(), bytes);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the refusal did not come whole");
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
