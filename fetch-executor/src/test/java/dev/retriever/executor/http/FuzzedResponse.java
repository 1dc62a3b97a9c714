package dev.retriever.executor.http;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a target sends to the request of that number, made of a seed. Each part of it names the
 * number, as {@code <17>}, so that it is known by whatever reads it where it belongs.
 *
 * @param wire as ISO-8859-1
 * @param cuts where it is cut into pieces that are sent one by one; ascending
 * @param answerEnd where the answer ends and what nobody asked for begins
 * @param status of the answer as it should be read; 0 when that is not for sure
 * @param body the same; null when that is not for sure
 * @param early it is sent before the body of the request is read
 * @param tailMillis how long the target waits in front of what nobody asked for
 */
record FuzzedResponse(
    String wire,
    List<Integer> cuts,
    int answerEnd,
    int status,
    String body,
    int tailMillis,
    End end,
    boolean early) {

  /** What the target does with the connection when it has sent all. */
  enum End {
    STAY,
    CLOSE,
    RESET
  }

  /** A status that no answer has, only what is left over behind one. */
  private static final int LEFTOVER = 599;

  /** What a request asks with: of all numbers the same, so that both sides know it. */
  static String method(long seed, int id) {
    var random = new SplittableRandom(seed * 31 + id);
    return List.of("GET", "GET", "GET", "HEAD", "POST").get(random.nextInt(5));
  }

  static FuzzedResponse of(long seed, int id) {
    return new Maker(new SplittableRandom(seed * 1_000_003 + id), id, method(seed, id)).make();
  }

  /** Whether it can be read in one way only, so that it must be read. */
  boolean isClean() {
    return status != 0;
  }

  private static final class Maker {
    private final SplittableRandom random;
    private final String mark;
    private final boolean head;
    private final StringBuilder wire = new StringBuilder();
    private boolean clean = true;
    private boolean untilClose;
    private int status;
    private String body;

    Maker(SplittableRandom random, int id, String method) {
      this.random = random;
      this.mark = "<" + id + ">";
      this.head = method.equals("HEAD");
    }

    FuzzedResponse make() {
      status = one(200, 200, 200, 201, 204, 205, 304, 402, 404, 500);
      body = mark.repeat(random.nextInt(random.nextInt(10) == 0 ? 2_000 : 20));
      interims();
      answer();
      var end = untilClose ? End.CLOSE : one(End.STAY, End.STAY, End.STAY, End.CLOSE, End.RESET);
      if (chance(25)) {
        mutate();
      }
      // Else most of the time would be spent on waiting for what does not come.
      end = !clean && end == End.STAY && chance(60) ? End.CLOSE : end;
      var answerEnd = wire.length();
      if (!untilClose && chance(40)) {
        wire.append(leftover());
      }
      var early = chance(10);
      // What a reset overtakes in the kernel is lost; so closes who has not read the request.
      var sure = clean && end != End.RESET && !(early && end == End.CLOSE);
      var read = head || status == 204 || status == 304 ? "" : body;
      return new FuzzedResponse(
          wire.toString(),
          cuts(),
          answerEnd,
          sure ? status : 0,
          sure ? read : null,
          chance(20) ? 1 + random.nextInt(10) : 0,
          end,
          early);
    }

    private void interims() {
      var many = chance(2) ? 30 : chance(15) ? 1 + random.nextInt(3) : 0;
      clean &= many <= 20;
      for (var i = 0; i < many; i++) {
        line("HTTP/1.1 " + one(100, 102, 103) + " x");
        line("Link: " + mark);
        line("");
      }
      if (chance(1)) {
        clean = false;
        line("HTTP/1.1 101 x");
        line("Upgrade: " + mark);
        line("");
      }
    }

    private void answer() {
      var statusLine = "HTTP/1.1 " + status + " x";
      if (chance(4)) {
        clean = false;
        statusLine =
            one("HTTP/2.0 200 x", "HTTP/1.1 999 x", "HTTP/1.1 +200 x", "HTTP/1.1 2 x", "x" + mark);
      }
      line(statusLine);
      line("X-Id: " + mark);
      fields();
      framed();
    }

    private void fields() {
      for (var i = random.nextInt(4); i > 0; i--) {
        line(
            one(
                "X-Twice: " + mark,
                "X-Folded: a\r\n " + mark + "\r\n\tb",
                "X-Eight: \u00e4\u00ff" + mark,
                "x-empty:",
                "Set-Cookie: a=" + mark + "; Path=/",
                "Keep-Alive: timeout=5, max=100",
                "Date: Thu, 01 Jan 1970 00:00:00 GMT"));
      }
      if (chance(1)) {
        clean = false;
        wire.append(("X-Many: " + mark + "\r\n").repeat(300));
      }
      if (chance(1)) {
        clean = false;
        line("X-Large: " + mark.repeat(40 << 10 >> 2));
      }
    }

    private void framed() {
      switch (random.nextInt(chance(30) ? 8 : 4)) {
        case 0, 1 -> lengthed("Content-Length: " + body.length());
        case 2 -> chunked();
        case 3 -> {
          untilClose = true;
          line("");
          appendBody(body);
        }
        case 4 -> wrongLength();
        case 5 -> {
          clean = false;
          line("Content-Length: " + body.length());
          chunked();
        }
        case 6 -> {
          clean = false;
          line(one("Transfer-Encoding: gzip", "Transfer-Encoding: chunked, gzip"));
          lengthed(one("Content-Length: 2", "X: y", "Transfer-Encoding: chunked"));
        }
        default -> {
          clean &= one(true, false);
          lengthed((clean ? "Content-Length : " : "Content-Length: +") + body.length());
        }
      }
    }

    private void lengthed(String field) {
      line(field);
      line("");
      appendBody(body);
    }

    private void wrongLength() {
      clean = false;
      lengthed("Content-Length: " + Math.max(0, body.length() + random.nextInt(-20, 20)));
    }

    /** Some targets send a body where there is none: that is left over. */
    private void appendBody(String bytes) {
      if (!head && status != 204 && status != 304 || chance(20)) {
        wire.append(bytes);
      }
    }

    private void chunked() {
      line("Transfer-Encoding: " + one("chunked", "Chunked"));
      line("");
      var chunks = new StringBuilder();
      for (var at = 0; at < body.length(); ) {
        var size = Math.min(body.length() - at, 1 + random.nextInt(200));
        var digits = (chance(20) ? "000" : "") + Integer.toHexString(size);
        chunks.append(chance(20) ? digits.toUpperCase(java.util.Locale.ROOT) : digits);
        chunks.append(chance(20) ? ";a=\"" + mark + "\"" : chance(5) ? "  " : "").append("\r\n");
        chunks.append(body, at, at + size).append("\r\n");
        at += size;
      }
      chunks.append(chance(10) ? "0;last" : "0").append("\r\n");
      chunks.append(chance(20) ? "X-Trailer: " + mark + "\r\n" : "").append("\r\n");
      appendBody(chunks.toString());
    }

    /** Somewhere in it, but not in the line that says whose it is. */
    private void mutate() {
      clean = false;
      var id = wire.indexOf("X-Id: " + mark);
      var at = random.nextInt(wire.length());
      if (at >= id - 5 && at <= id + 8 + mark.length()) {
        return;
      }
      switch (random.nextInt(6)) {
        case 0 -> wire.setLength(at);
        case 1 -> wire.insert(at, '\0');
        case 2 -> wire.setCharAt(at, (char) random.nextInt(256));
        case 3 -> {
          var crlf = wire.indexOf("\r\n", at);
          if (crlf >= 0 && crlf > id + 6 + mark.length()) {
            wire.deleteCharAt(crlf); // a bare LF
          }
        }
        case 4 -> wire.insert(at, one(" ", "\r", "\n", "\r\n", "\u0000\u00ff", "x", ";", ":"));
        default -> wire.delete(at, Math.min(wire.length(), at + 1 + random.nextInt(3)));
      }
    }

    private String leftover() {
      return switch (random.nextInt(6)) {
        case 0 -> "HTTP/1.1 " + LEFTOVER + " x\r\nX-Id: " + mark + "\r\nContent-Length: 0\r\n\r\n";
        case 1 -> "HTTP/1.1 " + LEFTOVER + " x\r\nX-Was: ";
        case 2 -> "\r\n";
        case 3 -> mark;
        case 4 -> "0\r\n\r\n";
        default -> "HTTP/1.1 100 x\r\nLink: " + mark + "\r\n\r\n";
      };
    }

    private List<Integer> cuts() {
      var cuts = new ArrayList<Integer>();
      if (wire.length() < 400 && chance(10)) {
        for (var at = 1; at < wire.length(); at++) {
          cuts.add(at);
        }
      } else if (chance(40)) {
        random.ints(1 + random.nextInt(4), 0, wire.length() + 1).sorted().forEach(cuts::add);
      }
      return cuts;
    }

    private void line(String text) {
      wire.append(text).append("\r\n");
    }

    private boolean chance(int percent) {
      return random.nextInt(100) < percent;
    }

    @SafeVarargs
    private <T> T one(T... of) {
      return of[random.nextInt(of.length)];
    }
  }
}
