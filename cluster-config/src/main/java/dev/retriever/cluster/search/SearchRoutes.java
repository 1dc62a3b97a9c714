package dev.retriever.cluster.search;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.tenants.CallerOrigins;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** Searches over HTTP: which fetches there are, and how many; and which schedules. */
public final class SearchRoutes extends AllDirectives {
  /** A count that says no time is of fetches that settled in this time. */
  private static final Duration USUAL_COUNT = Duration.ofHours(1);

  private final CallerOrigins callers;
  private final FetchSearch search;
  private final ScheduleSearch schedules;
  private final Clock clock;

  public SearchRoutes(
      CallerOrigins callers, FetchSearch search, ScheduleSearch schedules, Clock clock) {
    this.callers = callers;
    this.search = search;
    this.schedules = schedules;
    this.clock = clock;
  }

  /** The caller seals this route. */
  public Route routes() {
    return concat(
        path(segment("v1").slash("fetches"), () -> got(this::find)),
        path(segment("v1").slash("schedules"), () -> got(this::list)),
        path(segment("v1").slash("fetches").slash("count"), () -> got(this::count)));
  }

  private Route got(Function<HttpRequest, CompletionStage<HttpResponse>> answer) {
    return get(() -> extractRequest(request -> completeWithFuture(answer.apply(request))));
  }

  private CompletionStage<HttpResponse> find(HttpRequest request) {
    var parameters = parameters(request);
    var limit = PageLimit.of(taken(parameters, "limit"));
    var cursor = taken(parameters, "cursor");
    var filter = FilterReader.read(parameters);
    var from = cursor.map(text -> SearchCursor.read(text, filter));
    return search
        .page(callers.credential(request).caller(), filter, from, limit)
        .thenApply(page -> JsonResponse.of(SearchWriter.page(filter, page), 200));
  }

  private CompletionStage<HttpResponse> list(HttpRequest request) {
    var parameters = parameters(request);
    var limit = PageLimit.of(taken(parameters, "limit"));
    var cursor = taken(parameters, "cursor");
    var query = ScheduleQuery.read(parameters);
    var from = cursor.map(text -> ScheduleCursor.read(text, query));
    return schedules
        .page(callers.credential(request).caller(), query, from, limit)
        .thenApply(page -> JsonResponse.of(page.json(query), 200));
  }

  private CompletionStage<HttpResponse> count(HttpRequest request) {
    var parameters = parameters(request);
    var by = CountBy.read(taken(parameters, "by"));
    var asked = FilterReader.read(parameters);
    var filter =
        asked.isSettled() && asked.settled().equals(FetchFilter.Span.ALL)
            ? asked.settledAfter(clock.instant().minus(USUAL_COUNT))
            : asked;
    return search
        .count(callers.credential(request).caller(), filter, by)
        .thenApply(count -> JsonResponse.of(SearchWriter.count(filter, by, count), 200));
  }

  private static Optional<String> taken(Map<String, String> parameters, String name) {
    return Optional.ofNullable(parameters.remove(name));
  }

  private static Map<String, String> parameters(HttpRequest request) {
    var parameters = new TreeMap<String, String>();
    for (var parameter : request.getUri().query().toList()) {
      if (parameters.put(parameter.first(), parameter.second()) != null) {
        throw FilterReader.malformed(parameter.first() + " must be given once.");
      }
    }
    return parameters;
  }
}
