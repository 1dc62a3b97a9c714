package dev.retriever.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cluster.contract.ContractGuard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A subscriber to outcomes, and what it was sent. */
public final class Subscription implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BREACH = "breach of the contract";
  private static final Event OVER = new Event("over", "", "");

  /** An event as its reader gets it; a comment has no name, id or data. */
  public record Event(String name, String id, String data) {
    public JsonNode json() {
      try {
        return JSON.readTree(data);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + data, e);
      }
    }
  }

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Runnable close;
  private String lastId = "";

  private Subscription(java.util.function.Function<BlockingQueue<Event>, Runnable> open) {
    close = open.apply(events);
  }

  static String path(String originId) {
    return "/v1/origins/" + originId + "/outcomes";
  }

  /** To a stream, whose beginning it waits for. */
  static Subscription stream(Api api, String path, String... headers) {
    var subscription = events(api, path, headers);
    subscription.next("begin");
    return subscription;
  }

  /** To a stream without a beginning of its own. */
  public static Subscription events(Api api, String path, String... headers) {
    var request = HttpRequest.newBuilder(URI.create(api.url() + path));
    request.header("Accept", "text/event-stream");
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (api.credential().length > 0) {
      request.headers(api.credential());
    }
    return new Subscription(events -> opened(request.build(), events));
  }

  private static Runnable opened(HttpRequest request, BlockingQueue<Event> events) {
    try {
      var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw new AssertionError(new String(response.body().readAllBytes()));
      }
      var reader =
          new Thread(
              () -> {
                var body = new InputStreamReader(response.body(), StandardCharsets.UTF_8);
                read(new BufferedReader(body), request.uri().getRawPath(), events);
              });
      reader.setDaemon(true);
      reader.start();
      return () -> {
        try {
          response.body().close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void read(BufferedReader lines, String path, BlockingQueue<Event> events) {
    try {
      var id = "";
      var name = "";
      var data = "";
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty()) {
          if (!name.isEmpty()) {
            var told = name;
            var text = data;
            check(() -> ContractGuard.checkEvent(path, told, text), events);
          }
          events.add(new Event(name.isEmpty() && !id.isEmpty() ? "begin" : name, id, data));
          id = "";
          name = "";
          data = "";
        }
      }
    } catch (IOException e) {
      // It was closed: over as well.
    }
    events.add(OVER);
  }

  /** A breach of the contract is an event that fails the reader. */
  private static void check(Runnable check, BlockingQueue<Event> events) {
    try {
      check.run();
    } catch (AssertionError e) {
      events.add(new Event(BREACH, "", e.getMessage()));
    }
  }

  private static WebSocket connected(Api api, String path, BlockingQueue<Event> events) {
    var builder = CLIENT.newWebSocketBuilder();
    for (var i = 0; i < api.credential().length; i += 2) {
      builder.header(api.credential()[i], api.credential()[i + 1]);
    }
    return builder
        .buildAsync(
            URI.create(api.url().replace("http:", "ws:") + path),
            new Listener(path, events, new StringBuilder()))
        .join();
  }

  /** On a WebSocket; a refusal is thrown. */
  static Subscription socket(Api api, String path) {
    var subscription =
        new Subscription(
            events -> {
              var socket = connected(api, path, events);
              return socket::abort;
            });
    subscription.next("begin");
    return subscription;
  }

  /** On a WebSocket for many origins, for each of these; a message begins with whose it is. */
  static Subscription shared(Api api, String... asked) {
    return new Subscription(
        events -> {
          var socket = connected(api, "/v1/outcomes", events);
          for (var text : asked) {
            socket.sendText(text, true).join();
          }
          return socket::abort;
        });
  }

  /**
   * Sends one message in frames without end, until the connection ends.
   *
   * @return the bytes that were sent, at most so many
   */
  static long endless(Api api, String path, boolean isText, long most) {
    var events = new LinkedBlockingQueue<Event>();
    var socket = connected(api, path, events);
    var part = "x".repeat(16_384);
    var bytes = java.nio.ByteBuffer.wrap(part.getBytes(StandardCharsets.US_ASCII));
    var sent = 0L;
    try {
      while (sent < most && !events.contains(OVER)) {
        (isText ? socket.sendText(part, false) : socket.sendBinary(bytes.duplicate(), false))
            .orTimeout(60, TimeUnit.SECONDS)
            .join();
        sent += part.length();
      }
    } catch (java.util.concurrent.CompletionException e) {
      // The connection ended.
    }
    socket.abort();
    return sent;
  }

  private record Listener(String path, BlockingQueue<Event> events, StringBuilder text)
      implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        check(() -> ContractGuard.checkMessage(path, text.toString()), events);
        var event = new Event("", "", text.toString()).json();
        events.add(
            new Event(
                event.path("origin").asText() + event.path("event").asText(),
                event.path("id").asText(),
                event.path("data").toString()));
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      events.add(OVER);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      events.add(OVER);
    }
  }

  /** The next of that name, whatever comes before it. */
  public Event next(String name) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      var event = next();
      if (event.name().equals(name)) {
        return event;
      }
    }
    throw new AssertionError("no " + name + " came in 60 s");
  }

  public Event next() {
    try {
      var event = Optional.ofNullable(events.poll(60, TimeUnit.SECONDS));
      event.filter(it -> !it.id().isEmpty()).ifPresent(it -> lastId = it.id());
      var next = event.orElseThrow(() -> new AssertionError("nothing came in 60 s"));
      if (next.name().equals(BREACH)) {
        throw new AssertionError(next.data());
      }
      return next;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The ids of the fetches of the next outcomes. */
  List<String> fetches(int count) {
    var ids = new ArrayList<String>();
    while (ids.size() < count) {
      ids.add(next("outcome").json().get("id").asText());
    }
    return ids;
  }

  /** Of the latest event: to resume from. */
  String lastId() {
    return lastId;
  }

  @Override
  public void close() {
    close.run();
  }
}
