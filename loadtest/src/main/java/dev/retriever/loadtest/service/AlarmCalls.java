package dev.retriever.loadtest.service;

import static org.asynchttpclient.Dsl.get;
import static org.asynchttpclient.Dsl.post;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.pace.ClosedLoop;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** An {@link AlarmNode} in a process of its own, and what scenarios ask of it. */
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

  /** As often as figures are asked for. */
  private static final int POLL_MS = 100;

  private final Context context;
  private final int alarms;
  private final int origins;
  private final Database database;
  private final NodeProcess node;
  private final Api api;

  public AlarmCalls(Context context, TestBed stage) throws IOException {
    this.context = context;
    alarms = context.size("alarms");
    origins = context.size("origins");
    database = stage.database();
    api = stage.api();
    node = stage.process(AlarmNode.class.getName(), Map.of(), OPTIONS);
  }

  public Database database() {
    return database;
  }

  /** How long it took until its first origin answered. */
  public Duration start() throws IOException, InterruptedException {
    return node.start();
  }

  public void stop() throws InterruptedException {
    node.stop();
  }

  /** How many of the alarms that origin gets. */
  public static int share(int alarms, int origins, int origin) {
    return alarms / origins + (origin < alarms % origins ? 1 : 0);
  }

  /**
   * Sets them all.
   *
   * @param every from one alarm of an origin to its next; origins begin one after the other
   */
  public ClosedLoop.Driven set(Instant first, Duration every) throws InterruptedException {
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

  /** What was not answered may have been done. To do it again changes nothing. */
  private static CompletableFuture<JsonNode> repeated(
      Supplier<CompletableFuture<JsonNode>> call, int tries) {
    return call.get()
        .exceptionallyCompose(
            failure ->
                tries > 1 ? repeated(call, tries - 1) : CompletableFuture.failedFuture(failure));
  }

  /**
   * What all origins said of themselves.
   *
   * @param wrong those that did not say that each of their alarms has rung once, or that each is
   *     pending, as was asked
   * @param perSecond how many came into memory and said it
   */
  public record Asked(int wrong, double perSecond) {}

  /** To be called when they are asleep. */
  public Asked ask(boolean rung) throws InterruptedException {
    var wrong = new AtomicInteger();
    try (var progress = context.progress("ask origins", origins)) {
      var driven =
          ClosedLoop.run(
              origins,
              context.size("concurrency"),
              origin ->
                  repeated(() -> api.ask(get(node.api() + "/origin?id=s" + origin)), TRIES)
                      .thenAccept(state -> wrong.addAndGet(isRight(state, origin, rung) ? 0 : 1)),
              progress);
      var unheard = origins - driven.ended() + driven.failed();
      return new Asked(wrong.get() + unheard, driven.ended() / (driven.elapsed().toNanos() / 1e9));
    }
  }

  private boolean isRight(JsonNode state, int origin, boolean rung) {
    var share = share(alarms, origins, origin);
    return state.path("rang").asInt(-1) == (rung ? share : 0)
        && state.path("pending").asInt(-1) == (rung ? 0 : share)
        && state.path("early").asInt(-1) == 0;
  }

  public JsonNode figures() {
    return api.ask(get(node.api() + "/stats")).join();
  }

  public long heap() {
    return api.ask(get(node.api() + "/heap")).join().path("bytes").asLong();
  }

  /** Waits until no origin is in memory, and counts from then on those that come back. */
  public void asleep(Duration limit) throws IOException, InterruptedException {
    if (!becomes(limit, figures -> figures.path("originsInMemory").asLong() == 0)) {
      throw new IOException("origins are still in memory after " + limit);
    }
    api.ask(post(node.api() + "/forget-woken")).join();
  }

  /** Polls until the figures are so; whether they became so in time. */
  public boolean becomes(Duration limit, Predicate<JsonNode> so) throws InterruptedException {
    var until = System.nanoTime() + limit.toNanos();
    while (!so.test(figures())) {
      if (System.nanoTime() > until) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    return true;
  }
}
