package dev.retriever.loadtest.bars;

import com.sun.net.httpserver.HttpServer;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The price of metrics and traces: the same quick fetches through two nodes that measure nothing,
 * one whose metrics are scraped, and one that sends a hundredth of its traces to a collector, too.
 */
public final class WatchCost {
  /** As Prometheus does by default, though a node works a third of the time. */
  private static final int SCRAPE_SECONDS = 15;

  private static final double METRICS_MOST = 1.03;
  private static final double TRACES_MOST = 1.02;
  private static final double NOISE = 0.05;

  private final TestBed stage;
  private final InTurn<Kind> nodes;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicLong scraped = new AtomicLong();
  private final AtomicLong traced = new AtomicLong();

  /** A kind of node. */
  private enum Kind {
    UNWATCHED("nothing measured"),
    /** Shows by how much nodes differ that are the same. */
    AGAIN("nothing measured, again"),
    METRICS("metrics, scraped"),
    TRACES("metrics, and traces of 1 %");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    private boolean isWatched() {
      return this == METRICS || this == TRACES;
    }

    private String[] options(int collector) {
      return switch (this) {
        case UNWATCHED, AGAIN -> new String[] {"-Dretriever.node.metrics.enabled=off"};
        case METRICS -> new String[0];
        case TRACES ->
            new String[] {
              "-Dretriever.node.traces.endpoint=http://127.0.0.1:" + collector,
              "-Dretriever.node.traces.ratio=0.01"
            };
      };
    }
  }

  public WatchCost(TestBed stage) {
    this.stage = stage;
    this.nodes = new InTurn<>(stage, Kind.class, kind -> kind.label);
  }

  public void run() throws IOException, InterruptedException {
    var collector = collector();
    var scraper = Executors.newSingleThreadScheduledExecutor();
    try {
      nodes.run(kind -> start(kind, collector.getAddress().getPort(), scraper));
    } finally {
      scraper.shutdownNow();
      collector.stop(0);
    }
    nodes.tables();
    report();
  }

  private void report() throws IOException {
    var draft = stage.draft();
    draft.finding(
        String.format(
            Locale.ROOT,
            "Two nodes of the same kind differed by a factor of %.3f in this run; smaller"
                + " differences say nothing.",
            nodes.ratio(Kind.AGAIN, Kind.UNWATCHED)));
    draft.graded(
        "processor time of a fetch with metrics, against none",
        nodes.ratio(Kind.METRICS, Kind.UNWATCHED),
        "×",
        Grade.Bar.atMost(METRICS_MOST, METRICS_MOST + NOISE));
    draft.graded(
        "processor time of a fetch with traces, against metrics alone",
        nodes.ratio(Kind.TRACES, Kind.METRICS),
        "×",
        Grade.Bar.atMost(TRACES_MOST, TRACES_MOST + NOISE));
    draft.promise("metrics that were scraped, bytes", scraped.get() > 0, scraped.get(), "some");
    draft.promise("spans that were collected, bytes", traced.get() > 0, traced.get(), "some");
  }

  private InTurn.Way start(Kind kind, int collector, ScheduledExecutorService scraper)
      throws IOException, InterruptedException {
    var node =
        stage.startApart(kind.name().toLowerCase(Locale.ROOT), Map.of(), kind.options(collector));
    if (kind.isWatched()) {
      scraper.scheduleWithFixedDelay(() -> scrape(node), 1, SCRAPE_SECONDS, TimeUnit.SECONDS);
    }
    return new InTurn.Way(node, stage.api(), InTurn.fetch(stage));
  }

  private void scrape(NodeProcess node) {
    var page = URI.create(node.management() + "/metrics");
    client
        .sendAsync(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofByteArray())
        .thenAccept(it -> scraped.addAndGet(it.statusCode() == 200 ? it.body().length : 0));
  }

  private HttpServer collector() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          traced.addAndGet(exchange.getRequestBody().readAllBytes().length);
          exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }
}
