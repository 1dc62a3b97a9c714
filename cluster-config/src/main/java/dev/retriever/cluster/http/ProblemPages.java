package dev.retriever.cluster.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Arrays;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;

/** The page that a problem's type URI leads to. */
public final class ProblemPages {
  private ProblemPages() {}

  /** For each port, since types are relative to it. The caller seals this route. */
  public static Route routes() {
    return Directives.path(
        PathMatchers.segment("problems").slash(PathMatchers.segment()), ProblemPages::page);
  }

  private static Route page(String slug) {
    var type =
        Arrays.stream(ProblemType.values())
            .filter(t -> t != ProblemType.OTHER && t.slug().equals(slug))
            .findFirst();
    if (type.isEmpty()) {
      return Directives.complete(
          Problem.of(ProblemType.NOT_FOUND, "There is no such problem type.").toResponse());
    }
    var json = JsonNodeFactory.instance.objectNode();
    json.put("type", "/problems/" + slug);
    json.put("title", type.get().title()).put("status", type.get().status());
    return Directives.get(() -> Directives.complete(JsonResponse.of(json, 200)));
  }
}
