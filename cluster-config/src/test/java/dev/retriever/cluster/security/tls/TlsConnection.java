package dev.retriever.cluster.security.tls;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A connection that a test holds, and sends requests on one after the other. */
final class TlsConnection implements AutoCloseable {
  private static final int PATIENT_MILLIS = 60_000;

  private final SSLSocket socket;
  private final InputStream in;

  record Answer(int status, Map<String, String> headers, String text) {
    boolean closes() {
      return Optional.ofNullable(headers.get("connection")).orElse("").equals("close");
    }
  }

  /**
   * @param protocols all that the client has if none is given
   */
  TlsConnection(SSLContext context, int port, String... protocols) throws IOException {
    socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(PATIENT_MILLIS);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    socket.startHandshake();
    in = new BufferedInputStream(socket.getInputStream());
  }

  SSLSocket socket() {
    return socket;
  }

  /** The subject of the server's certificate. */
  String server() throws IOException {
    return socket.getSession().getPeerPrincipal().getName();
  }

  Answer get(String path) throws IOException {
    var request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    var status = Integer.parseInt(line().split(" ")[1]);
    var headers = new HashMap<String, String>();
    for (var line = line(); !line.isEmpty(); line = line()) {
      var parts = line.split(": ", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
    }
    var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Answer(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  /** Whether the server ends the connection. Waits for it. */
  boolean ends() throws IOException {
    return in.read() < 0;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (var next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server has ended the connection");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.US_ASCII).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
