package dev.retriever.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.retriever.client.wire.ClientTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchWatchTest {
  private static final String SETTLED =
      "id: 5\nevent: outcome\ndata: {\"originId\":\"o\",\"id\":\"f\",\"state\":\"settled\","
          + "\"acceptedAt\":\"2026-01-15T10:00:00Z\",\"settledAt\":\"2026-01-15T10:00:00Z\","
          + "\"outcome\":{\"type\":\"cancelled\",\"reason\":\"not-sent\"},\"attempts\":[]}\n\n";

  @TempDir Path home;

  private int watch(String... options) throws IOException {
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var server = HttpServer.create(loopback, 10);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(SETTLED.getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
        });
    server.start();
    try {
      var url = "http://127.0.0.1:" + server.getAddress().getPort();
      var words = "fetch watch o --url " + url + " " + String.join(" ", options);
      return Cli.run(
          new Surroundings(
              InputStream.nullInputStream(),
              new PrintWriter(new StringWriter()),
              new PrintWriter(new StringWriter()),
              Map.of("HOME", home.toString()),
              false,
              ClientTime.SYSTEM,
              Optional.empty()),
          words.split(" "));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_wait_in_which_not_all_settle_ends_with_a_code_of_its_own() throws IOException {
    assertThat(watch("--count 2 --wait 100ms")).isEqualTo(14);
  }

  @Test
  void it_is_done_when_so_many_have_settled() throws IOException {
    assertThat(watch("--count 1 --wait 60s")).isZero();
  }
}
