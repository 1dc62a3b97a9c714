package dev.retriever.executor.http;

import io.netty.buffer.ByteBuf;

/**
 * The lines between the chunks of one body. The decoder passes over what they say beside the size,
 * and does not bound how many bytes they take. Not thread-safe.
 */
final class ChunkLines {
  /** Bytes beside the body that any response may have, such as its trailers. */
  static final int FREE = 64 << 10;

  /** Bytes beside the body for each byte of it; a chunk of one byte takes five. */
  static final int PER_BYTE = 16;

  private enum Place {
    SIZE,
    BEHIND_SIZE,
    EXTENSION,
    CHUNK,
    BEHIND_CHUNK,
    TRAILERS
  }

  private Place place = Place.SIZE;
  private boolean sized;
  private long left;
  private long body;
  private long beside;

  /** Goes on with those bytes; false when they are not what the body of a response consists of. */
  boolean accept(ByteBuf in, int from, int to) {
    var at = from;
    while (at < to) {
      if (place == Place.CHUNK) {
        var some = (int) Math.min(left, to - at);
        at += some;
        body += some;
        left -= some;
        place = left == 0 ? Place.BEHIND_CHUNK : Place.CHUNK;
      } else if (!accept(in.getByte(at))) {
        return false;
      } else {
        at++;
        beside++;
      }
    }
    return beside <= FREE + PER_BYTE * body;
  }

  private boolean accept(byte next) {
    if (next == '\n' && place != Place.TRAILERS) {
      endOfLine();
      return true;
    }
    return switch (place) {
      case SIZE -> size(next);
      case BEHIND_SIZE -> behindSize(next);
      case BEHIND_CHUNK -> next == '\r';
      case CHUNK, EXTENSION, TRAILERS -> true;
    };
  }

  private void endOfLine() {
    if (place == Place.BEHIND_CHUNK) {
      place = Place.SIZE;
      sized = false;
    } else {
      place = left == 0 ? Place.TRAILERS : Place.CHUNK;
    }
  }

  private boolean size(byte next) {
    var digit = Character.digit(next, 16);
    if (digit < 0) {
      return sized ? behindSize(next) : next == ' ' || next == '\t';
    }
    sized = true;
    left = left * 16 + digit;
    return left <= Integer.MAX_VALUE;
  }

  private boolean behindSize(byte next) {
    place = next == ';' ? Place.EXTENSION : Place.BEHIND_SIZE;
    return next == ';' || next == ' ' || next == '\t' || next == '\r';
  }
}
