package dev.retriever.cluster.api;

import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Deed;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.Origins;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Erases what fetches sent and got, for operators. */
public final class BodyErasures {
  private BodyErasures() {}

  /**
   * Answers 202 while copies may be in the database, and 200 when they are overwritten. The answer
   * shows no outcome.
   */
  public static CompletionStage<HttpResponse> erase(
      TenantOrigins<?> origins, String originId, String fetchId, Deed deed) {
    return origins
        .erase(originId, fetchId)
        .thenApply(
            answer -> {
              check(originId, fetchId, answer);
              var fetch = answer.fetch().orElseThrow();
              var json = FetchWriter.receipt(fetch);
              deed.after(json.toString());
              return JsonResponse.of(json, fetch.erased() == Erased.DONE ? 200 : 202);
            });
  }

  private static void check(String originId, String fetchId, Origins.Answer answer) {
    var subject = "Fetch " + fetchId + " of origin " + originId;
    switch (answer.verdict()) {
      case NOT_SETTLED ->
          throw Problem.of(
                  ProblemType.FETCH_NOT_SETTLED,
                  subject + " has not settled. Cancel it, or wait for its outcome; then erase it.")
              .found();
      case UNHANDLED ->
          throw Problem.of(
                  ProblemType.FETCH_UNHANDLED,
                  subject
                      + " has an outcome or a late answer that was not handled. Redrive it; then"
                      + " erase it.")
              .found();
      default -> {
        if (answer.fetch().isEmpty()) {
          throw FetchRoutes.noSuchFetch(originId, fetchId);
        }
      }
    }
  }

  /** A submission, or a redrive, of a fetch whose content is erased. */
  static Problem.Found erased(String originId, String fetchId) {
    return Problem.of(
            ProblemType.ERASED,
            "Fetch %s of origin %s was erased. What it sent is not known any more; submit under another id."
                .formatted(fetchId, originId))
        .found();
  }
}
