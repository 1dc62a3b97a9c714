package dev.retriever.executor.parcel;

import dev.retriever.executor.parcel.ParcelMessage.Contents;
import dev.retriever.executor.parcel.ParcelMessage.Piece;
import java.util.zip.CRC32C;

/** Joins the pieces of one message in order. Not thread-safe. */
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
   * Adds a piece if it is the next one. Ignores pieces that are repeated, early, or of another
   * message.
   *
   * @return whether the piece was added
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

  /** The offset of the first missing byte. */
  int next() {
    return next;
  }

  boolean isComplete() {
    return next == bytes.length;
  }

  /** Whether the message is complete and its checksum is right. */
  boolean isIntact() {
    return isComplete() && crc(bytes) == contents.crc();
  }

  /** The bytes of the message; not a copy. */
  byte[] bytes() {
    return bytes;
  }
}
