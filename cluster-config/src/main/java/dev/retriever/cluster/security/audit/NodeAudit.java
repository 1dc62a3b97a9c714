package dev.retriever.cluster.security.audit;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.database.StoreWork;
import dev.retriever.cluster.files.Lines;
import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.security.Audit;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.ClientAddress;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The audit of a running node: its background work, and what operators read of it. Thread-safe. */
public final class NodeAudit extends AllDirectives {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAudit.class);

  /** How often refusals of past minutes are stored. */
  private static final Duration DENIALS = Duration.ofSeconds(10);

  private final AuditSettings settings;
  private final AuditStore store;
  private final AuditLog log;
  private final Clock clock;
  private final Executor threads;
  private final Optional<Lines> lines;
  private volatile boolean stopped;

  /**
   * @param lines the file for each row that was stored, if there is to be one; closed at the end
   */
  public NodeAudit(
      AuditSettings settings,
      AuditStore store,
      ClientAddress addresses,
      Executor threads,
      Optional<Lines> lines,
      Clock clock) {
    this.settings = settings;
    this.store = store;
    this.threads = threads;
    this.clock = clock;
    this.lines = lines;
    Consumer<AuditRow> copy =
        row -> lines.ifPresent(file -> file.accept(AuditJson.row(row).toString()));
    this.log =
        new AuditLog(
            new AuditWriter(store, threads, copy, settings.queue()),
            new Denials(settings.denials()),
            addresses,
            clock);
  }

  /** For the doors of the node. */
  public Audit audit() {
    return log;
  }

  /** Stores refusals and deletes old rows from now on, until the system stops. */
  public void start(ActorSystem<?> system) {
    var blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    var scheduler = system.scheduler();
    scheduler.scheduleWithFixedDelay(
        DENIALS, DENIALS, () -> log.storeDenials(clock.instant()), blocking);
    scheduler.scheduleWithFixedDelay(
        settings.purgeInterval(), settings.purgeInterval(), this::purge, blocking);
    LastTasks.await(
        system, "close-audit", () -> CompletableFuture.supplyAsync(this::close, blocking));
  }

  /** The refusals of the minute that has begun are stored too. */
  private Done close() {
    stopped = true;
    log.storeDenials(clock.instant().plus(1, ChronoUnit.MINUTES)).toCompletableFuture().join();
    store.close();
    lines.ifPresent(Lines::close);
    return Done.getInstance();
  }

  /** Deletes rows that are older than the retention. Never throws: the next run tries again. */
  void purge() {
    var before = clock.instant().minus(settings.retention());
    try {
      var deleted = settings.purgeBatch();
      while (deleted == settings.purgeBatch() && !stopped) {
        deleted = store.deleteBefore(before, settings.purgeBatch());
      }
    } catch (SQLException | RuntimeException e) {
      LOG.warn("Old rows of the audit stay until the next run", e);
    }
  }

  /** What operators read. The caller seals this route. */
  public Route routes() {
    return path(
        segment("admin").slash("audit"),
        () -> get(() -> extractRequest(request -> completeWithFuture(page(request)))));
  }

  private CompletionStage<HttpResponse> page(HttpRequest request) {
    var parameters = request.getUri().query();
    var query =
        AuditQuery.of(
            new AuditQuery.Asked(
                parameters.get("tenant"),
                parameters.get("since"),
                parameters.get("after"),
                parameters.get("limit")),
            Callers.of(request).caller());
    return StoreWork.begin(threads, () -> page(query, clock.instant()));
  }

  private HttpResponse page(AuditQuery query, Instant now) throws SQLException {
    var rows = store.read(query.toStore());
    var json = JsonNodeFactory.instance.objectNode();
    var list = json.putArray("rows");
    rows.forEach(row -> list.add(AuditJson.stored(row, now)));
    var last = rows.isEmpty() ? query.after() : rows.get(rows.size() - 1).position();
    json.put("nextCursor", query.cursorAfter(last));
    return JsonResponse.of(json, 200);
  }
}
