package dev.retriever.executor.parcel;

import dev.retriever.executor.parcel.ParcelMessage.Contents;
import dev.retriever.executor.parcel.ParcelMessage.Piece;
import java.util.zip.CRC32C;

/** The pieces of one message, put together in their order. Not thread-safe. */
final class Assembly {
  private final Contents contents;
  private final byte[] bytes;
  private int next;

  Assembly(Contents contents) {
    this.contents = contents;
    this.bytes = new byte[contents.size()];
  }

  static long crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }

  /**
   * Takes the piece if it is the next one. What comes twice, too early, or of another message, is
   * ignored.
   *
   * @return whether it was taken
   */
  boolean add(Piece piece) {
    var fits = piece.end() <= bytes.length && (piece.bytes().size() > 0 || bytes.length == 0);
    if (!piece.contents().equals(contents) || piece.offset() != next || !fits) {
      return false;
    }
    System.arraycopy(piece.bytes().bytes(), 0, bytes, next, piece.bytes().size());
    next = piece.end();
    return true;
  }

  /** The first byte that is missing. */
  int next() {
    return next;
  }

  boolean isComplete() {
    return next == bytes.length;
  }

  /** Whether the bytes, all there, are those that were sent. */
  boolean isIntact() {
    return isComplete() && crc(bytes) == contents.crc();
  }

  /** Not a copy. */
  byte[] bytes() {
    return bytes;
  }
}
