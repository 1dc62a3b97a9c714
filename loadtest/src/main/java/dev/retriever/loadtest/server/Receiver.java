package dev.retriever.loadtest.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * A service that is called: it gives each request, when all of it has come, to a function, and
 * answers with the status that this one says and no body. The function is called by two threads.
 * Listens on 127.0.0.1 only.
 */
public final class Receiver implements AutoCloseable {
  private final HttpListener listener;

  /**
   * A request.
   *
   * @param headers by name in lower case
   * @param at when all of it had come
   */
  public record Message(String path, Map<String, List<String>> headers, String body, Instant at) {
    /** The value of the header; empty if there is none. */
    public String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }

    /** The fetch that it is an attempt of; empty if it does not say. */
    public String fetchId() {
      return header("retriever-fetch-id");
    }

    /** The number of the attempt; 0 if it does not say. */
    public int attempt() {
      var text = header("retriever-attempt");
      return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }
  }

  private Receiver(int port, ToIntFunction<Message> answer) throws IOException {
    listener =
        new HttpListener(
            "receiver",
            port,
            pipeline ->
                pipeline
                    .addLast(new HttpObjectAggregator(TargetServer.BODY_MAX))
                    .addLast(new Answering(answer)));
  }

  /**
   * Starts to listen.
   *
   * @param port 0 picks a free one
   * @param answer the status for a request
   */
  public static Receiver start(int port, ToIntFunction<Message> answer) throws IOException {
    return new Receiver(port, answer);
  }

  /** Its address with that path. */
  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + listener.port() + path);
  }

  @Override
  public void close() {
    listener.close();
  }

  private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final ToIntFunction<Message> answer;

    Answering(ToIntFunction<Message> answer) {
      this.answer = answer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      var headers = new TreeMap<String, List<String>>();
      for (var header : request.headers()) {
        var name = header.getKey().toLowerCase(Locale.ROOT);
        headers.computeIfAbsent(name, it -> new ArrayList<>()).add(header.getValue());
      }
      var message =
          new Message(
              TargetHandler.path(request),
              headers,
              request.content().toString(StandardCharsets.UTF_8),
              Instant.now());
      var response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.valueOf(answer.applyAsInt(message)),
              Unpooled.EMPTY_BUFFER);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      ctx.writeAndFlush(response);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
