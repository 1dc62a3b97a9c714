package dev.retriever.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Any object of the API as lines of names and values. */
public final class ObjectText {
  private ObjectText() {}

  /** A line for each value, with the path of its name. */
  public static List<String> lines(JsonNode json) {
    var table = new Table("", "");
    add(table, "", json);
    return table.lines(400).stream().skip(1).toList();
  }

  private static void add(Table table, String name, JsonNode json) {
    if (json.isObject() && !json.isEmpty()) {
      json.properties()
          .forEach(
              it ->
                  add(
                      table,
                      name.isEmpty() ? it.getKey() : name + "." + it.getKey(),
                      it.getValue()));
    } else if (json.isArray() && json.size() > 0 && json.get(0).isObject()) {
      for (var i = 0; i < json.size(); i++) {
        add(table, name + "." + i, json.get(i));
      }
    } else {
      table.row(name, json.isArray() ? texts(json) : json.isObject() ? "-" : json.asText());
    }
  }

  private static String texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(it -> texts.add(it.asText()));
    return String.join(", ", texts);
  }
}
