package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Changes members of a JSON object and leaves the others (RFC 7396). */
final class MergePatch {
  private MergePatch() {}

  /** What the patch makes of it; neither argument is changed. Depth is bounded by the reader. */
  static JsonNode applied(JsonNode patch, JsonNode target) {
    if (!patch.isObject()) {
      return patch;
    }
    var result =
        target.isObject() ? (ObjectNode) target.deepCopy() : ((ObjectNode) patch).objectNode();
    for (var member : patch.properties()) {
      if (member.getValue().isNull()) {
        result.remove(member.getKey());
      } else {
        var there = result.path(member.getKey());
        result.set(member.getKey(), applied(member.getValue(), there));
      }
    }
    return result;
  }
}
