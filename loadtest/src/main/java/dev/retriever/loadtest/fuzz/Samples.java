package dev.retriever.loadtest.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes values from schemas: valid ones, ones at the bounds, and ones with a single fault. */
final class Samples {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final double OPTIONAL = 0.3;
  private static final int MOST_ITEMS = 3;

  /** Texts that some pattern of the contract takes, short ones and the longest. */
  private static final List<String> TEXTS =
      List.of(
          "a",
          "",
          "order-17",
          "a".repeat(64),
          "a".repeat(128),
          "a".repeat(256),
          "a.b_c~d:e@f-g",
          "1s",
          "250ms",
          "PT1M0.5S",
          "0s",
          "1ms",
          "30d",
          "24h",
          "1h",
          "0",
          "12",
          "999999999999999999",
          "X-Tag",
          "text/plain; charset=utf-8",
          "v".repeat(8192),
          "order-*",
          "*",
          "abcdefghijkl",
          "2027-01-31",
          "2027-01-31T12:00:00Z",
          "AAEC",
          "Bearer ");

  /** Texts that are wrong nearly everywhere. */
  private static final List<String> WRONG =
      List.of(
          "",
          " ",
          "\u0000",
          "\uD800",
          "\uDC00\uD800",
          "é",
          "a/b",
          "../a",
          "a\r\nX: y",
          "a".repeat(129),
          "a".repeat(70_000),
          "-1s",
          "9999999999999d",
          "P9999999999999D",
          "http://",
          "ftp://a/",
          "javascript:alert(1)",
          "http://user:secret@a/",
          "http://a/#b",
          "http://0x7f.1/",
          "http://169.254.169.254/",
          "http://[::ffff:127.0.0.1]:99999/",
          "http://a/" + "b".repeat(8192));

  private final ServedContract contract;
  private final Random random;
  private final String url;

  /**
   * @param url a target that may be called
   */
  Samples(ServedContract contract, Random random, String url) {
    this.contract = contract;
    this.random = random;
    this.url = url;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** A value that keeps the schema, now and then at its bounds. */
  JsonNode valid(JsonNode given) {
    var schema = contract.followed(given);
    if (schema.has("enum")) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    if (schema.has("oneOf")) {
      return valid(schema.get("oneOf").get(random.nextInt(schema.get("oneOf").size())));
    }
    return switch (schema.path("type").asText()) {
      case "object" -> object(schema);
      case "array" -> array(schema);
      case "integer" -> integer(schema);
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      default -> JSON.textNode(text(schema));
    };
  }

  private JsonNode object(JsonNode schema) {
    var object = JSON.objectNode();
    var required = new ArrayList<String>();
    schema.path("required").forEach(it -> required.add(it.asText()));
    for (var member : schema.path("properties").properties()) {
      if (required.contains(member.getKey()) || random.nextDouble() < OPTIONAL) {
        object.set(member.getKey(), valid(member.getValue()));
      }
    }
    for (var dependent : schema.path("dependentSchemas").properties()) {
      if (object.has(dependent.getKey())) {
        dependent.getValue().at("/not/required").forEach(it -> object.remove(it.asText()));
      }
    }
    if (schema.path("additionalProperties").isObject()) {
      for (var i = random.nextInt(MOST_ITEMS); i > 0; i--) {
        object.set("X-" + i, valid(schema.get("additionalProperties")));
      }
    }
    return object;
  }

  private JsonNode array(JsonNode schema) {
    var array = JSON.arrayNode();
    for (var i = schema.path("minItems").asInt() + random.nextInt(MOST_ITEMS); i > 0; i--) {
      array.add(valid(schema.path("items")));
    }
    return array;
  }

  private JsonNode integer(JsonNode schema) {
    var min = schema.path("minimum").asInt(0);
    var max = schema.path("maximum").asInt(min + 1_000);
    return JSON.numberNode(
        switch (random.nextInt(MOST_ITEMS)) {
          case 0 -> min;
          case 1 -> max;
          default -> min + random.nextInt(max - min + 1);
        });
  }

  private String text(JsonNode schema) {
    var pattern = Pattern.compile(schema.path("pattern").asText(""));
    if (pattern.matcher(url).matches() && schema.has("pattern")) {
      return url;
    }
    var longest = schema.path("maxLength").asInt(Integer.MAX_VALUE);
    var fitting =
        Stream.concat(TEXTS.stream(), Stream.of(url))
            .filter(it -> it.length() >= schema.path("minLength").asInt())
            .filter(it -> it.length() <= longest && pattern.matcher(it).find())
            .toList();
    if (fitting.isEmpty()) {
      throw new IllegalStateException("add a text that fits " + pattern + " to the fuzzer's");
    }
    return one(fitting);
  }

  /** The valid value with one fault somewhere in it. */
  JsonNode broken(JsonNode valid) {
    var copy = valid.deepCopy();
    var places = new ArrayList<JsonNode>();
    containers(copy, places);
    if (places.isEmpty()) {
      return wrong();
    }
    var place = one(places);
    if (place instanceof ObjectNode object) {
      breakMember(object);
    } else if (place instanceof ArrayNode array && !array.isEmpty()) {
      array.set(random.nextInt(array.size()), wrong());
    } else {
      return wrong();
    }
    return copy;
  }

  private void breakMember(ObjectNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty() || random.nextInt(4) == 0) {
      object.set(one(WRONG), wrong());
    } else if (random.nextInt(4) == 0) {
      object.remove(one(names));
    } else {
      object.set(one(names), wrong());
    }
  }

  private static void containers(JsonNode node, List<JsonNode> places) {
    if (node.isContainerNode()) {
      places.add(node);
      node.forEach(it -> containers(it, places));
    }
  }

  private JsonNode wrong() {
    return switch (random.nextInt(9)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.numberNode(-1);
      case 2 -> JSON.numberNode(new BigInteger("9".repeat(19)));
      case 3 -> JSON.numberNode(1.5);
      case 4 -> JSON.arrayNode();
      case 5 -> JSON.objectNode().put("a", 1);
      case 6 -> JSON.booleanNode(true);
      default -> JSON.textNode(one(WRONG));
    };
  }

  /** A text for a parameter that is wrong nearly everywhere. */
  String wrongText() {
    return one(WRONG);
  }
}
