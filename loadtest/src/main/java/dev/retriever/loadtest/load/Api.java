package dev.retriever.loadtest.load;

import static org.asynchttpclient.Dsl.asyncHttpClient;
import static org.asynchttpclient.Dsl.config;
import static org.asynchttpclient.Dsl.delete;
import static org.asynchttpclient.Dsl.get;
import static org.asynchttpclient.Dsl.post;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.ledger.FetchAnswer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.Response;

/** A thin client of a node's HTTP API; also calls the target itself, for the comparison. */
public final class Api implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Longer than any requested wait, to distinguish a hanging node from a waiting one. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AsyncHttpClient client;
  private final Optional<String> key;

  public Api() {
    this(PATIENCE);
  }

  /**
   * @param patience how long one call may take
   */
  public Api(Duration patience) {
    client = asyncHttpClient(settings(patience));
    key = Optional.empty();
  }

  /**
   * A client that sends that key with every call. It accepts every certificate, since those of load
   * tests are made for one run.
   */
  public Api(String key) {
    client = asyncHttpClient(settings(PATIENCE).setUseInsecureTrustManager(true));
    this.key = Optional.of(key);
  }

  private static DefaultAsyncHttpClientConfig.Builder settings(Duration patience) {
    return config()
        // A repeat by the client would be counted against the node.
        .setMaxRequestRetry(0)
        .setFollowRedirect(false)
        .setRequestTimeout(patience)
        .setReadTimeout(patience)
        .setConnectTimeout(Duration.ofSeconds(10))
        // Shorter than the node's, so that no request meets a connection just being closed.
        .setPooledConnectionIdleTimeout(Duration.ofSeconds(20))
        .setIoThreadsCount(2)
        .setThreadPoolName("loadtest-client");
  }

  /** An answer with a status that the API does not promise. */
  static final class Unexpected extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 500;
    private final int status;

    Unexpected(String what, Response response) {
      super(what + " was answered " + response.getStatusCode() + ": " + head(response));
      status = response.getStatusCode();
    }

    private static String head(Response response) {
      var body = response.getResponseBody().strip();
      return body.length() > SHOWN ? body.substring(0, SHOWN) + "…" : body;
    }

    /** The unexpected answer behind the failure of a call, if that is the cause. */
    static Optional<Unexpected> in(Throwable failure) {
      var cause = failure instanceof CompletionException ? failure.getCause() : failure;
      return cause instanceof Unexpected it ? Optional.of(it) : Optional.empty();
    }

    int status() {
      return status;
    }

    /** Whether the API asks to repeat the call. */
    boolean isTemporary() {
      return status == 503 || status == 429;
    }
  }

  /**
   * Submits a fetch; completes with the fetch as accepted, or as settled when it settled within the
   * wait. Anything but 202 and 200 fails the future with {@link Unexpected}.
   */
  public CompletableFuture<FetchAnswer> submit(
      URI node, String originId, String json, Optional<Duration> wait) {
    var request =
        post(node + "/v1/origins/" + originId + "/fetches")
            .setHeader("Content-Type", "application/json")
            .setBody(json);
    return view("submission to " + originId, request, wait, Set.of(200, 202));
  }

  /** Reads a fetch, waiting so long for it to settle. */
  public CompletableFuture<FetchAnswer> read(
      URI node, String originId, String fetchId, Optional<Duration> wait) {
    var request = get(node + "/v1/origins/" + originId + "/fetches/" + fetchId);
    return view("read of " + fetchId, request, wait, Set.of(200));
  }

  /** Cancels a fetch. */
  public CompletableFuture<FetchAnswer> cancel(URI node, String originId, String fetchId) {
    var request = delete(node + "/v1/origins/" + originId + "/fetches/" + fetchId);
    return view("cancel of " + fetchId, request, Optional.empty(), Set.of(200));
  }

  /** One statistic of a node. */
  public CompletableFuture<Long> stat(URI management, String name) {
    return stats(management).thenApply(stats -> stats.path(name).asLong(-1));
  }

  /** All statistics of a node. */
  public CompletableFuture<JsonNode> stats(URI management) {
    return ask(get(management + "/stats"));
  }

  /** Sends the request; completes with the JSON of the answer. */
  public CompletableFuture<JsonNode> ask(RequestBuilder request) {
    return send(request)
        .thenApply(
            response -> {
              if (response.getStatusCode() != 200) {
                throw new Unexpected("the request", response);
              }
              return json(response.getResponseBody());
            });
  }

  /** A queue's figures. */
  public CompletableFuture<JsonNode> queue(URI management, String name) {
    return ask(get(management + "/admin/queues/" + name));
  }

  /** Calls an URL as a node would; completes with the length of the body. */
  public CompletableFuture<Integer> call(URI url) {
    return send(get(url.toString()))
        .thenApply(
            response -> {
              if (response.getStatusCode() != 200) {
                throw new Unexpected("call of " + url, response);
              }
              return response.getResponseBodyAsBytes().length;
            });
  }

  private CompletableFuture<FetchAnswer> view(
      String what, RequestBuilder request, Optional<Duration> wait, Set<Integer> expected) {
    wait.ifPresent(time -> request.setHeader("Prefer", "wait=" + time.toSeconds()));
    return send(request)
        .thenApply(
            response -> {
              if (!expected.contains(response.getStatusCode())) {
                throw new Unexpected(what, response);
              }
              return parse(response.getResponseBody());
            });
  }

  private CompletableFuture<Response> send(RequestBuilder request) {
    key.ifPresent(it -> request.setHeader("Authorization", "Bearer " + it));
    return client.executeRequest(request).toCompletableFuture();
  }

  private static FetchAnswer parse(String body) {
    return FetchAnswer.parse(json(body));
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + body, e);
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
