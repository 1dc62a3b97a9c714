package dev.retriever.executor.parcel;

import dev.retriever.executor.Body;
import org.apache.pekko.actor.typed.ActorRef;

/** The messages between nodes about one {@link Parcel}. */
sealed interface ParcelMessage permits Parcels.Offer, ParcelMessage.Piece, ParcelMessage.ToSender {

  /** The messages of the receiver. */
  sealed interface ToSender extends ParcelMessage, Parcel.Command {}

  /** Asks for the piece that begins at that offset. */
  record Pull(int offset, ActorRef<Puller.Command> to) implements ToSender {}

  /** The whole message has arrived. */
  record Pulled() implements ToSender {}

  /** The receiver has no room and will not pull the message. */
  record Refused() implements ToSender {}

  /** The bytes of a message from an offset on. */
  record Piece(Contents contents, int offset, Body bytes) implements ParcelMessage, Puller.Command {
    int end() {
      return offset + bytes.size();
    }
  }

  /**
   * Describes a serialized message; the same in all pieces.
   *
   * @param size in bytes
   * @param crc the CRC-32C of all bytes
   * @param serializer the id of the serializer that reads the bytes with the manifest
   */
  record Contents(int size, long crc, int serializer, String manifest) {}
}
