package dev.retriever.executor.http;

import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The part of a response that has come so far. An event loop writes it; the thread that aborts the
 * exchange reads it.
 */
final class IncomingResponse {
  /** The most bytes that are kept of the body of a broken response. */
  static final int PARTIAL_BODY = 8 * 1024;

  private final int maxBody;
  private final List<Header> headers = new ArrayList<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private int status;

  IncomingResponse(int maxBody) {
    this.maxBody = maxBody;
  }

  synchronized void status(int code) {
    status = code;
  }

  synchronized void header(String name, String value) {
    headers.add(new Header(name, value));
  }

  /** Appends to the body up to its limit; false if the bytes exceed it. */
  synchronized boolean append(byte[] bytes) {
    var kept = Math.min(bytes.length, maxBody - body.size());
    body.write(bytes, 0, kept);
    return kept == bytes.length;
  }

  synchronized Response whole() {
    return new Response(status, headers, new Body(body.toByteArray()));
  }

  /** Empty until the status is known. */
  synchronized Optional<Response> partial() {
    if (status == 0) {
      return Optional.empty();
    }
    var bytes = body.toByteArray();
    var first = Arrays.copyOf(bytes, Math.min(bytes.length, PARTIAL_BODY));
    return Optional.of(new Response(status, headers, new Body(first)));
  }
}
