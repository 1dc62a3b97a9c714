package dev.retriever.cluster.queues;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.Api;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Audit;
import dev.retriever.cluster.security.Authentication;
import dev.retriever.cluster.security.Authenticator;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.security.Deed;
import dev.retriever.cluster.security.Door;
import dev.retriever.cluster.security.FailedTries;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.server.Route;

/** Both faces of queues behind real doors, over queues in memory, at one moment. */
final class QueueServer implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-15T10:00:00Z");

  /** Of all origins. */
  static final String OPERATOR = "operator";

  /** May read alone. */
  static final String READER = "reader";

  /** Of the origins of one prefix. */
  static final String NARROW = "narrow";

  /** Of another tenant, with all roles. */
  static final String TENANT = "tenant";

  private static final Map<String, Caller> CALLERS =
      Map.of(
          OPERATOR, caller(Tenant.DEFAULT, Role.ALL, "*"),
          READER, caller(Tenant.DEFAULT, Set.of(Role.READ), "*"),
          NARROW, caller(Tenant.DEFAULT, Role.ALL, "order-*"),
          TENANT, caller(new Tenant("acme"), Role.ALL, "*"));

  final FakeQueues queues = new FakeQueues();

  /** What the audit was told, a line each. */
  final List<String> audit = new CopyOnWriteArrayList<>();

  /** Tokens that do not stand any more. */
  final Set<String> ended = ConcurrentHashMap.newKeySet();

  private final ActorTestKit kit =
      ActorTestKit.create(
          "queues",
          ConfigFactory.parseString(
                  "pekko.actor.provider = local\npekko.coordinated-shutdown.exit-jvm = off")
              .withFallback(ConfigFactory.load()));
  private final QueueFaces faces =
      new QueueFaces(
          kit.system(),
          queues,
          Duration.ofMillis(20),
          Duration.ofMillis(50),
          Clock.fixed(NOW, ZoneOffset.UTC));
  private final ServerBinding management = bound(AccessTable.MANAGEMENT, faces.management());
  private final ServerBinding api = bound(AccessTable.API, faces.api());

  private static Caller caller(Tenant tenant, Set<Role> roles, String origins) {
    return new Caller(Caller.Method.KEY, "someone", tenant, roles, new OriginPattern(origins));
  }

  private ServerBinding bound(AccessTable table, Route routes) {
    var door =
        new Door(
            table,
            List.of(),
            Authentication.required(List.of(new Tokens()), request -> Optional.empty()),
            tenant -> Optional.empty(),
            new FailedTries(
                new FailedTries.Settings(1_000, 1_000, 10), request -> Optional.empty(), () -> 0),
            new Recorder());
    return Http.get(kit.system())
        .newServerAt("127.0.0.1", 0)
        .bind(ProblemHandlers.around(door.guarding(routes)))
        .toCompletableFuture()
        .join();
  }

  private static Api at(ServerBinding port) {
    return new Api("http://127.0.0.1:" + port.localAddress().getPort());
  }

  Api management(String token) {
    return at(management).as(token);
  }

  Api api(String token) {
    return at(api).as(token);
  }

  void endStreams() {
    faces.end();
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }

  private final class Tokens implements Authenticator {
    @Override
    public boolean takes(String token) {
      return CALLERS.containsKey(token);
    }

    @Override
    public CompletionStage<Credential> authenticate(String token) {
      return CompletableFuture.completedStage(
          new Credential() {
            @Override
            public Caller caller() {
              return CALLERS.get(token);
            }

            @Override
            public boolean stands(Instant now) {
              return !ended.contains(token);
            }
          });
    }
  }

  private final class Recorder implements Audit {
    @Override
    public CompletionStage<Deed> asked(HttpRequest request, Caller caller, AccessTable.Row row) {
      var what = row.method() + " " + row.path();
      audit.add("asked " + what);
      var states = new ArrayList<String>();
      return CompletableFuture.completedStage(
          new Deed() {
            @Override
            public void before(String state) {
              states.add("before: " + state);
            }

            @Override
            public void after(String state) {
              states.add("after: " + state);
            }

            @Override
            public CompletionStage<Done> ended(int status) {
              audit.add("done " + what + " " + status + " " + states);
              return CompletableFuture.completedStage(Done.getInstance());
            }
          });
    }

    @Override
    public void denied(
        HttpRequest request,
        Optional<Caller> caller,
        Optional<AccessTable.Row> row,
        String reason) {
      audit.add("denied " + reason);
    }
  }
}
