package dev.retriever.loadtest.service;

import dev.retriever.origin.Origins;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A service in its own process that uses the library. HTTP calls set alarms on {@link Sleeper}s and
 * read the results.
 */
final class AlarmNode {
  private static final String TYPE = "sleeper";
  private final ConcurrentHistogram lateMillis =
      new ConcurrentHistogram(TimeUnit.HOURS.toMillis(1), 3);
  private Origins<Sleeper.Command> origins;
  private long fired;
  private long early;
  private long woken;
  private long firstWoken;
  private long lastWoken;

  private AlarmNode() {}

  /** Takes no arguments; the settings are a node's. Runs until it is stopped. */
  public static void main(String[] args) throws IOException {
    new AlarmNode().start();
  }

  private void start() throws IOException {
    origins =
        Embedding.start(
            TYPE,
            system -> {
              ActorRef<Instant> fired = system.systemActorOf(firing(), "fired", Props.empty());
              return new Sleeper(this::inMemory, fired);
            });
    Embedding.serve(
        Map.of(
            "POST /set",
            this::set,
            "GET /origin",
            parameters ->
                found(origins.<Sleeper.AlarmCounts>ask(parameters.get("id"), Sleeper.Get::new)),
            "POST /forget-woken",
            parameters -> CompletableFuture.completedFuture(forgetWoken()),
            "GET /stats",
            parameters -> CompletableFuture.completedFuture(figures()),
            "GET /heap",
            parameters -> CompletableFuture.completedFuture("{\"bytes\": %d}".formatted(heap()))));
  }

  private Behavior<Instant> firing() {
    return Behaviors.receiveMessage(
        due -> {
          var late = Duration.between(due, Instant.now()).toMillis();
          synchronized (this) {
            fired++;
            early += late < 0 ? 1 : 0;
          }
          lateMillis.recordValue(
              Math.max(0, Math.min(late, lateMillis.getHighestTrackableValue())));
          return Behaviors.same();
        });
  }

  private synchronized void inMemory() {
    lastWoken = System.nanoTime();
    firstWoken = woken == 0 ? lastWoken : firstWoken;
    woken++;
  }

  private CompletionStage<String> set(Map<String, String> parameters) {
    var first = Instant.ofEpochMilli(Long.parseLong(parameters.get("first")));
    var every = Duration.ofNanos(1_000 * Long.parseLong(parameters.get("everyMicros")));
    var alarms = Integer.parseInt(parameters.get("alarms"));
    return found(
        origins.ask(
            parameters.get("id"), replyTo -> new Sleeper.SetAlarms(alarms, first, every, replyTo)));
  }

  private static CompletionStage<String> found(CompletionStage<Sleeper.AlarmCounts> state) {
    return state.thenApply(
        now ->
            "{\"fired\": %d, \"early\": %d, \"pending\": %d}"
                .formatted(now.fired(), now.early(), now.pending()));
  }

  private synchronized String forgetWoken() {
    woken = 0;
    return "{}";
  }

  private synchronized String figures() {
    return String.format(
        Locale.ROOT,
        "{\"fired\": %d, \"early\": %d, \"p50\": %d, \"p99\": %d, \"max\": %d,"
            + " \"woken\": %d, \"wakingNanos\": %d, \"originsInMemory\": %d}",
        fired,
        early,
        lateMillis.getValueAtPercentile(50),
        lateMillis.getValueAtPercentile(99),
        lateMillis.getMaxValue(),
        woken,
        woken == 0 ? 0 : lastWoken - firstWoken,
        origins.operations().stats().inMemory());
  }

  /** The size of the heap after garbage collection. */
  private static long heap() {
    for (var i = 0; i < 3; i++) {
      System.gc();
    }
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
