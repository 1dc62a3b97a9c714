package dev.retriever.cluster.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a client that was written for one contract may miss in a later one: a path, a method, a
 * successful response, a type of problem, a member that answers always had, a value that a request
 * could have; and what the later one asks for that the first did not.
 */
final class BreakingChanges {
  private final OpenApi before;
  private final OpenApi after;
  private final Set<String> found = new TreeSet<>();
  private final Set<String> seen = new HashSet<>();

  private BreakingChanges(OpenApi before, OpenApi after) {
    this.before = before;
    this.after = after;
  }

  /** Each as a sentence; none when every client can go on. */
  static List<String> between(JsonNode before, JsonNode after) {
    var changes = new BreakingChanges(new OpenApi(before), new OpenApi(after));
    changes.operations();
    return List.copyOf(changes.found);
  }

  private void operations() {
    for (var old : before.operations()) {
      var now =
          after.operations().stream()
              .filter(it -> it.method().equals(old.method()) && same(it.path(), old.path()))
              .findFirst();
      if (now.isEmpty()) {
        found.add(old + " is gone");
        continue;
      }
      parameters(old, now.get());
      request(old, now.get());
      responses(old, now.get());
      if (!old.role().equals(now.get().role())) {
        found.add(old + " takes another role");
      }
    }
  }

  /** Parameters may get other names. */
  private static boolean same(String path, String other) {
    return path.replaceAll("\\{.*?}", "{}").equals(other.replaceAll("\\{.*?}", "{}"));
  }

  private void parameters(OpenApi.Operation old, OpenApi.Operation now) {
    for (var parameter : now.parameters()) {
      var name = parameter.path("name").asText();
      var known = named(old, name);
      if (parameter.path("in").asText().equals("path")) {
        continue;
      }
      if (parameter.path("required").asBoolean()
          && (known == null || !known.path("required").asBoolean())) {
        found.add(old + " asks for the parameter " + name);
      }
    }
    for (var parameter : old.parameters()) {
      var name = parameter.path("name").asText();
      var kept = named(now, name);
      if (kept == null && !parameter.path("in").asText().equals("path")) {
        found.add(old + " has no parameter " + name + " any more");
      } else if (kept != null) {
        sent(old + " " + name, parameter.path("schema"), kept.path("schema"));
      }
    }
  }

  private static JsonNode named(OpenApi.Operation operation, String name) {
    return operation.parameters().stream()
        .filter(it -> it.path("name").asText().equals(name))
        .findFirst()
        .orElse(null);
  }

  private void request(OpenApi.Operation old, OpenApi.Operation now) {
    var was = old.node().at("/requestBody/content/application~1json/schema");
    var is = now.node().at("/requestBody/content/application~1json/schema");
    if (was.isMissingNode() && now.node().at("/requestBody/required").asBoolean()) {
      found.add(old + " asks for a body");
    } else if (!was.isMissingNode()) {
      sent(old + " request", was, is);
    }
  }

  private void responses(OpenApi.Operation old, OpenApi.Operation now) {
    for (var response : old.node().path("responses").properties()) {
      var at = old + " " + response.getKey();
      var kept = now.node().path("responses").path(response.getKey());
      if (kept.isMissingNode()) {
        found.add(at + " is gone");
        continue;
      }
      var was = before.followed(response.getValue());
      var is = after.followed(kept);
      for (var header : was.path("headers").properties()) {
        if (before.followed(header.getValue()).path("required").asBoolean()
            && !after
                .followed(is.path("headers").path(header.getKey()))
                .path("required")
                .asBoolean()) {
          found.add(at + " may lack the header " + header.getKey());
        }
      }
      for (var media : was.path("content").properties()) {
        var same = is.path("content").path(media.getKey());
        if (same.isMissingNode()) {
          found.add(at + " is no " + media.getKey() + " any more");
        } else {
          got(at, media.getValue().path("schema"), same.path("schema"));
        }
      }
    }
  }

  /** What clients send: the later schema must take all that the first one took. */
  private void sent(String at, JsonNode was, JsonNode is) {
    compare(at, was, is, true);
  }

  /** What clients get: the later schema must promise all that the first one did. */
  private void got(String at, JsonNode was, JsonNode is) {
    compare(at, was, is, false);
  }

  private void compare(String at, JsonNode wasRef, JsonNode isRef, boolean isSent) {
    var was = before.followed(wasRef);
    var is = after.followed(isRef);
    if (!seen.add(isSent + " " + System.identityHashCode(was) + " " + at.split("/")[0])) {
      return;
    }
    if (!was.path("type").equals(is.path("type"))) {
      found.add(at + " has another type");
      return;
    }
    enums(at, was, is, isSent);
    limits(at, was, is, isSent);
    members(at, was, is, isSent);
    if (was.has("items")) {
      compare(at + "/items", was.path("items"), is.path("items"), isSent);
    }
  }

  /** An answer may have fewer values, a request more. */
  private void enums(String at, JsonNode was, JsonNode is, boolean isSent) {
    if (isSent && is.has("enum")) {
      var values = texts(was.path("enum"));
      values.removeAll(texts(is.path("enum")));
      values.forEach(it -> found.add(at + " no longer takes " + it));
      if (!was.has("enum")) {
        found.add(at + " takes some values only");
      }
    }
  }

  private void limits(String at, JsonNode was, JsonNode is, boolean isSent) {
    if (!isSent) {
      return;
    }
    for (var upper : List.of("maximum", "maxLength", "maxItems", "maxProperties")) {
      if (is.has(upper) && (!was.has(upper) || is.get(upper).asLong() < was.get(upper).asLong())) {
        found.add(at + " has a smaller " + upper);
      }
    }
    for (var lower : List.of("minimum", "minLength", "minItems")) {
      if (is.has(lower) && (!was.has(lower) || is.get(lower).asLong() > was.get(lower).asLong())) {
        found.add(at + " has a larger " + lower);
      }
    }
    if (is.has("pattern") && !is.get("pattern").equals(was.get("pattern"))) {
      found.add(at + " has another pattern");
    }
  }

  private void members(String at, JsonNode was, JsonNode is, boolean isSent) {
    var required = texts(was.path("required"));
    var now = texts(is.path("required"));
    if (isSent) {
      now.stream()
          .filter(it -> !required.contains(it))
          .forEach(it -> found.add(at + " asks for " + it));
    } else {
      required.stream()
          .filter(it -> !now.contains(it))
          .forEach(it -> found.add(at + " may lack " + it));
    }
    for (var member : was.path("properties").properties()) {
      var kept = is.path("properties").path(member.getKey());
      if (kept.isMissingNode()) {
        found.add(at + " has no " + member.getKey() + " any more");
      } else {
        compare(at + "/" + member.getKey(), member.getValue(), kept, isSent);
      }
    }
  }

  private static Set<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(it -> texts.add(it.asText()));
    return new TreeSet<>(texts);
  }
}
