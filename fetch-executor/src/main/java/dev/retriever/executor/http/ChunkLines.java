package dev.retriever.executor.http;

import io.netty.buffer.ByteBuf;

/**
 * Checks the lines between the chunks of one body, and limits their bytes. The decoder ignores
 * everything in them but the size, and has no such limit. Not thread-safe.
 */
final class ChunkLines {
  /** The bytes beside the body that every response may have, such as trailers. */
  static final int FREE = 64 << 10;

  /** Further bytes beside the body for each byte of it; a chunk of one byte needs five. */
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

  /** Checks further bytes; false if they are no chunked body or exceed the limit. */
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
