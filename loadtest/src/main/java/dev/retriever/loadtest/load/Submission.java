package dev.retriever.loadtest.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;

/** A fetch to be submitted. Immutable: each method that changes it gives another one. */
public final class Submission {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The body of the submission without its id. */
  private final ObjectNode json;

  private Submission(ObjectNode json) {
    this.json = json;
  }

  public static Submission get(URI url) {
    return of("GET", url);
  }

  public static Submission post(URI url, String body) {
    return of("POST", url).request("body", body);
  }

  private static Submission of(String method, URI url) {
    var json = JSON.createObjectNode().put("timeout", "10s").put("within", "30s");
    json.put("grace", "2s").putObject("request").put("method", method).put("url", url.toString());
    json.putObject("retry").put("minBackoff", "200ms").put("maxBackoff", "1s");
    return new Submission(json).maxAttempts(1);
  }

  public Submission keyed(String key) {
    return request("idempotencyKey", key);
  }

  private Submission request(String name, String value) {
    return with(copy -> copy.withObject("/request").put(name, value));
  }

  public Submission timeout(String timeout) {
    return with(copy -> copy.put("timeout", timeout));
  }

  public Submission within(String within) {
    return with(copy -> copy.put("within", within));
  }

  public Submission maxAttempts(int maxAttempts) {
    return with(copy -> copy.withObject("/retry").put("maxAttempts", maxAttempts));
  }

  /** In that pool of executors. */
  public Submission pool(String id) {
    return with(copy -> copy.put("executor", id));
  }

  /** In that queue. */
  public Submission queue(String name) {
    return with(copy -> copy.put("queue", name));
  }

  /** In that queue, under that key. */
  public Submission queue(String name, String key) {
    return with(copy -> copy.putObject("queue").put("name", name).put("key", key));
  }

  /** With a label that searches find it by. */
  public Submission label(String name, String value) {
    return with(copy -> copy.withObject("/labels").put(name, value));
  }

  /** Made by its origin, without an executor. */
  public Submission direct() {
    return with(copy -> copy.put("dispatch", "direct"));
  }

  private Submission with(Consumer<ObjectNode> change) {
    var copy = json.deepCopy();
    change.accept(copy);
    return new Submission(copy);
  }

  public URI url() {
    return URI.create(json.at("/request/url").textValue());
  }

  public Optional<String> pool() {
    return Optional.ofNullable(json.path("executor").textValue());
  }

  /** The name of its queue, if it has one. */
  public Optional<String> queue() {
    var queue = json.path("queue");
    return Optional.ofNullable(
        queue.isObject() ? queue.path("name").textValue() : queue.textValue());
  }

  /** Whether it may be sent again after an attempt with an unknown end. */
  public boolean repeatable() {
    var request = json.path("request");
    return !request.path("method").textValue().equals("POST") || request.has("idempotencyKey");
  }

  public String json(String fetchId) {
    return json.deepCopy().put("id", fetchId).toString();
  }
}
