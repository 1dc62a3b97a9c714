package dev.retriever.cluster.security;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.http.ProblemType;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Complete;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.server.RouteResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the audit around routes. Thread-safe. */
final class Recording extends AllDirectives {
  private static final Logger LOG = LoggerFactory.getLogger(Recording.class);

  private final Audit audit;

  Recording(Audit audit) {
    this.audit = audit;
  }

  /** The route of an authenticated caller. Deeds are recorded, and what the route itself denies. */
  Route around(Caller caller, AccessTable.Row row, Route route) {
    return extractRequest(
        request -> {
          var watched = handleExceptions(denials(request, caller, row), () -> route);
          return row.need().isAudited() ? deed(request, caller, row, watched) : watched;
        });
  }

  private ExceptionHandler denials(HttpRequest request, Caller caller, AccessTable.Row row) {
    return ExceptionHandler.newBuilder()
        .match(
            Problem.Found.class,
            found -> {
              if (found.problem().status() == ProblemType.FORBIDDEN.status()) {
                refused(request, Optional.of(caller), Optional.of(row), found.problem());
              }
              return failWith(found);
            })
        .build();
  }

  /** Records a refusal of the door. */
  void refused(
      HttpRequest request,
      Optional<Caller> caller,
      Optional<AccessTable.Row> row,
      Problem refusal) {
    if (refusal.status() < 500) {
      audit.denied(request, caller, row, refusal.type().slug());
    }
  }

  /** Records that no credential was accepted. */
  void denied(HttpRequest request, Optional<AccessTable.Row> row, Denied denied) {
    audit.denied(request, Optional.empty(), row, denied.getMessage());
  }

  private Route deed(HttpRequest request, Caller caller, AccessTable.Row row, Route route) {
    return onComplete(
        audit.asked(request, caller, row),
        stored -> {
          if (stored.isSuccess()) {
            return done(stored.get(), route);
          }
          LOG.warn(
              "A call is refused, because the audit cannot store it: {}",
              stored.failed().get().toString());
          return complete(
              Problem.of(
                      ProblemType.AUDIT_UNAVAILABLE,
                      "What operators do is recorded first, and that failed. Nothing was done;"
                          + " repeat it when the database is back.")
                  .toResponse());
        });
  }

  /** Errors become answers inside, so that each deed has a result. */
  private Route done(Deed deed, Route route) {
    return mapRequest(
        request -> request.addAttribute(Deed.KEY, deed),
        () ->
            mapRouteResultWith(result -> ended(deed, result), () -> ProblemHandlers.around(route)));
  }

  private static CompletionStage<RouteResult> ended(Deed deed, RouteResult result) {
    return result instanceof Complete complete
        ? deed.ended(complete.getResponse().status().intValue()).thenApply(done -> result)
        : CompletableFuture.completedStage(result);
  }
}
