package dev.retriever.cluster.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Redirect;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Shows what settled fetches sent, as the journal has it. Values of headers are shown only where
 * they are known to be no credentials. Queries and bodies, which may hold some, are shown only to
 * callers with the role {@code operate}. Thread-safe.
 */
final class SentRequests {
  /** A larger body is left out. What is shown is small, so that it needs no share of memory. */
  private static final int MOST_BODY = 16 * 1024;

  private final CallerOrigins callers;
  private final StorageWatch storage;

  SentRequests(CallerOrigins callers, StorageWatch storage) {
    this.callers = callers;
    this.storage = storage;
  }

  CompletionStage<HttpResponse> read(String originId, String fetchId, HttpRequest request) {
    Ids.inPath("origin", originId);
    Ids.fetchInPath(fetchId);
    storage.checkThere();
    var origins = callers.of(request);
    var all = origins.caller().has(Role.OPERATE);
    return storage
        .whileThere(origins.again(originId, fetchId))
        .thenApply(
            found -> {
              // What a callback sends is made at each attempt, of its endpoint.
              var spec =
                  found
                      .spec()
                      .filter(it -> it.delivers().isEmpty())
                      .orElseThrow(() -> whyNot(found, originId, fetchId));
              return JsonResponse.of(json(spec, all), 200);
            });
  }

  /**
   * @param all with what only operators are shown
   */
  private static ObjectNode json(FetchSpec spec, boolean all) {
    var json = JsonNodeFactory.instance.objectNode();
    var request = spec.request();
    json.put("method", request.method());
    url(json, request.url(), all);
    var headers = json.putArray("headers");
    request.headers().forEach(header -> headers.add(header(header)));
    request.idempotencyKey().ifPresent(key -> json.put("idempotencyKey", key));
    request.body().ifPresent(body -> body(json, body, all));
    spec.queue().ifPresent(queue -> json.put("queue", queue.name()));
    spec.callback().ifPresent(callback -> json.put("callback", callback.endpoint()));
    if (!spec.labels().isEmpty()) {
      var labels = json.putObject("labels");
      spec.labels().forEach(labels::put);
    }
    return json;
  }

  private static ObjectNode header(Header header) {
    var json = JsonNodeFactory.instance.objectNode().put("name", header.name());
    header.secret().ifPresent(secret -> json.put("secret", secret));
    return Redirect.isForAnybody(header) ? json.put("value", header.value()) : json;
  }

  private static void url(ObjectNode json, String url, boolean all) {
    var query = url.indexOf('?');
    if (all || query < 0) {
      json.put("url", url);
    } else {
      json.put("url", url.substring(0, query)).put("queryOmitted", true);
    }
  }

  private static void body(ObjectNode json, Body body, boolean all) {
    if (!all || body.size() > MOST_BODY) {
      json.put("bodyOmitted", body.size());
    } else {
      FetchWriter.body(json, body);
    }
  }

  private static Problem.Found whyNot(Origins.Again found, String originId, String fetchId) {
    var fetch = "Fetch " + fetchId + " of origin " + originId;
    return switch (found.verdict()) {
      case NOT_SETTLED ->
          Problem.of(
                  ProblemType.FETCH_NOT_SETTLED,
                  fetch + " has not settled. What it sends is shown when it has.")
              .found();
      case ERASED -> BodyErasures.erased(originId, fetchId);
      case NOTED, REQUEST_GONE ->
          Problem.of(
                  ProblemType.REQUEST_GONE,
                  fetch
                      + " settled, but the journal does not have its request: it is a callback, or"
                      + " was accepted long before, or by an older version.")
              .found();
      default -> FetchRoutes.noSuchFetch(originId, fetchId);
    };
  }
}
