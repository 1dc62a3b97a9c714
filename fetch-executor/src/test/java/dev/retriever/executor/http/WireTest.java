package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.http.TransportFixture.Call;
import dev.retriever.executor.http.WireCase.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each method against each thing that a target may do: how many requests reach it, and what is
 * said. The table in {@code docs/failure-modes.md} is the one that is tested here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WireTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "failure-modes.md");
  private static final String BEGIN = "<!-- the wire: made by WireTest -->\n";
  private static final String END = "<!-- end of the wire -->\n";
  private static final Body BODY = Body.utf8("x".repeat(256 << 10));
  private static final TargetResolver.Lookup LOCAL =
      host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")};

  /** Bound, so that nobody else is; nobody listens. */
  private final Socket nobody = new Socket();

  private List<WireCase> cases;

  @BeforeAll
  void make_the_cases(@TempDir Path directory) throws IOException {
    nobody.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    cases = WireCases.all(new TestCertificates(directory));
  }

  @AfterAll
  void close() throws IOException {
    nobody.close();
  }

  List<WireCase> cases() {
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void one_request_at_most_and_no_more_said_than_is_known(WireCase row) throws Exception {
    var targets = new ArrayList<RawTarget>();
    try (var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, settings(row))) {
      var calls = new ArrayList<Call>();
      for (var method : row.methods()) {
        var target = row.layer() == null ? null : new RawTarget(row.layer(), row.script());
        targets.add(target);
        calls.add(fixture.start(request(row, method, target)));
      }
      var seen = new LinkedHashMap<String, Seen>();
      for (var i = 0; i < calls.size(); i++) {
        seen.put(row.methods().get(i), seen(row, targets.get(i), calls.get(i)));
      }
      assertThat(seen.values()).as("%s: %s", row, seen).containsOnly(row.expected());
    } finally {
      for (var target : targets) {
        if (target != null) {
          target.close();
        }
      }
    }
  }

  private static String[] settings(WireCase row) {
    var impatient = row.expected().word().equals(FailureReason.TLS_TIMEOUT);
    return new String[] {
      "connect-timeout = " + (impatient ? "2s" : "60s"),
      "tls.trust = \"" + (row.trusted() == null ? "" : row.trusted()) + "\""
    };
  }

  private FetchRequest request(WireCase row, String method, RawTarget target) {
    var port = target == null ? nobody.getLocalPort() : target.port();
    var request =
        FetchRequest.of(method, row.scheme() + "://" + row.host() + ":" + port + "/" + method);
    return List.of("POST", "PUT", "PATCH").contains(method) ? request.body(BODY) : request;
  }

  private static Seen seen(WireCase row, RawTarget target, Call call) throws Exception {
    if (row.hangs()) {
      await(() -> call.stage() == row.expected().stage() && target.begun() == 1);
      call.exchange.abort(Report.TIMEOUT);
    }
    var report = call.report();
    assertThat(call.reports()).isEqualTo(1);
    if (target != null) {
      assertThat(target.connections()).isEqualTo(1);
    }
    return Seen.of(target == null ? 0 : target.begun(), report);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (var round = 0; !condition.getAsBoolean(); round++) {
      assertThat(round).as("rounds of waiting").isLessThan(60_000);
      Thread.sleep(1);
    }
  }

  @Test
  void the_document_shows_this_table() throws IOException {
    var table =
        cases.stream()
            .map(WireCase::row)
            .collect(
                Collectors.joining(
                    "\n",
                    """
                    | the target | method | requests it gets | outcome | stage, reason or status |
                    |---|---|---|---|---|
                    """,
                    "\n"));
    var document = Files.readString(DOCUMENT);
    var begin = document.indexOf(BEGIN) + BEGIN.length();
    var end = document.indexOf(END);
    if (Boolean.getBoolean("retriever.renew-documents")) {
      Files.writeString(DOCUMENT, document.substring(0, begin) + table + document.substring(end));
      return;
    }
    assertThat(document.substring(begin, end))
        .as(
            "renew it: mvn test -pl fetch-executor -Dtest=WireTest -Dretriever.renew-documents=true")
        .isEqualTo(table);
  }
}
