package dev.retriever.origin.storage;

import dev.retriever.executor.Body;

/**
 * A snapshot as its bytes hold it, in CBOR. Component names are the on-disk format.
 *
 * @param fetches with the alarms
 * @param own the users' state, as Pekko serializes it by the binding of its class
 */
record StoredOrigin(OriginSnapshot fetches, OwnState own) {
  /**
   * @param serializer its id
   * @param manifest what that serializer reads the bytes as
   */
  record OwnState(int serializer, String manifest, Body bytes) {}
}
