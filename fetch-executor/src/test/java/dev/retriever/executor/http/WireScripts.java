package dev.retriever.executor.http;

import dev.retriever.executor.http.RawTarget.Script;
import java.io.IOException;

/** What a {@link RawTarget} does with a connection. */
final class WireScripts {
  private WireScripts() {}

  static RawTarget.Layer plain() {
    return socket -> socket;
  }

  /** Speaks without being asked. */
  static Script saying(String bytes) {
    return connection -> {
      connection.write(bytes);
      connection.awaitClosed();
    };
  }

  /** Says that to the first request, and closes. */
  static Script once(String response) {
    return connection -> {
      connection.readRequest();
      connection.write(response);
    };
  }

  /** Says that to each request. */
  static Script answering(String response) {
    return connection -> {
      while (connection.readRequest() != null) {
        connection.write(response);
      }
    };
  }

  /** Until the other side closes. */
  static Script endless(String begin, String again) {
    return connection -> {
      connection.readRequest();
      connection.write(begin);
      while (true) {
        connection.write(again);
      }
    };
  }

  /** Until the other side closes, and slowly. */
  static Script dripping(String begin, String drop) {
    return connection -> {
      connection.readRequest();
      connection.write(begin);
      while (true) {
        connection.write(drop);
        pause();
      }
    };
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
