package dev.retriever.executor.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Answers the request to {@code /17} with the {@link FuzzedResponse} of 17. */
final class FuzzTarget implements AutoCloseable {
  /** What is sent in a longer time may come behind the rest of a connection, on a busy machine. */
  private static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(35);

  private static final int NONE = -1;

  private final long seed;
  private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
  private final ExecutorService threads;
  private final Map<Integer, Integer> before = new ConcurrentHashMap<>();
  private final Map<Integer, Boolean> sentAtOnce = new ConcurrentHashMap<>();

  private final Set<Integer> twice = ConcurrentHashMap.newKeySet();

  FuzzTarget(long seed) throws IOException {
    this.seed = seed;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              var thread = new Thread(task, "fuzz-target");
              thread.setDaemon(true);
              return thread;
            });
    threads.execute(this::accept);
  }

  String url(int id) {
    return "http://127.0.0.1:" + server.getLocalPort() + "/" + id;
  }

  /** Whether any of that request has come. */
  boolean hasRead(int id) {
    return before.containsKey(id);
  }

  /** Requests that came more than once. */
  Set<Integer> twice() {
    return Set.copyOf(twice);
  }

  boolean isReused(int id) {
    return before.getOrDefault(id, NONE) != NONE;
  }

  /** Whether that other request came before on the same connection. */
  boolean isBefore(int other, int id) {
    var at = before.getOrDefault(id, NONE);
    while (at != NONE && at != other) {
      at = before.get(at);
    }
    return at == other;
  }

  /** Whether all that was sent on its connection before that request was sent at once. */
  boolean isForSure(int id) {
    for (var at = before.getOrDefault(id, NONE); at != NONE; at = before.get(at)) {
      if (!sentAtOnce.getOrDefault(at, false)) {
        return false;
      }
    }
    return true;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = socket.getInputStream();
      var last = NONE;
      while (true) {
        var head = head(in);
        if (head == null) {
          return;
        }
        var id = Integer.parseInt(head.substring(head.indexOf('/') + 1, head.indexOf(" HTTP")));
        if (before.put(id, last) != null) {
          twice.add(id);
        }
        last = id;
        var response = FuzzedResponse.of(seed, id);
        if (!response.early()) {
          body(in, head);
        }
        if (!answer(socket, id, response)) {
          return;
        }
        if (response.early()) {
          body(in, head);
        }
      }
    } catch (IOException e) {
      // the other side has closed it
    }
  }

  private boolean answer(Socket socket, int id, FuzzedResponse response) throws IOException {
    var bytes = response.wire().getBytes(StandardCharsets.ISO_8859_1);
    var out = socket.getOutputStream();
    var begin = System.nanoTime();
    var from = 0;
    for (var to : response.cuts()) {
      out.write(bytes, from, to - from);
      from = to;
    }
    if (from <= response.answerEnd() && response.tailMillis() > 0) {
      out.write(bytes, from, response.answerEnd() - from);
      from = response.answerEnd();
      pause(response.tailMillis());
    }
    out.write(bytes, from, bytes.length - from);
    sentAtOnce.put(id, System.nanoTime() - begin < AT_ONCE);
    if (response.end() == FuzzedResponse.End.RESET) {
      socket.setSoLinger(true, 0);
    }
    return response.end() == FuzzedResponse.End.STAY;
  }

  private static void pause(int millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      var next = in.read();
      if (next < 0) {
        return null;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void body(InputStream in, String head) throws IOException {
    var at = head.indexOf("content-length: ");
    if (at >= 0) {
      in.readNBytes(Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at))));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
