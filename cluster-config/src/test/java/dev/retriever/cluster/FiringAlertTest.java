package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, with the rules of this project, scrapes a real node that is hurt. */
class FiringAlertTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path directory;

  @Test
  void an_alert_fires_while_the_database_is_away_and_ends_when_it_is_back() throws Exception {
    PrometheusTools.program("prometheus");
    try (var postgres = TestPostgres.start(directory.resolve("pg"));
        var node = RunningNode.start(directory.resolve("node"), postgres.database());
        var prometheus = Prometheus.start(directory.resolve("prometheus"), node)) {
      Eventually.becomes(true, () -> prometheus.holds("retriever_storage_up == 1"));
      assertThat(prometheus.firing()).isEmpty();

      postgres.stop();

      Eventually.becomes(Set.of("RetrieverStorageAway"), prometheus::firing);

      postgres.start();

      Eventually.becomes(Set.of(), prometheus::firing);
    }
  }

  /**
   * The rules are those of the project, but an alert fires after a second and not after minutes.
   */
  private record Prometheus(Process process, String url) implements AutoCloseable {
    static Prometheus start(Path home, RunningNode node) throws IOException {
      Files.createDirectories(home);
      var port = FreePort.on(List.of("127.0.0.1"));
      var rules =
          Files.readString(Monitoring.RULES)
              .replaceAll("for: \\d+m", "for: 1s")
              .replaceAll("interval: 15s", "interval: 1s");
      Files.writeString(home.resolve("rules.yaml"), rules);
      var target = URI.create(node.management().url()).getAuthority();
      Files.writeString(
          home.resolve("prometheus.yaml"),
          """
          global: {scrape_interval: 1s, evaluation_interval: 1s}
          rule_files: [rules.yaml]
          scrape_configs:
          - job_name: retriever
            static_configs: [{targets: ["%s"]}]
          """
              .formatted(target));
      var process =
          new ProcessBuilder(
                  PrometheusTools.program("prometheus").toString(),
                  "--config.file=" + home.resolve("prometheus.yaml"),
                  "--storage.tsdb.path=" + home.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("log").toFile())
              .start();
      return new Prometheus(process, "http://127.0.0.1:" + port);
    }

    /** The names of the alerts that fire. */
    Set<String> firing() {
      var names = new TreeSet<String>();
      for (var alert : get("/api/v1/alerts").at("/data/alerts")) {
        if (alert.get("state").asText().equals("firing")) {
          names.add(alert.at("/labels/alertname").asText());
        }
      }
      return names;
    }

    boolean holds(String query) {
      var encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
      return !get("/api/v1/query?query=" + encoded).at("/data/result").isEmpty();
    }

    /** Nothing while it starts. */
    private JsonNode get(String path) {
      try {
        var request = HttpRequest.newBuilder(URI.create(url + path)).build();
        var answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.nullNode();
      } catch (ConnectException e) {
        return JSON.nullNode();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() {
      process.destroy();
      process
          .onExit()
          .orTimeout(20, TimeUnit.SECONDS)
          .exceptionally(late -> process.destroyForcibly())
          .join();
    }
  }
}
