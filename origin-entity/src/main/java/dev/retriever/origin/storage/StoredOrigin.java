package dev.retriever.origin.storage;

import dev.retriever.executor.Body;

/**
 * The content of a snapshot in CBOR. Component names are the on-disk format.
 *
 * @param fetches with the alarms
 * @param own the users' state, as Pekko serializes it by the binding of its class
 */
record StoredOrigin(OriginSnapshot fetches, OwnState own) {
  /**
   * @param serializer its id
   * @param manifest the manifest for that serializer
   */
  record OwnState(int serializer, String manifest, Body bytes) {}
}
