package dev.retriever.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;

/** Settings as arguments: {@code rate.limit=50}, {@code order=strict}, {@code breaker={}}. */
final class Changes {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Changes() {}

  static ObjectNode of(List<String> arguments) {
    var json = JSON.createObjectNode();
    for (var argument : arguments) {
      var parts = argument.split("=", 2);
      if (parts.length < 2 || parts[0].isEmpty()) {
        throw new Refused(
            "'" + argument + "' is no setting", "Write NAME=VALUE, such as rate.limit=50.");
      }
      var path = parts[0].split("\\.");
      var node = json;
      for (var i = 0; i < path.length - 1; i++) {
        node = node.withObjectProperty(path[i]);
      }
      node.set(path[path.length - 1], value(parts[1]));
    }
    return json;
  }

  /** JSON if it is, such as a number or null, else a text. */
  private static JsonNode value(String text) {
    try {
      var json = JSON.readTree(text);
      return json.isMissingNode() ? TextNode.valueOf(text) : json;
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(text);
    }
  }
}
