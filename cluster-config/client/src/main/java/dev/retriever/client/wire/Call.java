package dev.retriever.client.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call of the API. Immutable.
 *
 * @param isAdmin whether it goes to the management port
 * @param path encoded
 * @param query names and values, not encoded
 * @param isRepeatable whether it means the same when it is sent again
 * @param held how long the node may take on purpose, besides the time limit of a call
 */
public record Call(
    String method,
    boolean isAdmin,
    String path,
    List<Map.Entry<String, String>> query,
    Map<String, String> headers,
    Optional<JsonNode> body,
    boolean isRepeatable,
    Duration held) {

  /** Of the API, with each segment encoded. */
  public static Call api(String method, String... segments) {
    return of(method, false, segments);
  }

  /** Of the management port. */
  public static Call admin(String method, String... segments) {
    return of(method, true, segments);
  }

  private static Call of(String method, boolean isAdmin, String... segments) {
    var path = new StringBuilder();
    for (var segment : segments) {
      path.append('/').append(encoded(segment));
    }
    return new Call(
        method,
        isAdmin,
        path.toString(),
        List.of(),
        Map.of(),
        Optional.empty(),
        true,
        Duration.ZERO);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%3A", ":")
        .replace("%40", "@")
        .replace("%7E", "~")
        .replace("*", "%2A");
  }

  /** With that parameter of the query. */
  public Call query(String name, String value) {
    var all = new ArrayList<>(query);
    all.add(Map.entry(name, value));
    return new Call(method, isAdmin, path, List.copyOf(all), headers, body, isRepeatable, held);
  }

  /** With those parameters. */
  public Call query(Collection<Map.Entry<String, String>> parameters) {
    var all = this;
    for (var parameter : parameters) {
      all = all.query(parameter.getKey(), parameter.getValue());
    }
    return all;
  }

  /** With that parameter, if there is a value. */
  public Call query(String name, Optional<String> value) {
    return value.map(it -> query(name, it)).orElse(this);
  }

  /** With that header. */
  public Call header(String name, String value) {
    var all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Call(method, isAdmin, path, query, Map.copyOf(all), body, isRepeatable, held);
  }

  /** With that body. */
  public Call json(JsonNode json) {
    return new Call(method, isAdmin, path, query, headers, Optional.of(json), isRepeatable, held);
  }

  /** To be sent once, whatever comes. */
  public Call once() {
    return new Call(method, isAdmin, path, query, headers, body, false, held);
  }

  /** Asks the node to answer when the fetch settles, after that long at the latest. */
  public Call waiting(Duration longest) {
    var seconds = Math.max(1, Math.min(60, longest.toSeconds()));
    var asked = header("Prefer", "wait=" + seconds);
    return new Call(
        method,
        isAdmin,
        path,
        query,
        asked.headers,
        body,
        isRepeatable,
        Duration.ofSeconds(seconds));
  }

  /** Path and query as they are sent. */
  String target() {
    var text = new StringBuilder(path);
    for (var i = 0; i < query.size(); i++) {
      text.append(i == 0 ? '?' : '&')
          .append(encoded(query.get(i).getKey()))
          .append('=')
          .append(encoded(query.get(i).getValue()));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
