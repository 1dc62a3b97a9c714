package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The metrics of a live node, and what the documentation says of them. */
@ExtendWith(SharedNode.class)
class MetricsTest {
  private static final Path DOCUMENT = Path.of("../docs/metrics.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z_]+)` \\| [a-z]+ \\| ([a-z_`, ]*)\\| (.*) \\|");
  private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");

  /** Metrics that a node without TLS has not. */
  private static final String ONLY_SOMETIMES = "Only with TLS";

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  private final RunningNode node;
  private final TestTarget target;

  MetricsTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.target = target;
  }

  /** So that each metric has a series. */
  @BeforeEach
  void fetches() {
    node.management()
        .send(
            "PUT",
            "/admin/queues/metered",
            "{}".getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json");
    var fetch =
        json(
            "{'id': 'canary-fetch', 'queue': {'name': 'metered', 'key': 'canary-key'},"
                + " 'labels': {'canary-label': 'canary-value'}, 'request': {'url': '%s'}}",
            target.url("/status/200?canary-query"));
    // The node knows of a new queue a little later.
    Eventually.becomes(true, () -> node.api().submit("canary-origin", fetch).status() < 300);
    node.api().settled(Api.fetch("canary-origin", "canary-fetch"));
    node.api().get("/v1/origins/canary-origin/fetches/canary-none");
    node.api().get("/canary-path");
  }

  @Test
  void every_metric_is_documented_with_its_labels_and_every_documented_one_is_there()
      throws IOException {
    // The first scrape is in the second.
    MetricsPage.of(node);
    var live = MetricsPage.of(node).labelsByMetric();

    assertThat(live).isEqualTo(documented(live.keySet()));
  }

  private static Map<String, Set<String>> documented(Set<String> live) throws IOException {
    var documented = new TreeMap<String, Set<String>>();
    for (var line : Files.readAllLines(DOCUMENT)) {
      var row = ROW.matcher(line);
      if (row.matches() && !isLeftOut(row.group(1), row.group(3), live)) {
        var labels = new TreeSet<String>();
        CODE.matcher(row.group(2)).results().forEach(it -> labels.add(it.group(1)));
        documented.put(row.group(1), labels);
      }
    }
    return documented;
  }

  private static boolean isLeftOut(String metric, String text, Set<String> live) {
    return text.contains(ONLY_SOMETIMES) && !live.contains(metric);
  }

  @Test
  void every_metric_of_the_alerts_and_of_the_dashboard_is_there() throws IOException {
    MetricsPage.of(node);
    var live = MetricsPage.of(node).labelsByMetric().keySet();
    var expressions = new ArrayList<>(Monitoring.dashboardExpressions());
    Monitoring.rules().forEach(rule -> expressions.add(rule.get("expr").asText()));

    var used = new TreeSet<String>();
    expressions.forEach(it -> used.addAll(Monitoring.metrics(it, live)));
    used.remove("retriever_tls_certificate_expiry_timestamp_seconds"); // only with TLS

    assertThat(live).containsAll(used);
    assertThat(used).hasSizeGreaterThan(40);
  }

  @Test
  void no_label_holds_an_id_a_path_or_a_text_of_callers() {
    assertThat(node.management().get("/metrics").text()).doesNotContain("canary");
  }

  @Test
  void what_a_fetch_does_is_counted() {
    var before = MetricsPage.of(node);

    var fetch = json("{'id': 'counted', 'request': {'url': '%s'}}", target.url("/status/503"));
    node.api().submit("metered-origin", fetch);
    node.api().settled(Api.fetch("metered-origin", "counted"));

    var after = MetricsPage.of(node);
    assertGrown(before, after, "retriever_fetches_accepted_total", "dispatch", "pool");
    assertGrown(before, after, "retriever_fetches_settled_total", "outcome", "answered");
    assertGrown(before, after, "retriever_fetch_duration_seconds_count", "outcome", "answered");
    assertGrown(before, after, "retriever_attempts_total", "result", "answered");
    assertGrown(before, after, "retriever_attempt_wait_seconds_count");
    assertGrown(before, after, "retriever_journal_write_seconds_count");
    assertGrown(before, after, "retriever_journal_batch_rows_count");
    assertGrown(before, after, "retriever_recoveries_total", "origin_type", "http");
    assertGrown(
        before,
        after,
        "http_client_request_duration_seconds_count",
        "http_response_status_code",
        "503",
        "error_type",
        "503");
    assertGrown(
        before,
        after,
        "http_server_request_duration_seconds_count",
        "http_route",
        "/v1/origins/{origin}/fetches",
        "http_response_status_code",
        "202");
  }

  private static void assertGrown(
      MetricsPage before, MetricsPage after, String name, String... labels) {
    assertThat(after.sum(name, labels)).as(name).isGreaterThan(before.sum(name, labels));
  }

  @Test
  void buckets_lead_to_traces_that_are_recorded() {
    var fetch = json("{'id': 'traced', 'request': {'url': '%s'}}", target.url("/status/200"));
    node.api()
        .send(
            "POST",
            "/v1/origins/metered-origin/fetches",
            fetch.getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json",
            "traceparent",
            "00-" + TRACE + "-b7ad6b7169203331-01");
    node.api().settled(Api.fetch("metered-origin", "traced"));

    var page = node.management().get("/metrics", "Accept", "application/openmetrics-text").text();

    for (var metric :
        List.of(
            "http_server_request_duration_seconds",
            "http_client_request_duration_seconds",
            "retriever_fetch_duration_seconds")) {
      assertThat(page.lines().filter(line -> line.startsWith(metric + "_bucket")))
          .as(metric)
          .anyMatch(line -> line.contains("# {span_id=") && line.contains(TRACE));
    }
    assertThat(node.management().get("/metrics").text()).doesNotContain(TRACE);
  }

  @Test
  void openmetrics_is_for_those_who_accept_it() {
    var text = node.management().get("/metrics");
    var open =
        node.management()
            .get("/metrics", "Accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1");

    assertThat(text.header("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(open.header("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text");
    assertThat(open.text()).endsWith("# EOF\n");
  }
}
