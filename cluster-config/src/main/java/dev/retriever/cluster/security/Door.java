package dev.retriever.cluster.security;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.Futures;
import dev.retriever.executor.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * What every request of a port passes before its route: checks of the request, the table of routes,
 * authentication, and the role. Routes behind it find the caller with {@link Callers}. Thread-safe.
 */
public final class Door extends AllDirectives {
  private final AccessTable table;
  private final List<RequestCheck> checks;
  private final Authentication authentication;
  private final Function<Tenant, Optional<Problem>> tenants;
  private final FailedTries failedTries;
  private final Recording recording;

  /**
   * @param tenants why no credential of a tenant is served; empty if they are
   */
  public Door(
      AccessTable table,
      List<RequestCheck> checks,
      Authentication authentication,
      Function<Tenant, Optional<Problem>> tenants,
      FailedTries failedTries,
      Audit audit) {
    this.tenants = tenants;
    this.recording = new Recording(audit);
    this.table = table;
    this.checks = List.copyOf(checks);
    this.authentication = authentication;
    this.failedTries = failedTries;
  }

  /** The caller seals this route. */
  public Route guarding(Route routes) {
    return extractRequest(
        request -> {
          for (var check : checks) {
            var refusal = check.refusal(request);
            if (refusal.isPresent()) {
              recording.refused(request, Optional.empty(), Optional.empty(), refusal.get());
              return complete(refusal.get().toResponse());
            }
          }
          return looked(request, routes);
        });
  }

  private Route looked(HttpRequest request, Route routes) {
    var found = table.find(request.method().value(), AccessTable.segments(request));
    if (found instanceof AccessTable.Found.Known known && known.known().need().anonymous()) {
      return passing(Credential.OPEN, routes);
    }
    // Without a credential, nothing is told of which paths there are.
    return onComplete(
        authentication.of(request),
        result ->
            result.isSuccess()
                ? authenticated(request, result.get(), found, routes)
                : denied(request, found, result.failed().get()));
  }

  private Route authenticated(
      HttpRequest request, Credential credential, AccessTable.Found found, Route routes) {
    var caller = credential.caller();
    var closed = tenants.apply(caller.tenant());
    if (closed.isPresent()) {
      recording.refused(request, Optional.of(caller), found.row(), closed.get());
      return complete(closed.get().toResponse());
    }
    if (found instanceof AccessTable.Found.Known known) {
      var row = known.known();
      var refusal = row.need().refusal(caller);
      if (refusal.isPresent()) {
        recording.refused(request, Optional.of(caller), Optional.of(row), refusal.get());
        return complete(refusal.get().toResponse());
      }
      return recording.around(caller, row, passing(credential, routes));
    }
    return found instanceof AccessTable.Found.OtherMethods others
        ? complete(otherMethods(others))
        : complete(
            Problem.of(ProblemType.NOT_FOUND, "The requested resource could not be found.")
                .toResponse());
  }

  private Route passing(Credential credential, Route routes) {
    return mapRequest(request -> Callers.with(request, credential), () -> routes);
  }

  private static HttpResponse otherMethods(AccessTable.Found.OtherMethods others) {
    var methods = new ArrayList<>(others.methods());
    return Problem.of(
            ProblemType.METHOD_NOT_ALLOWED,
            "HTTP method not allowed, supported methods: " + String.join(", ", methods))
        .toResponse()
        .addHeader(RawHeader.create("Allow", String.join(", ", methods)));
  }

  /** One wording for all reasons: which one it was helps only those who guess. */
  private Route denied(HttpRequest request, AccessTable.Found found, Throwable failure) {
    var cause = Futures.cause(failure);
    if (cause instanceof Denied denied) {
      recording.denied(request, found.row(), denied);
      return complete(tooMany(request, denied).orElseGet(Door::unauthenticated));
    }
    return failWith(cause);
  }

  /** A request without a credential is no try. */
  private Optional<HttpResponse> tooMany(HttpRequest request, Denied denied) {
    return denied.isTry() ? failedTries.count(request) : Optional.empty();
  }

  private static HttpResponse unauthenticated() {
    return Problem.of(
            ProblemType.UNAUTHENTICATED,
            "Send a valid key or token, once, as Authorization: Bearer KEY.")
        .toResponse()
        .addHeader(RawHeader.create("WWW-Authenticate", "Bearer realm=\"retriever\""));
  }
}
