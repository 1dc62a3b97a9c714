package dev.retriever.cluster.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is left of labels when callers send whatever uses them up. */
class CrowdedLabelsTest {
  private static final List<String> METHODS =
      List.of(
          "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "ODD");

  private final NodeMetrics metrics = new NodeMetrics(() -> 0);

  private String page() throws IOException {
    var bytes = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(bytes, metrics.scrape(List.of(), Instant.EPOCH));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void served(String method, String route, String status) {
    metrics.requests().answered(method, route, false, status, 0, Optional.empty());
  }

  @Test
  void a_caller_without_a_credential_takes_no_labels_of_others() throws IOException {
    for (var method : METHODS) {
      for (var status : List.of("400", "401", "403", "404", "405", "429")) {
        for (var n = 0; n < 30; n++) {
          served(method, "/v1/route-" + n, status);
        }
      }
    }

    served("POST", "/v1/origins/{origin}/fetches", "202");

    var page = page();
    assertThat(page)
        .contains(
            "http_server_request_duration_seconds_count{http_request_method=\"POST\","
                + "http_response_status_code=\"202\",http_route=\"/v1/origins/{origin}/fetches\"")
        .doesNotContain("route-")
        .doesNotContain("ODD");
  }

  @Test
  void the_last_labels_of_requests_keep_the_class_of_the_status() throws IOException {
    for (var n = 0; n < 100; n++) {
      for (var status = 200; status < 230; status++) {
        served("GET", "/v1/route-" + n, "" + status);
      }
    }

    served("GET", "/v1/new", "503");
    served("GET", "/v1/new", "odd");

    assertThat(page())
        .contains("http_response_status_code=\"2xx\",http_route=\"_other\"")
        .contains("http_response_status_code=\"5xx\",http_route=\"_other\"")
        .contains("http_response_status_code=\"_other\",http_route=\"_other\"");
  }

  private void exchanged(String host, int status) {
    metrics
        .attempts()
        .ended(
            FetchRequest.of("GET", "https://" + host + ".example/"),
            new Report.Answered(new Response(status, List.of(), Body.EMPTY)),
            0);
  }

  private void failed(String host) {
    metrics
        .attempts()
        .ended(
            FetchRequest.of("GET", "https://" + host + ".example/"),
            new Report.NotSent(Stage.CONNECTING, "refused"),
            0);
  }

  @Test
  void a_success_is_no_error_also_when_its_labels_are_used_up() throws IOException {
    for (var n = 0; n < 200; n++) {
      for (var status = 200; status < 240; status++) {
        exchanged("host-" + n, status);
      }
    }
    assertThat(page().lines())
        .filteredOn(line -> line.startsWith("http_client_request_duration_seconds_count"))
        .allMatch(line -> line.contains("error_type=\"\""));

    exchanged("new", 500);

    assertThat(page()).contains("error_type=\"_other\"");
  }

  @Test
  void a_host_gets_a_label_when_it_has_answered_once() throws IOException {
    for (var n = 0; n < 500; n++) {
      failed("made-up-" + n);
    }
    exchanged("real", 200);
    failed("real");

    assertThat(page())
        .doesNotContain("made-up")
        .contains(
            "error_type=\"refused\",http_request_method=\"GET\","
                + "http_response_status_code=\"\",server_address=\"real.example\"")
        .contains(
            "error_type=\"refused\",http_request_method=\"GET\","
                + "http_response_status_code=\"\",server_address=\"_other\"");
  }

  @Test
  void exchanges_of_a_few_milliseconds_have_a_bucket_of_their_own() throws IOException {
    exchanged("real", 200);

    assertThat(page()).containsPattern("http_client_request_duration_seconds_bucket.*le=\"0.01\"");
  }
}
