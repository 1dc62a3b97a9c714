package dev.retriever.cluster.contract;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A request, and the answer to it.
 *
 * @param target path and query, as they were sent
 * @param requestBody null when it is not known
 * @param text the body of the answer
 */
public record Exchange(
    String method,
    String target,
    Map<String, List<String>> requestHeaders,
    String requestBody,
    int status,
    Map<String, List<String>> headers,
    String text) {

  private static final Pattern REQUEST = Pattern.compile("([A-Z]+) (\\S+) HTTP/1\\.[01]\r?\n");

  public Exchange {
    requestHeaders = anyCase(requestHeaders);
    headers = anyCase(headers);
  }

  private static Map<String, List<String>> anyCase(Map<String, List<String>> headers) {
    var map = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    map.putAll(headers);
    return map;
  }

  /** Of Java's client. */
  public static Exchange of(
      HttpRequest request, String body, int status, HttpHeaders headers, String text) {
    return new Exchange(
        request.method(),
        target(request.uri()),
        request.headers().map(),
        body,
        status,
        headers.map(),
        text);
  }

  private static String target(URI uri) {
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + "?" + uri.getRawQuery();
  }

  /**
   * As it was on the wire. Of a request that is no HTTP only the answer counts.
   *
   * @param answer a whole one, the first if there are several
   */
  public static Exchange onTheWire(String request, String answer) {
    var line = REQUEST.matcher(request);
    var isHttp = line.lookingAt();
    var head = answer.substring(0, answer.indexOf("\r\n\r\n"));
    var fields = fields(head);
    var body = answer.substring(head.length() + 4);
    return new Exchange(
        isHttp ? line.group(1) : "",
        isHttp ? line.group(2) : "",
        Map.of(),
        null,
        Integer.parseInt(head.substring(9, 12)),
        fields,
        ofLength(body, fields.getOrDefault("content-length", List.of())));
  }

  private static String ofLength(String body, List<String> length) {
    var bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return length.isEmpty()
        ? body
        : new String(bytes, 0, Integer.parseInt(length.get(0)), StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> fields(String head) {
    var fields = new LinkedHashMap<String, List<String>>();
    head.lines()
        .skip(1)
        .map(line -> line.split(": ?", 2))
        .forEach(
            field ->
                fields.merge(
                    field[0].toLowerCase(Locale.ROOT),
                    List.of(field[1]),
                    (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
    return fields;
  }

  String path() {
    return target.split("\\?", 2)[0];
  }

  @Override
  public String toString() {
    return method + " " + target + " -> " + status;
  }
}
