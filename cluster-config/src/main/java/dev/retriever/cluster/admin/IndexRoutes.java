package dev.retriever.cluster.admin;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.storage.IndexRebuild;
import dev.retriever.cluster.storage.IndexRebuild.Count;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For operators: has this node make the index anew, and says how far it is. It ends with the node,
 * and may be begun again.
 */
public final class IndexRoutes extends AllDirectives {
  private static final Logger LOG = LoggerFactory.getLogger(IndexRoutes.class);

  private final IndexRebuild rebuild;
  private final Optional<Duration> retention;
  private final Executor threads;
  private final Clock clock;
  private final AtomicReference<Run> last = new AtomicReference<>(Run.NONE);
  private volatile boolean stopped;

  /**
   * @param retention of settled fetches; empty for ever
   * @param threads may block
   */
  public IndexRoutes(
      IndexRebuild rebuild, Optional<Duration> retention, Executor threads, Clock clock) {
    this.rebuild = rebuild;
    this.retention = retention;
    this.threads = threads;
    this.clock = clock;
  }

  private enum State {
    NONE,
    RUNNING,
    DONE,
    FAILED
  }

  private record Run(State state, Optional<Instant> begun, Optional<Instant> ended, Count count) {
    static final Run NONE = new Run(State.NONE, Optional.empty(), Optional.empty(), Count.NONE);

    Run plus(Count more) {
      return new Run(state, begun, ended, count.plus(more));
    }

    Run end(State how, Instant at) {
      return new Run(how, begun, Optional.of(at), count);
    }

    ObjectNode json() {
      var json = JsonNodeFactory.instance.objectNode();
      json.put("state", state.name().toLowerCase(java.util.Locale.ROOT));
      begun.ifPresent(at -> json.put("begunAt", FetchWriter.time(at)));
      ended.ifPresent(at -> json.put("endedAt", FetchWriter.time(at)));
      json.put("origins", count.origins()).put("rows", count.rows());
      json.put("deleted", count.deleted()).put("missing", count.missing());
      return json.put("unread", count.unread());
    }
  }

  /** The caller seals this route. */
  public Route routes() {
    return path(
        segment("admin").slash("index").slash("rebuild"),
        () ->
            concat(
                get(() -> complete(JsonResponse.of(last.get().json(), 200))),
                post(() -> complete(begun()))));
  }

  /** One that is under way goes on. */
  private HttpResponse begun() {
    var before = last.get();
    var run = new Run(State.RUNNING, Optional.of(clock.instant()), Optional.empty(), Count.NONE);
    if (before.state() != State.RUNNING && last.compareAndSet(before, run)) {
      threads.execute(this::run);
    }
    return JsonResponse.of(last.get().json(), 202);
  }

  private void run() {
    try {
      var oldest = retention.map(clock.instant()::minus);
      rebuild.run(oldest, () -> stopped, count -> last.updateAndGet(it -> it.plus(count)));
      var end = last.updateAndGet(it -> it.end(State.DONE, clock.instant()));
      LOG.info("The index is made anew: {}", end.count());
    } catch (SQLException | RuntimeException e) {
      var end = last.updateAndGet(it -> it.end(State.FAILED, clock.instant()));
      LOG.warn("The index is not made anew after {}; begin again", end.count(), e);
    }
  }

  /** Ends a run that is under way, after the origin that it is at. */
  public void stop() {
    stopped = true;
  }
}
