package dev.retriever.cluster.admin;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.database.StoreWork;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.Deed;
import dev.retriever.cluster.security.keys.ApiKey;
import dev.retriever.cluster.security.keys.StoredKey;
import dev.retriever.cluster.security.keys.StoredKeys;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** Makes, shows and revokes keys in the database, as far as the caller may. */
public final class KeyRoutes extends AllDirectives {
  private static final long LARGEST_BODY = 16 * 1024;

  private final ActorSystem<?> system;
  private final Executor threads;
  private final StoredKeys keys;
  private final Clock clock;
  private final SecureRandom random;

  public KeyRoutes(ActorSystem<?> system, StoredKeys keys, Clock clock, SecureRandom random) {
    this.system = system;
    this.threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /** The caller seals this route. */
  public Route routes() {
    return pathPrefix(
        segment("admin").slash("keys"),
        () ->
            concat(
                pathEnd(
                    () -> concat(get(() -> called(this::list)), post(() -> called(this::create)))),
                path(
                    segment(),
                    id ->
                        concat(
                            get(() -> called(request -> show(request, id))),
                            delete(() -> called(request -> revoke(request, id)))))));
  }

  private Route called(Function<HttpRequest, CompletionStage<HttpResponse>> answer) {
    return extractRequest(request -> completeWithFuture(answer.apply(request)));
  }

  private static Caller caller(HttpRequest request) {
    return Callers.of(request).caller();
  }

  private CompletionStage<HttpResponse> create(HttpRequest request) {
    var maker = caller(request);
    JsonRequest.checkContent(request);
    return JsonRequest.body(request, LARGEST_BODY, system)
        .thenCompose(
            body ->
                StoreWork.begin(
                    threads,
                    () -> {
                      var wanted = KeyReader.read(body);
                      KeyRights.check(maker, wanted);
                      return created(maker, wanted, Deed.of(request));
                    }));
  }

  private HttpResponse created(Caller maker, KeyReader.Wanted wanted, Deed deed)
      throws SQLException {
    var secret = ApiKey.generate(random);
    var key = wanted.key(secret, maker);
    var now = clock.instant();
    if (key.expires().filter(end -> !end.isAfter(now)).isPresent()) {
      throw KeyReader.invalid("/expires", "must be in the future");
    }
    var stored = new StoredKey(key, now, maker.toString(), Optional.empty(), Optional.empty());
    if (!keys.add(stored)) {
      throw Problem.of(
              ProblemType.TOO_MANY_KEYS,
              "There are "
                  + keys.maxKeys()
                  + " keys already. Revoke some, or raise retriever.node.auth.keys.max-keys.")
          .found();
    }
    deed.after(KeyWriter.key(stored).toString());
    // The only answer that ever holds the key.
    var json = KeyWriter.key(stored).put("key", secret.secretText());
    return JsonResponse.of(json, 201)
        .addHeader(RawHeader.create("Location", "/admin/keys/" + key.id()))
        .addHeader(RawHeader.create("Cache-Control", "no-store"));
  }

  private CompletionStage<HttpResponse> list(HttpRequest request) {
    var query = request.getUri().query();
    var page = KeyPage.of(query.get("limit"), query.get("cursor"));
    var tenants = KeyRights.visible(caller(request));
    return later(() -> KeyWriter.page(keys.page(tenants, page.after(), page.limit() + 1), page));
  }

  private CompletionStage<HttpResponse> show(HttpRequest request, String id) {
    var caller = caller(request);
    return later(() -> KeyWriter.key(known(caller, id)));
  }

  private CompletionStage<HttpResponse> revoke(HttpRequest request, String id) {
    var caller = caller(request);
    return later(
        () -> {
          var deed = Deed.of(request);
          deed.before(KeyWriter.key(known(caller, id)).toString());
          var revoked = KeyWriter.key(keys.revoke(id).orElseThrow(() -> noSuchKey(id)));
          deed.after(revoked.toString());
          return revoked;
        });
  }

  /** Of another tenant's key, the same is said as of none. */
  private StoredKey known(Caller caller, String id) throws SQLException {
    var key = ApiKey.isId(id) ? keys.stored(id) : Optional.<StoredKey>empty();
    return key.filter(it -> KeyRights.sees(caller, it)).orElseThrow(() -> noSuchKey(id));
  }

  private static Problem.Found noSuchKey(String id) {
    return Problem.of(
            ProblemType.NOT_FOUND,
            "The database has no key " + (ApiKey.isId(id) ? id : "of that id") + ".")
        .found();
  }

  private CompletionStage<HttpResponse> later(StoreWork<JsonNode> answer) {
    return StoreWork.begin(threads, () -> JsonResponse.of(answer.get(), 200));
  }
}
