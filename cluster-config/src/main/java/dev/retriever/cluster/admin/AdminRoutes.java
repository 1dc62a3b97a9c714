package dev.retriever.cluster.admin;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import dev.retriever.cluster.api.BodyErasures;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Deed;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * For operators: look into an origin, fire its alarms, redrive what failed, cancel. Callers may do
 * it with the origins of their tenant.
 */
public final class AdminRoutes extends AllDirectives {
  private static final int DEFAULT_LIMIT = 50;

  private final CallerOrigins callers;

  public AdminRoutes(CallerOrigins callers) {
    this.callers = callers;
  }

  /** One origin, and what can be done with it. */
  private record Named(TenantOrigins<?> origins, String type, String id) {
    OriginOperations operations() {
      return origins.operations();
    }

    /** Origins of library users are read with the role that all else with them takes. */
    boolean showsOutcomes() {
      return !type.equals(Tenant.ORIGIN_TYPE) || origins.caller().has(Role.READ);
    }

    @Override
    public String toString() {
      return "Origin " + id + " of type " + type;
    }
  }

  /** The caller seals this route. */
  public Route routes() {
    return pathPrefix(
        segment("admin").slash("origins").slash(segment()).slash(segment()),
        (type, id) ->
            extractRequest(
                request -> {
                  var caller = callers.credential(request).caller();
                  return callers
                      .ofType(type, caller)
                      .map(origins -> origin(new Named(origins, type, checked(type, id))))
                      .orElseGet(() -> complete(noSuchType(type, caller).toResponse()));
                }));
  }

  /** Ids of library users are free text. */
  private static String checked(String type, String id) {
    return type.equals(Tenant.ORIGIN_TYPE) ? Ids.inPath("origin", id) : id;
  }

  private Route origin(Named origin) {
    return concat(
        pathEnd(() -> get(() -> withNumber("limit", limit -> view(origin, limit)))),
        path("trigger", () -> post(() -> triggered(origin))),
        path(
            "redrive",
            () ->
                post(
                    () ->
                        parameterOptional("key", key -> answered(redriveUnhandled(origin, key))))),
        path(
            segment("fetches").slash(segment()).slash("redrive"),
            fetchId ->
                post(
                    () ->
                        extractRequest(
                            request -> answered(redrive(origin, fetchId, Deed.of(request)))))),
        path(
            segment("fetches").slash(segment()).slash("cancel"),
            fetchId -> post(() -> answered(cancel(origin, fetchId)))),
        path(
            segment("fetches").slash(segment()).slash("bodies"),
            fetchId ->
                delete(
                    () ->
                        extractRequest(
                            request ->
                                answered(
                                    BodyErasures.erase(
                                        origin.origins(),
                                        origin.id(),
                                        fetchId,
                                        Deed.of(request)))))),
        path(
            segment("alarms").slash(segment()),
            alarmId -> delete(() -> answered(cancelAlarm(origin, alarmId)))));
  }

  private Route triggered(Named origin) {
    return parameterOptional(
        "kind",
        kind ->
            parameterOptional(
                "id",
                id ->
                    parameterOptional(
                        "due",
                        due ->
                            kind.isEmpty() && id.isEmpty() && due.isEmpty()
                                ? withNumber("count", count -> trigger(origin, count))
                                : answered(trigger(origin, ShownAlarm.of(kind, id, due))))));
  }

  private Route withNumber(
      String name, Function<Optional<Integer>, CompletionStage<HttpResponse>> response) {
    return parameterOptional(
        name, text -> answered(response.apply(text.map(value -> number(name, value)))));
  }

  private static int number(String name, String text) {
    if (!text.matches("\\d+")) {
      throw Problem.of(ProblemType.MALFORMED_REQUEST, name + " must be a whole number.").found();
    }
    // A number with more digits exceeds every limit.
    return text.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(text);
  }

  private static CompletionStage<HttpResponse> view(Named origin, Optional<Integer> limit) {
    var most = Math.min(limit.orElse(DEFAULT_LIMIT), OriginOperations.MAX_VIEW);
    return origin
        .operations()
        .view(origin.id(), most)
        .thenApply(
            view -> {
              if (view.rows() == 0) {
                throw notFound(origin + " does not exist: nothing was ever journaled for it.");
              }
              return JsonResponse.of(AdminWriter.origin(origin.type(), view), 200);
            });
  }

  private static CompletionStage<HttpResponse> trigger(Named origin, Optional<Integer> count) {
    var asked = count.orElse(1);
    if (asked < 1 || asked > OriginOperations.MAX_TRIGGER) {
      throw Problem.of(
              ProblemType.MALFORMED_REQUEST,
              "count must be 1 to " + OriginOperations.MAX_TRIGGER + ".")
          .found();
    }
    return origin
        .operations()
        .trigger(origin.id(), asked)
        .thenApply(fired -> JsonResponse.of(AdminWriter.fired(fired), 200));
  }

  /** Another alarm than the caller has seen is not fired. */
  private static CompletionStage<HttpResponse> trigger(Named origin, AlarmView shown) {
    return origin
        .operations()
        .trigger(origin.id(), shown)
        .thenApply(
            fired ->
                fired
                    ? JsonResponse.of(AdminWriter.fired(List.of(shown)), 200)
                    : Problem.of(
                            ProblemType.NOT_THE_NEXT_ALARM,
                            ShownAlarm.text(shown)
                                + " of origin %s was not fired: it is not the next alarm any more, or has no room. Look at the alarms again."
                                    .formatted(origin.id()))
                        .toResponse());
  }

  private static CompletionStage<HttpResponse> redrive(Named origin, String fetchId, Deed deed) {
    return origin
        .origins()
        .read(origin.id(), fetchId)
        .thenCompose(
            before -> {
              deed.before(state(before));
              return origin.operations().redrive(origin.id(), fetchId);
            })
        .thenApply(
            answer -> {
              deed.after(state(answer));
              return fetch(origin, fetchId, answer);
            });
  }

  /** Without what was sent or received. */
  private static String state(Origins.Answer answer) {
    return answer.fetch().map(fetch -> FetchWriter.receipt(fetch).toString()).orElse("");
  }

  private static CompletionStage<HttpResponse> redriveUnhandled(
      Named origin, Optional<String> given) {
    var key =
        given.orElseThrow(
            () ->
                Problem.of(
                        ProblemType.MALFORMED_REQUEST,
                        "key is missing; take it from what the origin shows as unhandled.")
                    .found());
    return origin
        .operations()
        .redriveUnhandled(origin.id(), key)
        .thenApply(left -> JsonResponse.of(AdminWriter.redriven(key, left), 200));
  }

  private static CompletionStage<HttpResponse> cancel(Named origin, String fetchId) {
    return origin
        .origins()
        .cancel(origin.id(), fetchId)
        .thenApply(
            answer -> {
              if (answer.verdict() == Verdict.SETTLED_OTHERWISE) {
                throw Problem.of(
                        ProblemType.CONFLICT,
                        "Fetch " + fetchId + " of " + origin.id() + " had settled before.")
                    .found();
              }
              return fetch(origin, fetchId, answer);
            });
  }

  private static HttpResponse fetch(Named origin, String fetchId, Origins.Answer answer) {
    return answer
        .fetch()
        .map(
            fetch ->
                JsonResponse.of(
                    origin.showsOutcomes() ? FetchWriter.fetch(fetch) : FetchWriter.receipt(fetch),
                    200))
        .orElseThrow(() -> notFound(origin + " has no fetch " + fetchId + "."));
  }

  private static CompletionStage<HttpResponse> cancelAlarm(Named origin, String alarmId) {
    return origin
        .origins()
        .cancelAlarm(origin.id(), alarmId)
        .thenCompose(
            taken ->
                taken
                    .map(alarm -> JsonResponse.of(AdminWriter.alarm(alarm), 200))
                    .map(CompletableFuture::completedStage)
                    .orElseGet(
                        () ->
                            CompletableFuture.failedStage(
                                notFound(
                                    origin
                                        + " has no alarm "
                                        + alarmId
                                        + ": it has rung, or was taken back before."))));
  }

  private Problem noSuchType(String type, Caller caller) {
    return Problem.of(
        ProblemType.NOT_FOUND,
        "There are no origins of type " + type + "; there are " + callers.types(caller) + ".");
  }

  private static Problem.Found notFound(String detail) {
    return Problem.of(ProblemType.NOT_FOUND, detail).found();
  }

  private Route answered(CompletionStage<HttpResponse> response) {
    return completeWithFuture(response);
  }
}
