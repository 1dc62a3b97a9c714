package dev.retriever.origin.simulation.cluster;

import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;

/** A message, or a state, as production writes it. */
record Packet(int serializer, String manifest, byte[] bytes) {
  static Packet of(SimulatedNode from, Object content) {
    var serialization = SerializationExtension.get(from.classic());
    var serializer = serialization.findSerializerFor(content);
    var manifest = Serializers.manifestFor(serializer, content);
    return new Packet(serializer.identifier(), manifest, serialization.serialize(content).get());
  }

  /** As that node reads it. */
  Object on(SimulatedNode to) {
    return SerializationExtension.get(to.classic()).deserialize(bytes, serializer, manifest).get();
  }
}
