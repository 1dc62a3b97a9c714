package dev.retriever.loadtest.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.Optional;

/**
 * A fetch to be submitted.
 *
 * @param isDirect whether its origin makes the attempts
 */
public record Submission(
    String method,
    URI url,
    Optional<String> body,
    Optional<String> key,
    String timeout,
    String within,
    int maxAttempts,
    Optional<String> pool,
    boolean isDirect) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static Submission get(URI url) {
    return of("GET", url, Optional.empty());
  }

  public static Submission post(URI url, String body) {
    return of("POST", url, Optional.of(body));
  }

  private static Submission of(String method, URI url, Optional<String> body) {
    return new Submission(
        method, url, body, Optional.empty(), "10s", "30s", 1, Optional.empty(), false);
  }

  public Submission keyed(String key) {
    return new Submission(
        method, url, body, Optional.of(key), timeout, within, maxAttempts, pool, isDirect);
  }

  public Submission timeout(String timeout) {
    return new Submission(method, url, body, key, timeout, within, maxAttempts, pool, isDirect);
  }

  public Submission within(String within) {
    return new Submission(method, url, body, key, timeout, within, maxAttempts, pool, isDirect);
  }

  public Submission maxAttempts(int maxAttempts) {
    return new Submission(method, url, body, key, timeout, within, maxAttempts, pool, isDirect);
  }

  /** In that pool of executors. */
  public Submission pool(String id) {
    var inPool = Optional.of(id);
    return new Submission(method, url, body, key, timeout, within, maxAttempts, inPool, isDirect);
  }

  /** Made by its origin, without an executor. */
  public Submission direct() {
    return new Submission(method, url, body, key, timeout, within, maxAttempts, pool, true);
  }

  /** Whether it may be sent again after an attempt with an unknown end. */
  public boolean repeatable() {
    return !method.equals("POST") || key.isPresent();
  }

  public String json(String fetchId) {
    var json = JSON.createObjectNode().put("id", fetchId);
    var request = json.putObject("request").put("method", method).put("url", url.toString());
    body.ifPresent(text -> request.put("body", text));
    key.ifPresent(text -> request.put("idempotencyKey", text));
    json.put("timeout", timeout).put("within", within).put("grace", "2s");
    pool.ifPresent(id -> json.put("executor", id));
    if (isDirect) {
      json.put("dispatch", "direct");
    }
    json.putObject("retry")
        .put("maxAttempts", maxAttempts)
        .put("minBackoff", "200ms")
        .put("maxBackoff", "1s");
    return json.toString();
  }
}
