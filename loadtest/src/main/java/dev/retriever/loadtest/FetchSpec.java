package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.Optional;

/** A fetch to be submitted. */
record FetchSpec(
    String method,
    URI url,
    Optional<String> body,
    Optional<String> key,
    String timeout,
    String within,
    int maxAttempts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static FetchSpec get(URI url) {
    return new FetchSpec("GET", url, Optional.empty(), Optional.empty(), "10s", "30s", 1);
  }

  static FetchSpec post(URI url, String body) {
    return new FetchSpec("POST", url, Optional.of(body), Optional.empty(), "10s", "30s", 1);
  }

  FetchSpec keyed(String key) {
    return new FetchSpec(method, url, body, Optional.of(key), timeout, within, maxAttempts);
  }

  FetchSpec timeout(String timeout) {
    return new FetchSpec(method, url, body, key, timeout, within, maxAttempts);
  }

  FetchSpec within(String within) {
    return new FetchSpec(method, url, body, key, timeout, within, maxAttempts);
  }

  FetchSpec maxAttempts(int maxAttempts) {
    return new FetchSpec(method, url, body, key, timeout, within, maxAttempts);
  }

  /** Whether it may reach the target again after an attempt that nobody knows the end of. */
  boolean repeatable() {
    return !method.equals("POST") || key.isPresent();
  }

  String json(String fetchId) {
    var json = JSON.createObjectNode().put("id", fetchId);
    var request = json.putObject("request").put("method", method).put("url", url.toString());
    body.ifPresent(text -> request.put("body", text));
    key.ifPresent(text -> request.put("idempotencyKey", text));
    json.put("timeout", timeout).put("within", within).put("grace", "2s");
    json.putObject("retry")
        .put("maxAttempts", maxAttempts)
        .put("minBackoff", "200ms")
        .put("maxBackoff", "1s");
    return json.toString();
  }
}
