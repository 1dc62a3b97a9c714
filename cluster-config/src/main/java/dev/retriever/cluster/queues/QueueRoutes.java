package dev.retriever.cluster.queues;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Precondition;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.Deed;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.origin.queue.QueueOperations;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * Queues, for operators: their settings, figures and operations. Queues belong to no tenant, so the
 * table of routes lets in callers of the default tenant alone.
 */
final class QueueRoutes extends AllDirectives {
  /** A thousand weights of tenants, and of keys. */
  private static final long LARGEST_BODY = 512 * 1024;

  private final ActorSystem<?> system;
  private final QueueOperations queues;
  private final QueueChanges changes;
  private final QueueStreams streams;
  private final Clock clock;
  private final QueueOperationReader operations = new QueueOperationReader();

  QueueRoutes(ActorSystem<?> system, QueueOperations queues, QueueStreams streams, Clock clock) {
    this.system = system;
    this.queues = queues;
    this.changes = new QueueChanges(queues);
    this.streams = streams;
    this.clock = clock;
  }

  /** The caller seals this route. */
  Route routes() {
    return pathPrefix(
        segment("admin").slash("queues"),
        () ->
            concat(
                pathEnd(
                    () -> get(() -> extractRequest(request -> completeWithFuture(names(request))))),
                pathPrefix(segment(), this::queue)));
  }

  private Route queue(String name) {
    return concat(
        pathEnd(
            () ->
                concat(
                    get(() -> called(name, this::show)),
                    put(() -> called(name, this::configure)),
                    patch(() -> called(name, this::change)),
                    delete(() -> called(name, this::remove)))),
        path("keys", () -> get(() -> called(name, this::keys))),
        path("waiting", () -> get(() -> called(name, this::waiting))),
        path("events", () -> get(() -> called(name, this::events))),
        path(
            segment("slots").slash(segment()).slash("release"),
            slot -> post(() -> called(name, (request, queue) -> freed(request, queue, slot)))),
        path(
            segment(),
            operation ->
                operations.knows(operation)
                    ? post(
                        () -> called(name, (request, queue) -> operate(request, queue, operation)))
                    : reject()));
  }

  private Route called(
      String name, BiFunction<HttpRequest, String, CompletionStage<HttpResponse>> answer) {
    return extractRequest(
        request -> completeWithFuture(answer.apply(request, QueueAnswers.named(name))));
  }

  private static Caller caller(HttpRequest request) {
    return Callers.of(request).caller();
  }

  private static boolean seesIds(Caller caller) {
    return caller.has(Role.OPERATE) && caller.origins().equals(OriginPattern.ANY);
  }

  /** What is done to a queue is done to the fetches of all origins. */
  static void checkAllOrigins(HttpRequest request) {
    var caller = caller(request);
    if (!caller.origins().equals(OriginPattern.ANY)) {
      throw Problem.of(
              ProblemType.ORIGIN_NOT_ALLOWED,
              "Queues hold fetches of all origins, and the credential is for origins "
                  + caller.origins().text()
                  + " only.")
          .found();
    }
  }

  private CompletionStage<HttpResponse> names(HttpRequest request) {
    var page = QueuePage.of(request);
    return queues.names().thenApply(names -> QueueAnswers.ok(QueueLists.names(names, page)));
  }

  private CompletionStage<HttpResponse> show(HttpRequest request, String name) {
    var ids = seesIds(caller(request));
    var at = clock.instant();
    return QueueAnswers.inTime(name, queues.read(name))
        .thenApply(view -> view.orElseThrow(() -> QueueAnswers.noSuchQueue(name)))
        .thenApply(view -> QueueAnswers.shown(view, at, ids));
  }

  private CompletionStage<HttpResponse> configure(HttpRequest request, String name) {
    checkAllOrigins(request);
    JsonRequest.checkContent(request);
    var condition = Precondition.of(request, "version");
    return body(request)
        .thenCompose(
            json -> changes.put(name, QueueSettingsReader.read(json), condition, Deed.of(request)));
  }

  private CompletionStage<HttpResponse> change(HttpRequest request, String name) {
    checkAllOrigins(request);
    JsonRequest.checkPatchContent(request);
    var condition = Precondition.of(request, "version");
    return body(request)
        .thenCompose(json -> changes.patch(name, json, condition, Deed.of(request)));
  }

  private CompletionStage<HttpResponse> remove(HttpRequest request, String name) {
    checkAllOrigins(request);
    return changes.remove(name, Precondition.of(request, "version"), Deed.of(request));
  }

  private CompletionStage<HttpResponse> keys(HttpRequest request, String name) {
    checkAllOrigins(request);
    var page = QueuePage.of(request);
    return inQueue(name, () -> queues.keys(name, page.after(), page.limit()))
        .thenApply(keys -> QueueAnswers.ok(QueueLists.keys(keys)));
  }

  private CompletionStage<HttpResponse> waiting(HttpRequest request, String name) {
    checkAllOrigins(request);
    var page = QueuePage.of(request);
    return inQueue(name, () -> queues.waiting(name, page.after(), page.limit()))
        .thenApply(lines -> QueueAnswers.ok(QueueLists.lines(lines)));
  }

  /** A queue that there is not has no empty list. */
  private <T> CompletionStage<T> inQueue(String name, Supplier<CompletionStage<T>> asked) {
    return QueueAnswers.inTime(name, queues.read(name))
        .thenCompose(
            view -> {
              view.orElseThrow(() -> QueueAnswers.noSuchQueue(name));
              return QueueAnswers.inTime(name, asked(asked));
            });
  }

  private static <T> CompletionStage<T> asked(Supplier<CompletionStage<T>> page) {
    try {
      return page.get();
    } catch (IllegalArgumentException e) {
      throw QueuePage.badCursor();
    }
  }

  private CompletionStage<HttpResponse> events(HttpRequest request, String name) {
    return streams.stream(request, name, seesIds(caller(request)));
  }

  private CompletionStage<HttpResponse> operate(
      HttpRequest request, String name, String operation) {
    checkAllOrigins(request);
    return optionalBody(request)
        .thenCompose(
            json ->
                changes.operate(
                    name, operations.read(operation, json, clock.instant()), Deed.of(request)));
  }

  private CompletionStage<HttpResponse> freed(HttpRequest request, String name, String slot) {
    checkAllOrigins(request);
    if (!slot.matches("[1-9][0-9]{0,5}")) {
      throw Problem.of(ProblemType.MALFORMED_REQUEST, "A slot is a whole number from 1 to 100000.")
          .found();
    }
    var freed = new QueueOperations.FreeSlot(Integer.parseInt(slot));
    return optionalBody(request)
        .thenCompose(
            json -> {
              JsonFields.of(json, "").nothingElse();
              return changes.operate(name, freed, Deed.of(request));
            });
  }

  private CompletionStage<JsonNode> body(HttpRequest request) {
    return JsonRequest.body(request, LARGEST_BODY, system).thenApply(JsonRequest::parse);
  }

  private CompletionStage<JsonNode> optionalBody(HttpRequest request) {
    if (request.entity().isKnownEmpty()) {
      return CompletableFuture.completedStage(JsonNodeFactory.instance.objectNode());
    }
    JsonRequest.checkContent(request);
    return body(request);
  }
}
