package dev.retriever.cluster.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An OpenAPI document whose schemas are strict: what an object's schema does not name must not be
 * there. The document itself lets answers grow.
 */
final class OpenApi {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private static final String SCHEMAS = "/components/schemas";
  private static final String DEFINED = "#/$defs";

  private final ObjectNode root;
  private final SchemaRegistry registry;
  private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();

  /** An operation of the document, with the parameters of its path. */
  record Operation(String path, String method, JsonNode node, List<JsonNode> parameters) {
    @Override
    public String toString() {
      return method.toUpperCase(Locale.ROOT) + " " + path;
    }

    String role() {
      return node.path("x-retriever-role").asText();
    }
  }

  OpenApi(JsonNode document) {
    var uri = "https://contract.test/" + document.at("/info/title").asText().hashCode();
    root = document.deepCopy();
    close(root);
    absolute(root, uri + DEFINED);
    var defined = root.objectNode().set("$defs", root.at(SCHEMAS));
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder ->
                builder
                    .schemas(Map.of(uri, defined.toString()))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("type").asText().equals("object")
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(OpenApi::close);
  }

  /** So that a schema can be compiled where it stands. */
  private static void absolute(JsonNode node, String definitions) {
    var ref = node.path("$ref").asText();
    if (node instanceof ObjectNode object && ref.startsWith("#" + SCHEMAS)) {
      object.put("$ref", definitions + ref.substring(1 + SCHEMAS.length()));
    }
    node.forEach(child -> absolute(child, definitions));
  }

  JsonNode root() {
    return root;
  }

  /** The node, or what it refers to. */
  JsonNode followed(JsonNode node) {
    var ref = node.path("$ref").asText();
    if (ref.isEmpty()) {
      return node;
    }
    var pointer = ref.substring(ref.indexOf('#'));
    return followed(
        root.at(
            pointer.startsWith(DEFINED)
                ? SCHEMAS + pointer.substring(DEFINED.length())
                : pointer.substring(1)));
  }

  List<Operation> operations() {
    var all = new ArrayList<Operation>();
    for (var path : root.path("paths").properties()) {
      for (var member : path.getValue().properties()) {
        if (METHODS.contains(member.getKey())) {
          all.add(operation(path.getKey(), path.getValue(), member.getKey(), member.getValue()));
        }
      }
    }
    return all;
  }

  private Operation operation(String path, JsonNode item, String method, JsonNode node) {
    var parameters = new ArrayList<JsonNode>();
    item.path("parameters").forEach(it -> parameters.add(followed(it)));
    node.path("parameters").forEach(it -> parameters.add(followed(it)));
    return new Operation(path, method, node, List.copyOf(parameters));
  }

  /** The operation that a request is for; {@code HEAD} is like {@code GET}. */
  Optional<Operation> operation(String method, String rawPath) {
    var wanted = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
    return operations().stream()
        .filter(it -> it.method().equals(wanted) && matches(it.path(), rawPath))
        .findFirst();
  }

  static boolean matches(String template, String rawPath) {
    return values(template, rawPath).isPresent();
  }

  /** The encoded values of the parameters in a path, if it has the form of the template. */
  static Optional<Map<String, String>> values(String template, String rawPath) {
    var names = template.split("/", -1);
    var segments = rawPath.split("/", -1);
    var values = new LinkedHashMap<String, String>();
    if (names.length != segments.length) {
      return Optional.empty();
    }
    for (var i = 0; i < names.length; i++) {
      if (names[i].startsWith("{") && !segments[i].isEmpty()) {
        values.put(names[i].substring(1, names[i].length() - 1), segments[i]);
      } else if (!names[i].equals(segments[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  /** What breaks that schema, each as a sentence. */
  List<String> breaches(JsonNode schema, JsonNode value) {
    var compiled = schemas.computeIfAbsent(schema, registry::getSchema);
    return compiled.validate(value).stream().map(OpenApi::said).toList();
  }

  private static String said(Error error) {
    return error.getInstanceLocation() + " " + error.getMessage();
  }
}
