package dev.retriever.cluster.callbacks;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.callbacks.rows.EndpointStore;
import dev.retriever.cluster.callbacks.rows.StoredEndpoint;
import dev.retriever.cluster.database.StoreWork;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.http.Precondition;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.Deed;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.EndpointSettings;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callback endpoints of the caller's tenant: their settings, and the callbacks that are dead. */
public final class CallbackRoutes extends AllDirectives {
  /** Most endpoints of a tenant. Each node has all of all tenants in memory. */
  static final int MOST = 1_000;

  /** With those that were removed, whose generations are kept. */
  private static final int MOST_NAMES = 10 * MOST;

  private static final long LARGEST_BODY = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(CallbackRoutes.class);

  private final ActorSystem<?> system;
  private final Executor threads;
  private final EndpointStore store;
  private final EndpointDirectory directory;
  private final EndpointRules rules;
  private final TestEvent test;

  public CallbackRoutes(
      ActorSystem<?> system,
      EndpointStore store,
      EndpointDirectory directory,
      EndpointRules rules,
      TestEvent test) {
    this.system = system;
    this.threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.store = store;
    this.directory = directory;
    this.rules = rules;
    this.test = test;
  }

  /** The caller seals this route. */
  public Route routes() {
    return pathPrefix(
        segment("v1").slash("callbacks"),
        () ->
            concat(
                pathEnd(
                    () -> get(() -> extractRequest(request -> completeWithFuture(list(request))))),
                path(
                    segment(),
                    name ->
                        concat(
                            get(() -> called(name, this::show)),
                            put(() -> called(name, this::put)),
                            delete(() -> called(name, this::remove)))),
                path(segment().slash("dead"), name -> get(() -> called(name, this::dead))),
                path(segment().slash("test"), name -> post(() -> called(name, this::tested)))));
  }

  private Route called(
      String name, BiFunction<HttpRequest, EndpointKey, CompletionStage<HttpResponse>> answer) {
    return extractRequest(
        request -> {
          if (!CallbackChoice.isName(name)) {
            throw EndpointProblems.badName();
          }
          var key = new EndpointKey(caller(request).tenant().name(), name);
          return completeWithFuture(answer.apply(request, key));
        });
  }

  private static Caller caller(HttpRequest request) {
    return Callers.of(request).caller();
  }

  private <T> CompletionStage<T> stored(StoreWork<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.get();
          } catch (SQLException e) {
            throw EndpointProblems.storageAway();
          }
        },
        threads);
  }

  private CompletionStage<HttpResponse> list(HttpRequest request) {
    var tenant = caller(request).tenant().name();
    return stored(store::all)
        .thenApply(
            all -> {
              var json = JsonNodeFactory.instance.objectNode();
              var items = json.putArray("items");
              all.stream()
                  .filter(it -> it.key().tenant().equals(tenant) && it.settings().isPresent())
                  .sorted(Comparator.comparing(it -> it.key().name()))
                  .forEach(it -> items.add(EndpointWriter.endpoint(it, Optional.empty())));
              return JsonResponse.of(json, StatusCodes.OK.intValue());
            });
  }

  private CompletionStage<HttpResponse> show(HttpRequest request, EndpointKey key) {
    return stored(
        () -> {
          var endpoint =
              store
                  .find(key)
                  .filter(it -> it.settings().isPresent())
                  .orElseThrow(() -> EndpointProblems.noSuch(key.name()));
          return answer(endpoint, StatusCodes.OK.intValue());
        });
  }

  private HttpResponse answer(StoredEndpoint endpoint, int status) throws SQLException {
    var counts = store.counts(endpoint.key(), endpoint.generation());
    return JsonResponse.of(EndpointWriter.endpoint(endpoint, Optional.of(counts)), status)
        .addHeader(RawHeader.create("ETag", "\"" + endpoint.version() + "\""));
  }

  private CompletionStage<HttpResponse> put(HttpRequest request, EndpointKey key) {
    EndpointProblems.checkAllOrigins(caller(request));
    JsonRequest.checkContent(request);
    var condition = Precondition.of(request, "version");
    var deed = Deed.of(request);
    return JsonRequest.body(request, LARGEST_BODY, system)
        .thenApply(body -> EndpointReader.read(JsonRequest.parse(body), key))
        .thenComposeAsync(settings -> rules.checked(key, settings), threads)
        .thenCompose(settings -> stored(() -> put(key, settings, condition, deed)));
  }

  private HttpResponse put(
      EndpointKey key, EndpointSettings settings, Precondition condition, Deed deed)
      throws SQLException {
    var before = store.find(key);
    var isNew = before.filter(it -> !it.isRemoved()).isEmpty();
    before.ifPresent(it -> tell(deed, it));
    if (isNew) {
      checkRoom(key, before.isEmpty());
    }
    var after =
        store
            .put(key, settings, expected(condition, before, key))
            .orElseThrow(() -> EndpointProblems.otherVersion(key.name()));
    deed.after(settings.url());
    if (before.filter(it -> !it.isReadable()).isPresent()) {
      LOG.warn(
          "Callback endpoint {} of tenant {}: settings that could not be read are replaced by"
              + " version {}",
          key.name(),
          key.tenant(),
          after.version());
    }
    directory.read();
    return answer(after, (isNew ? StatusCodes.CREATED : StatusCodes.OK).intValue());
  }

  private static void tell(Deed deed, StoredEndpoint before) {
    before.settings().ifPresent(it -> deed.before(it.url()));
    if (!before.isReadable()) {
      deed.before("settings that cannot be read, of version " + before.version());
    }
  }

  private void checkRoom(EndpointKey key, boolean isNewName) throws SQLException {
    var its = store.all().stream().filter(it -> it.key().tenant().equals(key.tenant())).toList();
    if (its.stream().filter(it -> it.settings().isPresent()).count() >= MOST) {
      throw EndpointProblems.tooMany(MOST);
    }
    if (isNewName && its.size() >= MOST_NAMES) {
      throw EndpointProblems.tooManyNames(MOST_NAMES);
    }
  }

  /** The version that it must have; 0 if there must be none. */
  private static Optional<Long> expected(
      Precondition condition, Optional<StoredEndpoint> before, EndpointKey key) {
    if (condition.none()) {
      return Optional.of(0L);
    }
    return condition.any()
        ? Optional.of(
            before
                .filter(it -> !it.isRemoved())
                .map(StoredEndpoint::version)
                .orElseThrow(() -> EndpointProblems.otherVersion(key.name())))
        : condition.version();
  }

  private CompletionStage<HttpResponse> remove(HttpRequest request, EndpointKey key) {
    EndpointProblems.checkAllOrigins(caller(request));
    var pending = request.getUri().query().get("pending");
    if (pending.filter(it -> !it.equals("drop")).isPresent()) {
      throw Problem.of(
              ProblemType.MALFORMED_REQUEST,
              "pending must be drop, or be left out: then nothing is removed while callbacks wait.")
          .found();
    }
    var condition = Precondition.of(request, "version");
    var expected = condition.none() ? Optional.of(0L) : condition.version();
    var deed = Deed.of(request);
    return stored(
        () -> {
          switch (store.remove(key, pending.isPresent(), expected)) {
            case NO_SUCH_ENDPOINT -> throw EndpointProblems.noSuch(key.name());
            case OTHER_VERSION -> throw EndpointProblems.otherVersion(key.name());
            case CALLBACKS_PENDING -> throw EndpointProblems.pending(key.name());
            case DONE -> deed.after("removed");
          }
          directory.read();
          return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
        });
  }

  /** By the rules as they are now, since those of the settings may be old. */
  private CompletionStage<HttpResponse> tested(HttpRequest request, EndpointKey key) {
    EndpointProblems.checkAllOrigins(caller(request));
    request.discardEntityBytes(system);
    var deed = Deed.of(request);
    return stored(
            () ->
                store
                    .find(key)
                    .flatMap(StoredEndpoint::settings)
                    .orElseThrow(() -> EndpointProblems.noSuch(key.name())))
        .thenCompose(settings -> rules.checked(key, settings))
        .thenCompose(settings -> test.send(key, settings))
        .thenApply(
            came -> {
              deed.after(came.path("outcome").asText() + " " + came.path("status").asText());
              return JsonResponse.of(came, StatusCodes.OK.intValue());
            });
  }

  private CompletionStage<HttpResponse> dead(HttpRequest request, EndpointKey key) {
    EndpointProblems.checkAllOrigins(caller(request));
    var query = request.getUri().query();
    var after = DeadCursor.read(query.get("cursor"));
    var limit = PageLimit.of(query.get("limit"));
    return stored(
        () -> {
          if (store.find(key).isEmpty()) {
            throw EndpointProblems.noSuch(key.name());
          }
          var page = store.dead(key, after, limit + 1);
          var json = JsonNodeFactory.instance.objectNode();
          var items = json.putArray("items");
          page.stream().limit(limit).forEach(it -> items.add(EndpointWriter.dead(it)));
          if (page.size() > limit) {
            json.put("nextCursor", DeadCursor.after(page.get(limit - 1)));
          }
          return JsonResponse.of(json, StatusCodes.OK.intValue());
        });
  }
}
