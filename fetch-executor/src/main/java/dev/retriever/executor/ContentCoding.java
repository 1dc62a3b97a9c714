package dev.retriever.executor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code Content-Encoding} has done to a body, undone within limits (RFC 9110, 8.4). */
final class ContentCoding {
  /** More are used by nobody, except to make somebody work. */
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
   * @param codings the last that was applied first
   */
  private static Body undone(List<String> codings, Body body, int limit) throws Inflation.Fault {
    // Growth is that of the whole, or each coding would allow as much again.
    var growth = Math.max(Decoded.FREE_GROWTH, (long) Decoded.MOST_GROWTH * body.size());
    var bytes = body.bytes();
    for (var i = 0; i < codings.size(); i++) {
      // What is still coded may be a little larger than what is not.
      var slack = i < codings.size() - 1 ? Decoded.FREE_GROWTH : 0;
      // No body, as with the answer to a HEAD, has not been coded.
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
                  // It is the target's word, and may be shown where that must not matter.
                  + (SHOWN.matcher(coding).matches() ? '"' + coding + '"' : "of that name")
                  + " is not known here; ask for gzip with Accept-Encoding,"
                  + " or decode body() yourself");
    };
  }

  /**
   * How large it may become.
   *
   * @param limit what was asked for
   * @param slack how much more it may be all the same
   * @param growth what its size allows
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
