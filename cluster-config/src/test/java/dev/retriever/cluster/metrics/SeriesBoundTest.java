package dev.retriever.cluster.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.meter.OriginMeter.Way;
import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.QueueView.Limit;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A node that meets hundreds of hosts, routes, queues, pools, types and reasons. */
class SeriesBoundTest {
  private static final int MANY = 400;
  private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");

  private final NodeMetrics metrics = new NodeMetrics(() -> 0);

  @Test
  void a_node_has_fewer_than_2000_series_whatever_it_meets() throws IOException {
    metrics.read(figures());
    exchanges();
    requests();
    fetches();

    var page = page(metrics.scrape(queues("queue-"), NOON));

    assertThat(series(page)).hasSizeLessThan(2_000);
    // It has met more than it shows.
    assertThat(page).contains("server_address=\"_other\"", "queue=\"_other\"", "reason=\"_other\"");
    assertThat(page).contains("http_route=\"_other\"");
  }

  private void exchanges() {
    for (var n = 0; n < MANY; n++) {
      for (var status = 200; status < 600; status += 37) {
        var request =
            FetchRequest.of(n % 3 == 0 ? "POST" : "GET", "https://host-" + n + ".example/secret");
        metrics.attempts().ended(request, answered(status), 1_000_000);
        metrics
            .attempts()
            .ended(request, new Report.NotSent(Stage.CONNECTING, "reason-" + status), 1_000_000);
      }
    }
  }

  private static Report answered(int status) {
    return new Report.Answered(new Response(status, List.of(), Body.EMPTY));
  }

  private void requests() {
    for (var n = 0; n < MANY; n++) {
      for (var status = 200; status < 600; status++) {
        metrics
            .requests()
            .answered("GET", "/v1/route-" + n, n % 2 == 0, "" + status, 0, Optional.empty());
      }
      metrics.requests().denied("reason-" + n);
    }
  }

  private void fetches() {
    for (var n = 0; n < MANY; n++) {
      for (var way : Way.values()) {
        metrics.origins().accepted("type-" + n, way);
      }
      var failed = new Outcome.Failed(Stage.QUEUED, "reason-" + n);
      metrics.origins().settled("type-" + n % 9, failed, Duration.ofSeconds(1), Optional.empty());
      metrics.origins().recovered("type-" + n);
    }
  }

  private static List<QueueMeasure> queues(String prefix) {
    var queues = new ArrayList<QueueMeasure>();
    for (var n = 0; n < MANY; n++) {
      queues.add(queue(prefix + n, n));
    }
    return queues;
  }

  private static QueueMeasure queue(String name, long grants) {
    var limited = new EnumMap<Limit, Duration>(Limit.class);
    Stream.of(Limit.values()).forEach(limit -> limited.put(limit, Duration.ofSeconds(grants)));
    return new QueueMeasure(
        QueueViews.view(name, Optional.empty(), QueueView.State.RUNNING, grants),
        1,
        limited,
        Optional.of(NOON),
        Optional.of(NOON));
  }

  private static NodeFigures.Sources figures() {
    var counts = Arrays.stream(Notice.values()).collect(Collectors.toMap(it -> it, it -> 1L));
    var origins = new TreeMap<String, OriginOperations.Stats>();
    var pools = new TreeMap<String, ExecutorPool.Stats>();
    var permits = new TreeMap<String, Integer>();
    for (var n = 0; n < MANY; n++) {
      origins.put("type-" + n, new OriginOperations.Stats(counts, 1, 1, 1));
      pools.put("pool-" + n, pool());
      permits.put("pool-" + n, 10);
    }
    return new NodeFigures.Sources(
        "1.0.0",
        () -> true,
        () -> true,
        () -> origins,
        () -> pools,
        () -> 1,
        permits,
        () -> new Parcels.Stats(1, 1),
        MemoryBudget.of(ConfigFactory.load()),
        Map.of("rows", () -> 1, "snapshots", () -> 1, "origins", () -> 1),
        () -> 1,
        () ->
            Map.of("up", 3, "joining", 1, "leaving", 1, "exiting", 1, "down", 1, "unreachable", 1),
        () -> Map.of("api", NOON, "management", NOON),
        () -> Map.of("pending", 1L, "rate", 1L, "bytes", 1L),
        () -> Map.of("sent", 1L, "dropped", 1L));
  }

  private static ExecutorPool.Stats pool() {
    return new ExecutorPool.Stats(1, 1, 1, new ExecutorPool.Stats.Most(1, 1, 1), 1, 1, 1);
  }

  private static String page(MetricSnapshots snapshots) throws IOException {
    var bytes = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(bytes, snapshots);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static List<String> series(String page) {
    return page.lines().filter(line -> !line.startsWith("#")).toList();
  }
}
