package dev.retriever.executor;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * One compressed body, made plain piece by piece until it is whole or too large. The platform's
 * {@code GZIPInputStream} takes a second member that is damaged for the end of the first, and so
 * half a body for a whole one.
 */
final class Inflation {
  /** Why it cannot be. */
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

  /** What has been read. */
  private int at;

  Inflation(byte[] coded, ContentCoding.Bounds bounds) {
    this.coded = coded;
    this.bounds = bounds;
  }

  /** Members that follow each other are one body. */
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

  /** With the frame that it should have (RFC 1950), or without, as some send it. */
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
    // One byte of it tells nothing, and is not whole either way.
    return (first & 0x0f) == DEFLATED
        && (coded.length == 1 || ((first << 8) | (coded[1] & 0xff)) % 31 == 0);
  }

  /** One stream, added to what is plain; its checksum. */
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
          throw notIt(coding);
        }
        bounds.check((long) plain.size() + size);
        sum.update(piece, 0, size);
        plain.write(piece, 0, size);
      }
    } catch (DataFormatException e) {
      throw notIt(coding);
    }
    at = coded.length - inflater.getRemaining();
    return sum.getValue();
  }

  private void skipHead() throws Fault {
    var isFirst = at == 0;
    if (next(0) != MAGIC_1 || (at + 1 < coded.length && next(1) != MAGIC_2)) {
      throw isFirst ? notIt("gzip") : followed("gzip");
    }
    var flags = next(3);
    if (next(2) != DEFLATED || (flags & RESERVED) != 0) {
      throw notIt("gzip");
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
      throw notIt("gzip");
    }
    at += TRAILER;
  }

  /** Four bytes from there, the least significant first. */
  private long number(int ahead) throws Fault {
    var number = 0L;
    for (var i = 3; i >= 0; i--) {
      number = number << 8 | next(ahead + i);
    }
    return number;
  }

  /** The byte that is so far ahead. */
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

  private static Fault notIt(String coding) {
    return new Fault(
        "its body is not " + coding + ", or is damaged; read it as it came, from body()");
  }
}
