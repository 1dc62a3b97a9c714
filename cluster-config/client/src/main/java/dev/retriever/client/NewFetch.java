package dev.retriever.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A fetch to submit: begin with a method, and add what differs from the defaults. What the members
 * mean, and their ranges, is in docs/api.md; the node checks them, and its problem names what is
 * wrong.
 *
 * <pre>{@code
 * NewFetch.post("https://pay.example.com/charges").body("{}").idempotencyKey("charge-1")
 * }</pre>
 *
 * <p>Immutable: each method gives another one.
 */
public final class NewFetch {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode json;

  private NewFetch(ObjectNode json) {
    this.json = json;
  }

  /** Of a request with that method, in upper case. */
  public static NewFetch of(String method, String url) {
    var json = JSON.createObjectNode();
    json.putObject("request").put("method", method).put("url", url);
    return new NewFetch(json);
  }

  /** Gets that URL. */
  public static NewFetch get(String url) {
    return of("GET", url);
  }

  /** Posts to that URL. */
  public static NewFetch post(String url) {
    return of("POST", url);
  }

  /** Gets that URL. */
  public static NewFetch get(URI url) {
    return get(url.toString());
  }

  /**
   * As a submission of the API is written.
   *
   * @throws IllegalArgumentException if it is no JSON object
   */
  public static NewFetch ofJson(String text) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return new NewFetch(object);
      }
    } catch (JsonProcessingException e) {
      // said below, without the text, which may hold what is nobody else's business
    }
    throw new IllegalArgumentException("a submission must be a JSON object");
  }

  private NewFetch with(Consumer<ObjectNode> change) {
    var copy = json.deepCopy();
    change.accept(copy);
    return new NewFetch(copy);
  }

  private NewFetch request(Consumer<ObjectNode> change) {
    return with(it -> change.accept(it.withObjectProperty("request")));
  }

  /** Under that id, unique in its origin. Without one, the client makes one when it submits. */
  public NewFetch id(String id) {
    return with(it -> it.put("id", id));
  }

  /** With that header besides those that it has, also of the same name. */
  public NewFetch header(String name, String value) {
    return header(name, TextNode.valueOf(value));
  }

  /** With a header that the executor completes with a secret of its node, behind the prefix. */
  public NewFetch secretHeader(String name, String secret, String prefix) {
    return header(name, JSON.createObjectNode().put("secret", secret).put("prefix", prefix));
  }

  private NewFetch header(String name, JsonNode value) {
    return request(
        it -> {
          var headers = it.withObjectProperty("headers");
          var there = headers.get(name);
          if (there == null) {
            headers.set(name, value);
          } else if (there instanceof ArrayNode several) {
            several.add(value);
          } else {
            headers.set(name, JSON.createArrayNode().add(there).add(value));
          }
        });
  }

  /** With that body, as UTF-8. */
  public NewFetch body(String text) {
    return request(it -> it.<ObjectNode>without("bodyBase64").put("body", text));
  }

  /** With that body. */
  public NewFetch body(byte[] bytes) {
    return request(
        it ->
            it.<ObjectNode>without("body")
                .put("bodyBase64", Base64.getEncoder().encodeToString(bytes)));
  }

  /** With that key for the target, which makes a POST safe to repeat. */
  public NewFetch idempotencyKey(String key) {
    return request(it -> it.put("idempotencyKey", key));
  }

  /** With that time limit for one attempt. */
  public NewFetch timeout(Duration limit) {
    return with(it -> it.put("timeout", limit.toString()));
  }

  /** With that time limit for the whole fetch. */
  public NewFetch within(Duration limit) {
    return with(it -> it.put("within", limit.toString()));
  }

  /** That begins so long after its acceptance. */
  public NewFetch delay(Duration delay) {
    return with(it -> it.put("delay", delay.toString()));
  }

  /** That begins at that time. */
  public NewFetch notBefore(Instant time) {
    return with(it -> it.put("notBefore", time.toString()));
  }

  /** That follows so many redirects, 0 to 3. */
  public NewFetch redirects(int most) {
    return with(it -> it.put("redirects", most));
  }

  /** That is found by that label. */
  public NewFetch label(String key, String value) {
    return with(it -> it.withObjectProperty("labels").put(key, value));
  }

  /** That tells its outcome to that endpoint. */
  public NewFetch callback(String endpoint) {
    return with(it -> it.put("callback", endpoint));
  }

  /** Made by that pool of executors. */
  public NewFetch executor(String pool) {
    return with(it -> it.put("executor", pool));
  }

  /** That waits in that queue. */
  public NewFetch queue(String name) {
    return queue(name, Optional.empty(), Optional.empty());
  }

  /** That waits in that queue, with that priority, 1 to 5, under that key. */
  public NewFetch queue(String name, int priority, String key) {
    return queue(name, Optional.of(priority), Optional.of(key));
  }

  /** That waits in that queue; what is empty is left to the defaults. */
  public NewFetch queue(String name, Optional<Integer> priority, Optional<String> key) {
    return with(
        it -> {
          var queue = it.putObject("queue").put("name", name);
          priority.ifPresent(number -> queue.put("priority", number));
          key.ifPresent(text -> queue.put("key", text));
        });
  }

  /** With so many attempts, 1 to 100. */
  public NewFetch attempts(int most) {
    return with(it -> it.withObjectProperty("retry").put("maxAttempts", most));
  }

  /** With waits between attempts from the one, doubled, to the other. */
  public NewFetch backoff(Duration least, Duration most) {
    return with(
        it ->
            it.withObjectProperty("retry")
                .put("minBackoff", least.toString())
                .put("maxBackoff", most.toString()));
  }

  /**
   * Sent again after it may have been acted on: {@code when-safe}, {@code always}, {@code never}.
   */
  public NewFetch resend(String when) {
    return with(it -> it.withObjectProperty("retry").put("resend", when));
  }

  /** Its id, if it has one. */
  public Optional<String> id() {
    return ApiObject.text(json, "id");
  }

  /** As the API reads it; a copy. */
  public ObjectNode json() {
    return json.deepCopy();
  }

  /** For a schedule, whose fetches get their ids from it. */
  ObjectNode forSchedule() {
    var copy = json.deepCopy();
    copy.remove("id");
    return copy;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NewFetch fetch && json.equals(fetch.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  /** Without URL, headers and body, which may hold secrets. */
  @Override
  public String toString() {
    return "fetch " + id().orElse("without an id");
  }
}
