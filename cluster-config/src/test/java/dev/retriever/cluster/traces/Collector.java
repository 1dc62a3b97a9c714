package dev.retriever.cluster.traces;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Takes OTLP over HTTP, and reads as much of its protobuf as the tests look at. */
public final class Collector implements AutoCloseable {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<Map<String, List<String>>> requests = new CopyOnWriteArrayList<>();

  /** The status that it answers with. */
  public volatile int status = 200;

  /** Called before each answer. */
  public volatile Runnable before = () -> {};

  /** A span as it came; {@code attributes} has numbers as text. */
  public record Span(
      String service,
      String traceId,
      String spanId,
      String parentId,
      String name,
      long kind,
      long start,
      long end,
      Map<String, String> attributes,
      List<String> events,
      List<String> linkedTraces,
      String state,
      boolean isError) {
    public Optional<String> attribute(String name) {
      return Optional.ofNullable(attributes.get(name));
    }
  }

  public Collector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public List<Span> spans() {
    return List.copyOf(spans);
  }

  /** The headers of each request. */
  public List<Map<String, List<String>>> requests() {
    return List.copyOf(requests);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      requests.add(exchange.getRequestHeaders());
      before.run();
      if (status == 200) {
        fields(ByteBuffer.wrap(body), on(1, this::resourceSpans));
      }
      exchange.sendResponseHeaders(status, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void resourceSpans(ByteBuffer of) {
    var resource = new TreeMap<String, String>();
    fields(of.duplicate(), on(1, it -> fields(it, on(1, pair -> attribute(pair, resource)))));
    var service = resource.getOrDefault("service.name", "");
    fields(of, on(2, scoped -> fields(scoped, on(2, span -> spans.add(span(service, span))))));
  }

  private static Span span(String service, ByteBuffer of) {
    var texts = new TreeMap<Integer, ByteBuffer>();
    var numbers = new TreeMap<Integer, Long>();
    var attributes = new TreeMap<String, String>();
    var events = new ArrayList<String>();
    var links = new ArrayList<String>();
    var status = new TreeMap<Integer, Long>();
    fields(
        of,
        (number, value) -> {
          if (value instanceof Long it) {
            numbers.put(number, it);
            return;
          }
          var bytes = (ByteBuffer) value;
          switch (number) {
            case 9 -> attribute(bytes, attributes);
            case 11 -> fields(bytes, on(2, name -> events.add(text(name))));
            case 13 -> fields(bytes, on(1, id -> links.add(hex(id))));
            case 15 -> fields(bytes, (field, code) -> status.put(field, asLong(code)));
            default -> texts.put(number, bytes);
          }
        });
    return new Span(
        service,
        hex(texts.get(1)),
        hex(texts.get(2)),
        texts.containsKey(4) ? hex(texts.get(4)) : "",
        text(texts.get(5)),
        numbers.getOrDefault(6, 0L),
        numbers.get(7),
        numbers.get(8),
        attributes,
        events,
        links,
        texts.containsKey(3) ? text(texts.get(3)) : "",
        status.getOrDefault(3, 0L) == 2);
  }

  private static long asLong(Object value) {
    return value instanceof Long it ? it : 0;
  }

  private static void attribute(ByteBuffer of, Map<String, String> into) {
    var key = new String[1];
    fields(
        of,
        (number, value) -> {
          if (number == 1) {
            key[0] = text((ByteBuffer) value);
          } else {
            fields(
                (ByteBuffer) value,
                (type, it) ->
                    into.put(key[0], it instanceof ByteBuffer b ? text(b) : it.toString()));
          }
        });
  }

  private static BiConsumer<Integer, Object> on(
      int wanted, java.util.function.Consumer<ByteBuffer> then) {
    return (number, value) -> {
      if (number == wanted) {
        then.accept((ByteBuffer) value);
      }
    };
  }

  private static void fields(ByteBuffer message, BiConsumer<Integer, Object> each) {
    message.order(ByteOrder.LITTLE_ENDIAN);
    while (message.hasRemaining()) {
      var tag = varint(message);
      var number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case VARINT -> each.accept(number, varint(message));
        case FIXED64 -> each.accept(number, message.getLong());
        case BYTES -> {
          var length = (int) varint(message);
          each.accept(number, message.slice(message.position(), length));
          message.position(message.position() + length);
        }
        default -> each.accept(number, (long) message.getInt());
      }
    }
  }

  private static long varint(ByteBuffer message) {
    var value = 0L;
    var shift = 0;
    byte next;
    do {
      next = message.get();
      value |= (next & 0x7fL) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private static String hex(ByteBuffer bytes) {
    var copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }
}
