package dev.retriever.executor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Decodes a body by its {@code Content-Encoding}, within limits (RFC 9110, 8.4). */
final class ContentCoding {
  /** The most codings of one body. A response with more is an attack on the decoder. */
  private static final int MOST = 3;

  private static final Pattern SHOWN = Pattern.compile("[a-z0-9._+-]{1,32}");

  private ContentCoding() {}

  static Decoded undone(Response response, int limit) {
    var codings = new ArrayList<>(codings(response.headers()));
    if (codings.size() > MOST) {
      return new Decoded.Undecodable(
          "it has "
              + codings.size()
              + " content codings, and at most "
              + MOST
              + " are undone; decode body() yourself");
    }
    Collections.reverse(codings);
    try {
      return new Decoded.Plain(undone(codings, response.body(), limit));
    } catch (Inflation.Fault e) {
      return new Decoded.Undecodable(e.getMessage());
    }
  }

  private static List<String> codings(List<Header> headers) {
    return headers.stream()
        .filter(header -> header.named("Content-Encoding"))
        .flatMap(header -> Stream.of(header.value().split(",")))
        .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
        .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
        .toList();
  }

  /**
   * @param codings in the order of decoding: the coding that was applied last comes first
   */
  private static Body undone(List<String> codings, Body body, int limit) throws Inflation.Fault {
    // The limit of growth is for all codings together.
    var growth = Math.max(Decoded.FREE_GROWTH, (long) Decoded.MOST_GROWTH * body.size());
    var bytes = body.bytes();
    for (var i = 0; i < codings.size(); i++) {
      // A body that is still coded may be a little larger than the decoded one.
      var slack = i < codings.size() - 1 ? Decoded.FREE_GROWTH : 0;
      // An empty body, such as that of an answer to HEAD, has no coding.
      bytes =
          bytes.length == 0
              ? bytes
              : undone(codings.get(i), new Inflation(bytes, new Bounds(limit, slack, growth)));
    }
    new Bounds(limit, 0, Long.MAX_VALUE).check(bytes.length);
    return new Body(bytes);
  }

  private static byte[] undone(String coding, Inflation inflation) throws Inflation.Fault {
    return switch (coding) {
      case "gzip", "x-gzip" -> inflation.gzip();
      case "deflate" -> inflation.deflate();
      default ->
          throw new Inflation.Fault(
              "its content coding "
                  // The name comes from the target, so only harmless characters are shown.
                  + (SHOWN.matcher(coding).matches() ? '"' + coding + '"' : "of that name")
                  + " is not known here; ask for gzip with Accept-Encoding,"
                  + " or decode body() yourself");
    };
  }

  /**
   * The limits of a decoded body, in bytes.
   *
   * @param limit the limit of the caller
   * @param slack added to the limit
   * @param growth the limit that follows from the size before decoding
   */
  record Bounds(int limit, int slack, long growth) {
    void check(long size) throws Inflation.Fault {
      if (size > (long) limit + slack) {
        throw new Inflation.Fault(
            "its body has more than "
                + limit
                + " bytes; give a higher limit, or leave it as it came");
      }
      if (size > growth) {
        throw new Inflation.Fault(
            "its body grows to more than "
                + Decoded.MOST_GROWTH
                + " times its size, as one that is made to exhaust memory;"
                + " decode body() yourself if you expect that");
      }
    }
  }
}
