package dev.retriever.executor.parcel;

import dev.retriever.executor.Body;
import org.apache.pekko.actor.typed.ActorRef;

/** What goes between nodes about one {@link Parcel}. */
sealed interface ParcelMessage permits Parcels.Offer, ParcelMessage.Piece, ParcelMessage.ToSender {

  /** From whoever pulls. */
  sealed interface ToSender extends ParcelMessage, Parcel.Command {}

  /** Send the piece that begins at that byte. */
  record Pull(int offset, ActorRef<Puller.Command> to) implements ToSender {}

  /** All of it has arrived. */
  record Pulled() implements ToSender {}

  /** It will not be pulled: there is no room. */
  record Refused() implements ToSender {}

  /** Some bytes of a message, from that one on. */
  record Piece(Contents contents, int offset, Body bytes) implements ParcelMessage, Puller.Command {
    int end() {
      return offset + bytes.size();
    }
  }

  /**
   * What a message is when it is serialized; the same in all its pieces.
   *
   * @param size in bytes
   * @param crc the CRC-32C of all bytes
   * @param serializer the id of what reads them, by that manifest
   */
  record Contents(int size, long crc, int serializer, String manifest) {}
}
