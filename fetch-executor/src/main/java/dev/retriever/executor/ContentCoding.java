package dev.retriever.executor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** What {@code Content-Encoding} has done to a body, undone within a limit (RFC 9110, 8.4). */
final class ContentCoding {
  /** More are used by nobody, except to make somebody work. */
  private static final int MOST = 3;

  private ContentCoding() {}

  /** Empty when it is not known how, or the result would be longer than {@code limit} bytes. */
  static Optional<Body> undone(Response response, int limit) {
    var codings = new ArrayList<>(codings(response.headers()));
    if (codings.size() > MOST || limit < 0) {
      return Optional.empty();
    }
    if (codings.isEmpty()) {
      return Optional.of(response.body()).filter(body -> body.size() <= limit);
    }
    Collections.reverse(codings);
    var bytes = Optional.of(response.body().bytes());
    for (var coding : codings) {
      bytes = bytes.flatMap(coded -> undone(coding, coded, limit));
    }
    return bytes.map(Body::new);
  }

  private static List<String> codings(List<Header> headers) {
    return headers.stream()
        .filter(header -> header.named("Content-Encoding"))
        .flatMap(header -> Stream.of(header.value().split(",")))
        .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
        .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
        .toList();
  }

  private static Optional<byte[]> undone(String coding, byte[] coded, int limit) {
    return switch (coding) {
      case "gzip", "x-gzip" -> read(() -> new GZIPInputStream(in(coded)), limit);
      case "deflate" ->
          read(() -> inflated(coded, false), limit)
              .or(() -> read(() -> inflated(coded, true), limit));
      default -> Optional.empty();
    };
  }

  private static InputStream in(byte[] coded) {
    return new ByteArrayInputStream(coded);
  }

  /**
   * @param raw without the frame that it should have, and that some leave away
   */
  private static InputStream inflated(byte[] coded, boolean raw) {
    var inflater = new Inflater(raw);
    return new InflaterInputStream(in(coded), inflater) {
      @Override
      public void close() throws IOException {
        super.close();
        inflater.end(); // it holds memory that the collector does not see
      }
    };
  }

  /** Opens what is to be read. */
  private interface Source {
    InputStream open() throws IOException;
  }

  private static Optional<byte[]> read(Source source, int limit) {
    try (var in = source.open()) {
      var bytes = in.readNBytes(limit);
      return in.read() < 0 ? Optional.of(bytes) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it is not what it says, or breaks off
    }
  }
}
