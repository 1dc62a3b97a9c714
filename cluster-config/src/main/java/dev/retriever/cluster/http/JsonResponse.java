package dev.retriever.cluster.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.executor.Utf8;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** Answers whose body is JSON. */
public final class JsonResponse {
  private JsonResponse() {}

  public static HttpResponse of(JsonNode json, int status) {
    return HttpResponse.create()
        .withStatus(StatusCodes.get(status))
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_JSON,
                Utf8.bytes("an answer", Utf8.repaired(json.toString()))));
  }
}
