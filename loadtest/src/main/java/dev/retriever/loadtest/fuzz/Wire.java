package dev.retriever.loadtest.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Sends bytes as they are, on a connection of their own, and reads the answers. */
final class Wire {
  /** An answer beyond that is cut. */
  private static final int MOST_BODY = 4 << 20;

  private static final int CHUNK_LINE = 64;
  private static final int HEX = 16;

  private final URI port;
  private final Duration patience;

  /**
   * @param patience for each read; after it the node hangs
   */
  Wire(URI port, Duration patience) {
    this.port = port;
    this.patience = patience;
  }

  /**
   * What came back.
   *
   * @param hung no byte came in time, and the node did not close the connection either
   * @param closed the node closed the connection
   */
  record Exchange(List<Answer> answers, boolean hung, boolean closed, long millis) {}

  /** Sends them, and reads one answer. */
  Exchange once(byte[] request) throws IOException {
    return exchange(request, 1, patience, false);
  }

  /** The same, and says that nothing more comes: a node must not wait for the rest of a request. */
  Exchange cut(byte[] request) throws IOException {
    return exchange(request, 1, patience, true);
  }

  /**
   * Sends them, and reads answers until the node closes the connection, or until it is silent.
   *
   * @param silence after the first answer
   */
  Exchange all(byte[] request, Duration silence) throws IOException {
    return exchange(request, Integer.MAX_VALUE, silence, false);
  }

  private Exchange exchange(byte[] request, int most, Duration silence, boolean cut)
      throws IOException {
    var from = System.nanoTime();
    var answers = new ArrayList<Answer>();
    var hung = false;
    var closed = false;
    try (var socket = new Socket(port.getHost(), port.getPort())) {
      socket.setSoTimeout((int) patience.toMillis());
      send(socket, request, cut);
      var in = socket.getInputStream();
      var isHead = new String(request, 0, Math.min(5, request.length), StandardCharsets.US_ASCII);
      while (answers.size() < most) {
        var answer = answer(in, isHead.equals("HEAD "));
        answers.add(answer);
        if (isOpenEnded(answer)) {
          break;
        }
        socket.setSoTimeout((int) silence.toMillis());
      }
    } catch (SocketTimeoutException e) {
      hung = answers.isEmpty();
    } catch (IOException e) {
      closed = true; // its end, or a reset
    }
    return new Exchange(answers, hung, closed, (System.nanoTime() - from) / 1_000_000);
  }

  private static boolean isOpenEnded(Answer answer) {
    return answer.status() == 101 || answer.mediaType().equals("text/event-stream");
  }

  /** A node may answer and close before it has read everything. */
  private static void send(Socket socket, byte[] request, boolean cut) {
    try {
      socket.getOutputStream().write(request);
      if (cut) {
        socket.shutdownOutput();
      }
    } catch (IOException e) {
      // The answer tells.
    }
  }

  private static Answer answer(InputStream in, boolean isHead) throws IOException {
    var line = line(in, Wire.MOST_BODY);
    var status = Integer.parseInt(line.substring(9, 12));
    Map<String, String> headers = new HashMap<>();
    for (var field = line(in, MOST_BODY); !field.isEmpty(); field = line(in, MOST_BODY)) {
      var parts = field.split(": ?", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts.length > 1 ? parts[1] : "");
    }
    if (status == 100) {
      return answer(in, isHead);
    }
    var answer = new Answer(status, headers, "");
    return isHead || status == 101 ? answer : new Answer(status, headers, body(in, answer));
  }

  private static String body(InputStream in, Answer answer) throws IOException {
    var bytes = new ByteArrayOutputStream();
    if (answer.headers().containsKey("content-length")) {
      var length = Integer.parseInt(answer.headers().get("content-length"));
      bytes.write(in.readNBytes(length));
    } else if (answer.headers().getOrDefault("transfer-encoding", "").contains("chunked")) {
      for (var size = chunk(in); size > 0; size = chunk(in)) {
        bytes.write(in.readNBytes(size));
        line(in, CHUNK_LINE);
        if (isOpenEnded(answer) || bytes.size() > MOST_BODY) {
          return bytes.toString(StandardCharsets.UTF_8);
        }
      }
      line(in, CHUNK_LINE);
    } else {
      bytes.write(in.readNBytes(MOST_BODY));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in, CHUNK_LINE).split(";")[0].trim(), HEX);
  }

  private static String line(InputStream in, int most) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (var b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || bytes.size() > most) {
        throw new EOFException();
      }
      if (b != '\r') {
        bytes.write(b);
      }
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }
}
