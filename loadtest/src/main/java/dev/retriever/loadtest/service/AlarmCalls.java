package dev.retriever.loadtest.service;

import static org.asynchttpclient.Dsl.get;
import static org.asynchttpclient.Dsl.post;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Starts an {@link AlarmNode} in its own process, and makes the calls of scenarios. */
public final class AlarmCalls {
  public static final Duration IDLE = Duration.ofSeconds(2);

  private static final List<String> OPTIONS =
      List.of(
          "-Xmx512m",
          "-XX:+UseSerialGC",
          // Java's HTTP server closes those beyond 200, some while a request is on its way.
          "-Dsun.net.httpserver.maxIdleConnections=10000",
          "-Dretriever.origin.idle=" + IDLE.toSeconds() + "s");

  private static final int TRIES = 3;

  /** The interval between two reads of the figures. */
  private static final int POLL_MS = 100;

  private final Context context;
  private final int alarms;
  private final int origins;
  private final Database database;
  private final NodeProcess node;
  private final Api api;

  public AlarmCalls(TestBed stage) throws IOException {
    context = stage.context();
    alarms = context.size("alarms");
    origins = context.size("origins");
    database = stage.database();
    api = stage.api();
    node = stage.process(AlarmNode.class.getName(), Map.of(), OPTIONS);
  }

  public Database database() {
    return database;
  }

  /** Starts the node; returns the time until its first origin answered. */
  public Duration start() throws IOException, InterruptedException {
    return node.start();
  }

  public void stop() throws InterruptedException {
    node.stop();
  }

  /** The number of alarms of that origin. */
  public static int share(int alarms, int origins, int origin) {
    return alarms / origins + (origin < alarms % origins ? 1 : 0);
  }

  /**
   * Sets all alarms.
   *
   * @param every the time between two alarms of an origin; origins begin one after the other
   */
  public ClosedLoop.LoopResult set(Instant first, Duration every) throws InterruptedException {
    try (var progress = context.progress("set alarms", origins)) {
      return ClosedLoop.run(
          origins, context.size("concurrency"), origin -> set(origin, first, every), progress);
    }
  }

  private CompletableFuture<JsonNode> set(int origin, Instant first, Duration every) {
    var begins = first.plus(every.multipliedBy(origin).dividedBy(origins));
    var set =
        "%s/set?id=s%d&alarms=%d&first=%d&everyMicros=%d"
            .formatted(
                node.api(),
                origin,
                share(alarms, origins, origin),
                begins.toEpochMilli(),
                every.toNanos() / 1_000);
    return repeated(() -> api.ask(post(set)), TRIES);
  }

  /** Repeats a failed call. It may have been done, and doing it again changes nothing. */
  private static CompletableFuture<JsonNode> repeated(
      Supplier<CompletableFuture<JsonNode>> call, int tries) {
    return call.get()
        .exceptionallyCompose(
            failure ->
                tries > 1 ? repeated(call, tries - 1) : CompletableFuture.failedFuture(failure));
  }

  /**
   * The answers of all origins.
   *
   * @param wrong the number of origins whose alarms did not fire once each, or are not pending, as
   *     expected
   * @param perSecond the rate at which origins came into memory and answered
   */
  public record OriginAnswers(int wrong, double perSecond) {}

  /**
   * Asks all origins whether their alarms have fired, or are pending. To be called when they are
   * asleep.
   */
  public OriginAnswers ask(boolean fired) throws InterruptedException {
    var wrong = new AtomicInteger();
    try (var progress = context.progress("ask origins", origins)) {
      var driven =
          ClosedLoop.run(
              origins,
              context.size("concurrency"),
              origin ->
                  repeated(() -> api.ask(get(node.api() + "/origin?id=s" + origin)), TRIES)
                      .thenAccept(state -> wrong.addAndGet(isRight(state, origin, fired) ? 0 : 1)),
              progress);
      var unheard = origins - driven.ended() + driven.failed();
      return new OriginAnswers(
          wrong.get() + unheard, driven.ended() / (driven.elapsed().toNanos() / 1e9));
    }
  }

  private boolean isRight(JsonNode state, int origin, boolean fired) {
    var share = share(alarms, origins, origin);
    return state.path("fired").asInt(-1) == (fired ? share : 0)
        && state.path("pending").asInt(-1) == (fired ? 0 : share)
        && state.path("early").asInt(-1) == 0;
  }

  public JsonNode figures() {
    return api.ask(get(node.api() + "/stats")).join();
  }

  public long heap() {
    return api.ask(get(node.api() + "/heap")).join().path("bytes").asLong();
  }

  /** Waits until no origin is in memory, and then begins to count woken origins. */
  public void asleep(Duration limit) throws IOException, InterruptedException {
    if (!becomes(limit, figures -> figures.path("originsInMemory").asLong() == 0)) {
      throw new IOException("origins are still in memory after " + limit);
    }
    api.ask(post(node.api() + "/forget-woken")).join();
  }

  /** Polls the figures until the condition holds; false when it does not in time. */
  public boolean becomes(Duration limit, Predicate<JsonNode> so) throws InterruptedException {
    return Polling.until(limit, POLL_MS, () -> so.test(figures()));
  }
}
