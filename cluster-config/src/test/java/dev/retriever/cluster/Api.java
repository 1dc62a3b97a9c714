package dev.retriever.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cluster.contract.ContractGuard;
import dev.retriever.cluster.contract.Exchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A server under test, as its callers reach it.
 *
 * @param credential headers that go with every request, names and values by turns
 */
public record Api(String url, String... credential) {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The same, with that key or token. */
  public Api as(String token) {
    return new Api(url, "Authorization", "Bearer " + token);
  }

  /** What came back. */
  public record Answer(int status, HttpHeaders headers, String text) {
    public JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + text, e);
      }
    }

    /** The text at that JSON pointer, empty when there is nothing. */
    public String at(String pointer) {
      return json().at(pointer).asText();
    }

    Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    /** Fails the test when the contract does not have it. */
    private static Answer of(HttpRequest request, String body, HttpResponse<byte[]> response) {
      var text = new String(response.body(), StandardCharsets.UTF_8);
      ContractGuard.check(
          Exchange.of(request, body, response.statusCode(), response.headers(), text));
      return new Answer(response.statusCode(), response.headers(), text);
    }
  }

  /** JSON with single quotes for double ones. */
  public static String json(String text, Object... arguments) {
    return text.replace('\'', '"').formatted(arguments);
  }

  static String fetches(String originId) {
    return "/v1/origins/" + originId + "/fetches";
  }

  public static String fetch(String originId, String fetchId) {
    return fetches(originId) + "/" + fetchId;
  }

  /**
   * @param headers names and values by turns
   */
  public Answer get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  /** Sends JSON. */
  public Answer post(String path, String json) {
    var body = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return send("POST", path, body, "Content-Type", "application/json");
  }

  Answer delete(String path) {
    return send("DELETE", path, null);
  }

  public Answer submit(String originId, String fetch, String... headers) {
    return send("POST", fetches(originId), fetch.getBytes(StandardCharsets.UTF_8), asJson(headers));
  }

  /** Submits it, and waits until it has settled. */
  public Answer settled(String originId, String fetch, String... headers) {
    var submitted = submit(originId, fetch, headers);
    if (submitted.status() != 202) {
      return submitted;
    }
    return settled(submitted.header("Location").orElseThrow());
  }

  /** Reads the fetch at that path when it has settled. */
  public Answer settled(String path) {
    return get(path, "Prefer", "wait=60");
  }

  public Answer send(String method, String path, byte[] body, String... headers) {
    return answer(request(method, path, body, headers), text(body));
  }

  /** In chunks, so that nobody knows beforehand how long it is. */
  Answer sendInChunks(String path, byte[] body, String... headers) {
    var chunks = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    return answer(
        HttpRequest.newBuilder(request("POST", path, null, headers), (name, value) -> true)
            .POST(chunks)
            .build(),
        text(body));
  }

  private static String text(byte[] body) {
    return body == null ? null : new String(body, StandardCharsets.UTF_8);
  }

  private static Answer answer(HttpRequest request, String body) {
    try {
      var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return Answer.of(request, body, response);
    } catch (IOException e) {
      throw new AssertionError(request + " was not answered", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  CompletableFuture<Answer> getLater(String path, String... headers) {
    var request = request("GET", path, null, headers);
    return CLIENT
        .sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
        .thenApply(response -> Answer.of(request, null, response));
  }

  private HttpRequest request(String method, String path, byte[] body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(90))
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (credential.length > 0) {
      request.headers(credential);
    }
    return request.build();
  }

  private static String[] asJson(String... headers) {
    var all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Content-Type";
    all[1] = "application/json";
    return all;
  }
}
