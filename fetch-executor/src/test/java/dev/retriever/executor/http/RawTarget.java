package dev.retriever.executor.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** A target that does byte for byte what a test tells it, and remembers what it was sent. */
public final class RawTarget implements AutoCloseable {
  public static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  /** What to speak on top of a connection, TLS for one. */
  public interface Layer {
    Socket over(Socket socket) throws IOException;
  }

  /** What to do with one connection; it is closed afterwards. */
  public interface Script {
    void serve(Connection connection) throws IOException;
  }

  private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

  private final ServerSocket server;
  private final Layer layer;
  private final Script script;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final CompletableFuture<Void> hungUp = new CompletableFuture<>();
  private final CompletableFuture<Void> reached = new CompletableFuture<>();

  public RawTarget(Script script) {
    this(socket -> socket, script);
  }

  public RawTarget(Layer layer, Script script) {
    this.server = listening();
    this.layer = layer;
    this.script = script;
    daemon(this::accept);
  }

  private static ServerSocket listening() {
    try {
      return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers each request of each connection with the same bytes. */
  static RawTarget answering(String response) {
    return new RawTarget(
        connection -> {
          while (connection.readRequest() != null) {
            connection.write(response);
          }
        });
  }

  /** The same, after so many milliseconds. */
  static RawTarget answeringAfter(int millis, String response) {
    return new RawTarget(
        connection -> {
          while (connection.readRequest() != null) {
            try {
              Thread.sleep(millis);
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            connection.write(response);
          }
        });
  }

  String url(String pathAndQuery) {
    return "http://127.0.0.1:" + port() + pathAndQuery;
  }

  public int port() {
    return server.getLocalPort();
  }

  public int connections() {
    return sockets.size();
  }

  /** Requests of which at least a byte has come. */
  int begun() {
    return begun.get();
  }

  /** What was received whole, request by request, as ISO-8859-1. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Until some of a request, or of a TLS handshake, has come. */
  void awaitReached() throws Exception {
    reached.get(60, TimeUnit.SECONDS);
  }

  /** Until the other side has closed a connection. */
  void awaitHungUp() throws Exception {
    hungUp.get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (var socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        sockets.add(socket);
        daemon(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var layered = layer.over(socket)) {
      script.serve(new Connection(socket, layered));
    } catch (IOException e) {
      hungUp.complete(null);
    }
  }

  private static void daemon(Runnable task) {
    var thread = new Thread(task, "raw-target");
    thread.setDaemon(true);
    thread.start();
  }

  /** One accepted connection. */
  public final class Connection {
    private final Socket tcp;
    private final Socket socket;

    Connection(Socket tcp, Socket socket) {
      this.tcp = tcp;
      this.socket = socket;
    }

    /** One whole request, or null when the other side has closed the connection. */
    public String readRequest() throws IOException {
      var head = readHead();
      var body = head == null ? null : readBytes(contentLength(head));
      if (body == null) {
        return null;
      }
      requests.add(head + body);
      return head + body;
    }

    /** The head of a request, or null when the other side has closed the connection. */
    String readHead() throws IOException {
      var head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        var next = readBytes(1);
        if (next == null) {
          return null;
        }
        if (head.isEmpty()) {
          begun.incrementAndGet();
          reached.complete(null);
        }
        head.append(next);
      }
      return head.toString();
    }

    /** So many bytes, or null when the other side has closed the connection before. */
    String readBytes(int count) throws IOException {
      var bytes = socket.getInputStream().readNBytes(count);
      if (bytes.length < count) {
        hungUp.complete(null);
        return null;
      }
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Until some of a request is there to be read; nothing is. */
    void awaitArrival() throws IOException {
      while (socket.getInputStream().available() == 0) {
        Thread.onSpinWait();
      }
      begun.incrementAndGet();
    }

    public void write(String bytes) throws IOException {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    }

    /** Keeps silent, and swallows what comes, until the other side closes. */
    void awaitClosed() throws IOException {
      while (socket.getInputStream().read() >= 0) {
        reached.complete(null);
      }
      hungUp.complete(null);
    }

    /** Closes with RST instead of FIN. */
    void reset() throws IOException {
      tcp.setSoLinger(true, 0);
      tcp.close();
    }

    /** Closes without a word on the layer above. */
    void cut() throws IOException {
      tcp.close();
    }

    private static int contentLength(String head) {
      var length = CONTENT_LENGTH.matcher(head);
      return length.find() ? Integer.parseInt(length.group(1)) : 0;
    }
  }
}
