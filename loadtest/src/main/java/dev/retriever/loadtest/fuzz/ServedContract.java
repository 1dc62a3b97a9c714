package dev.retriever.loadtest.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The OpenAPI document that a port serves, and what it says of answers. Immutable. */
final class ServedContract {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private final JsonNode root;
  private final List<Operation> operations;
  private final Set<String> everything = new HashSet<>();

  /**
   * @param method in upper case
   * @param parameters of the operation and of its path
   */
  record Operation(String method, String path, JsonNode node, List<JsonNode> parameters) {
    boolean isAt(String rawPath) {
      var names = path.split("/", -1);
      var segments = rawPath.split("/", -1);
      var same = names.length == segments.length;
      for (var i = 0; same && i < names.length; i++) {
        same = names[i].startsWith("{") ? !segments[i].isEmpty() : names[i].equals(segments[i]);
      }
      return same;
    }
  }

  ServedContract(JsonNode document) {
    root = document;
    var all = new ArrayList<Operation>();
    for (var path : root.path("paths").properties()) {
      for (var member : path.getValue().properties()) {
        if (METHODS.contains(member.getKey())) {
          all.add(operation(path.getKey(), path.getValue(), member.getKey(), member.getValue()));
        }
      }
    }
    operations = List.copyOf(all);
    operations.forEach(it -> collect(it.node().path("responses")));
    collect(extension("x-retriever-any-request"));
    collect(extension("x-retriever-no-operation"));
  }

  private Operation operation(String path, JsonNode item, String method, JsonNode node) {
    var parameters = new ArrayList<JsonNode>();
    item.path("parameters").forEach(it -> parameters.add(followed(it)));
    node.path("parameters").forEach(it -> parameters.add(followed(it)));
    return new Operation(method.toUpperCase(Locale.ROOT), path, node, List.copyOf(parameters));
  }

  private JsonNode extension(String name) {
    return root.path(name).path("responses");
  }

  private void collect(JsonNode responses) {
    responses.properties().forEach(it -> everything.addAll(said(it.getKey(), it.getValue())));
  }

  /** Status and type of problem, as {@link Answer#said} has them. */
  private Set<String> said(String status, JsonNode response) {
    var content = followed(response).path("content");
    var types = content.at("/application~1problem+json/schema/properties/type/enum");
    var said = new HashSet<String>();
    types.forEach(type -> said.add(status + " " + type.asText()));
    if (types.isMissingNode()) {
      said.add(status);
    }
    return said;
  }

  List<Operation> operations() {
    return operations;
  }

  /** The node, or what it refers to. */
  JsonNode followed(JsonNode node) {
    var ref = node.path("$ref").asText();
    return ref.isEmpty() ? node : followed(root.at(ref.substring(1)));
  }

  /** Whether some request may get that answer; for requests that are no proper HTTP. */
  boolean knows(Answer answer) {
    return everything.contains(answer.said());
  }

  /** Whether that request may get that answer. A query may follow the path. */
  boolean knows(String method, String target, Answer answer) {
    var path = target.split("\\?", 2)[0];
    var wanted = method.equals("HEAD") ? "GET" : method;
    var operation =
        operations.stream().filter(it -> it.method().equals(wanted) && it.isAt(path)).findFirst();
    // Without its body, the type of a problem is not told.
    var isHead = method.equals("HEAD");
    return hasAnswer(extension("x-retriever-any-request"), answer, isHead)
        || operation
            .map(it -> hasAnswer(it.node().path("responses"), answer, isHead))
            .orElseGet(() -> hasAnswer(extension("x-retriever-no-operation"), answer, isHead));
  }

  private boolean hasAnswer(JsonNode responses, Answer answer, boolean isHead) {
    var status = String.valueOf(answer.status());
    return Optional.ofNullable(responses.get(status))
        .filter(it -> isHead || said(status, it).contains(answer.said()))
        .isPresent();
  }
}
