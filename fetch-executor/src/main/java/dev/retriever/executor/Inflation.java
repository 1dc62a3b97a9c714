package dev.retriever.executor;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses one body, piece by piece, until it is complete or too large. The platform's {@code
 * GZIPInputStream} does not serve: it ignores a damaged second member, and so returns half a body.
 */
final class Inflation {
  /** The reason why a body cannot be decompressed. */
  static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;

    Fault(String reason) {
      super(reason);
    }
  }

  private static final int PIECE = 8 * 1024;

  /** The fixed part of the head of a gzip member (RFC 1952, 2.3). */
  private static final int HEAD = 10;

  private static final int TRAILER = 8;
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATED = 8;
  private static final int CHECKED = 0x02;
  private static final int EXTRA = 0x04;
  private static final int NAME = 0x08;
  private static final int COMMENT = 0x10;
  private static final int RESERVED = 0xe0;

  private final byte[] coded;
  private final ContentCoding.Bounds bounds;
  private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
  private final byte[] piece = new byte[PIECE];

  /** The number of bytes that have been read. */
  private int at;

  Inflation(byte[] coded, ContentCoding.Bounds bounds) {
    this.coded = coded;
    this.bounds = bounds;
  }

  /** Decompresses all members of a gzip body (RFC 1952). */
  byte[] gzip() throws Fault {
    var inflater = new Inflater(true);
    try {
      do {
        skipHead();
        var from = plain.size();
        var sum = inflated("gzip", inflater);
        checkTrailer(sum, plain.size() - from);
        inflater.reset();
      } while (at < coded.length);
    } finally {
      inflater.end(); // it holds memory that the collector does not see
    }
    return plain.toByteArray();
  }

  /**
   * Decompresses a deflate body, with its frame (RFC 1950), or without, as some servers send it.
   */
  byte[] deflate() throws Fault {
    var inflater = new Inflater(!isFramed());
    try {
      inflated("deflate", inflater);
    } finally {
      inflater.end();
    }
    if (at < coded.length) {
      throw followed("deflate");
    }
    return plain.toByteArray();
  }

  private boolean isFramed() {
    var first = coded[0] & 0xff;
    // A single byte does not decide, and is incomplete in both cases.
    return (first & 0x0f) == DEFLATED
        && (coded.length == 1 || ((first << 8) | (coded[1] & 0xff)) % 31 == 0);
  }

  /** Decompresses one stream, and returns the checksum of its plain bytes. */
  private long inflated(String coding, Inflater inflater) throws Fault {
    inflater.setInput(coded, at, coded.length - at);
    var sum = new CRC32();
    try {
      while (!inflater.finished()) {
        var size = inflater.inflate(piece);
        if (size == 0 && inflater.needsInput()) {
          throw breaksOff(coding);
        }
        if (size == 0 && inflater.needsDictionary()) {
          throw invalid(coding);
        }
        bounds.check((long) plain.size() + size);
        sum.update(piece, 0, size);
        plain.write(piece, 0, size);
      }
    } catch (DataFormatException e) {
      throw invalid(coding);
    }
    at = coded.length - inflater.getRemaining();
    return sum.getValue();
  }

  private void skipHead() throws Fault {
    var isFirst = at == 0;
    if (next(0) != MAGIC_1 || (at + 1 < coded.length && next(1) != MAGIC_2)) {
      throw isFirst ? invalid("gzip") : followed("gzip");
    }
    var flags = next(3);
    if (next(2) != DEFLATED || (flags & RESERVED) != 0) {
      throw invalid("gzip");
    }
    skip(HEAD);
    if ((flags & EXTRA) != 0) {
      skip(2 + next(0) + 256 * next(1));
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & CHECKED) != 0) {
      skip(2);
    }
  }

  private void skipText() throws Fault {
    while (next(0) != 0) {
      at++;
    }
    at++;
  }

  private void skip(int bytes) throws Fault {
    next(bytes - 1);
    at += bytes;
  }

  private void checkTrailer(long sum, int size) throws Fault {
    var isSo = number(0) == sum && number(TRAILER / 2) == size;
    if (!isSo) {
      throw invalid("gzip");
    }
    at += TRAILER;
  }

  /** Reads four bytes at that offset, the least significant first. */
  private long number(int ahead) throws Fault {
    var number = 0L;
    for (var i = 3; i >= 0; i--) {
      number = number << 8 | next(ahead + i);
    }
    return number;
  }

  /** The byte at that offset from the current position. */
  private int next(int ahead) throws Fault {
    if (at + ahead >= coded.length) {
      throw breaksOff("gzip");
    }
    return coded[at + ahead] & 0xff;
  }

  private static Fault breaksOff(String coding) {
    return new Fault("its " + coding + " body breaks off; fetch it again");
  }

  private static Fault followed(String coding) {
    return new Fault(
        "its " + coding + " body is followed by something else; decode body() yourself");
  }

  private static Fault invalid(String coding) {
    return new Fault(
        "its body is not " + coding + ", or is damaged; read it as it came, from body()");
  }
}
