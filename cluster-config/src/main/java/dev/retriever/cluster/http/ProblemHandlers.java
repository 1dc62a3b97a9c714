package dev.retriever.cluster.http;

import com.github.f4b6a3.uuid.UuidCreator;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.RejectionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.server.directives.RouteDirectives;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns every error of a server into a problem document. */
public final class ProblemHandlers extends RouteDirectives {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemHandlers.class);

  private ProblemHandlers() {}

  /** The route with its rejections, failures and time-outs answered as problems. */
  public static Route around(Route route) {
    return Directives.withRequestTimeoutResponse(
        ProblemHandlers::timedOut, () -> route.seal(rejections(), exceptions()));
  }

  private static HttpResponse timedOut(HttpRequest request) {
    return Problem.of(
            ProblemType.STORAGE_UNAVAILABLE,
            "No answer in time. Nothing is known of what was asked; repeat it with the same id.")
        .toResponse();
  }

  private static RejectionHandler rejections() {
    return RejectionHandler.defaultHandler().mapRejectionResponse(ProblemHandlers::rejected);
  }

  private static HttpResponse rejected(HttpResponse response) {
    var text =
        response.entity() instanceof HttpEntity.Strict strict
            ? strict.getData().utf8String()
            : response.status().defaultMessage();
    var problem = Problem.ofStatus(response.status().intValue(), text).toResponse();
    return response.withEntity(problem.entity());
  }

  private static ExceptionHandler exceptions() {
    return ExceptionHandler.newBuilder()
        .matchAny(failure -> Directives.complete(problem(failure).toResponse()))
        .build();
  }

  public static Problem tooLarge() {
    return Problem.of(ProblemType.PAYLOAD_TOO_LARGE, "The body is larger than this node takes.");
  }

  public static Problem problem(Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return problem(failure.getCause());
    }
    if (failure instanceof Problem.Found found) {
      return found.problem();
    }
    if (failure instanceof EntityStreamSizeException) {
      return tooLarge();
    }
    if (failure instanceof EntityStreamException) {
      return Problem.of(
          ProblemType.MALFORMED_REQUEST, "The body did not arrive whole, or its chunks are wrong.");
    }
    if (failure instanceof TimeoutException) {
      return Problem.of(
          ProblemType.STORAGE_UNAVAILABLE,
          "The origin did not answer in time. Nothing is known of what was asked; repeat it with"
              + " the same id.");
    }
    if (failure instanceof SQLException) {
      LOG.warn("A request is answered 503, because the database failed: {}", failure.toString());
      return Problem.of(
          ProblemType.STORAGE_UNAVAILABLE, "The database is away or failed; repeat the request.");
    }
    var id = UuidCreator.getTimeOrderedEpoch();
    LOG.error("A request is answered 500 with the id {}: unexpected error", id, failure);
    return Problem.of(
        ProblemType.INTERNAL, "Unexpected failure; the node's log has it under " + id + ".");
  }
}
