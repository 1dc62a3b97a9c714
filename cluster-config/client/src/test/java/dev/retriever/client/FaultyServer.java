package dev.retriever.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Answers each connection with the next text it was given, byte by byte, and closes it. */
final class FaultyServer implements AutoCloseable {
  /** In place of an answer: the connection stays open, and nothing comes. */
  static final String SILENCE = "silence";

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final ServerSocket server;

  FaultyServer(String... answers) throws IOException {
    this.answers.addAll(List.of(answers));
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var thread = new Thread(this::serve, "faulty-server");
    thread.setDaemon(true);
    thread.start();
  }

  static String json(int status, String body, String... headers) {
    return head(status, "application/json", headers)
        + "Content-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  static String events(String events) {
    return head(200, "text/event-stream", "Connection: close") + "\r\n" + events;
  }

  private static String head(int status, String type, String... headers) {
    var lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return "HTTP/1.1 " + status + " Said\r\nContent-Type: " + type + "\r\n" + lines;
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void serve() {
    try {
      while (true) {
        var socket = server.accept();
        open.add(socket);
        requests.add(request(socket.getInputStream()));
        answer(socket, answers.poll());
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void answer(Socket socket, String text) throws IOException {
    if (SILENCE.equals(text)) {
      return;
    }
    if (text != null) {
      try {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        if (text.endsWith(SILENCE)) {
          return;
        }
      } catch (IOException e) {
        // the client has gone
      }
    }
    socket.close();
  }

  private static String request(InputStream in) throws IOException {
    var text = new StringBuilder();
    while (!text.toString().endsWith("\r\n\r\n")) {
      var next = in.read();
      if (next < 0) {
        return text.toString();
      }
      text.append((char) next);
    }
    var length =
        text.toString()
            .lines()
            .filter(it -> it.toLowerCase().startsWith("content-length:"))
            .mapToInt(it -> Integer.parseInt(it.substring(15).strip()))
            .findFirst()
            .orElse(0);
    return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
