package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a node as it comes: nothing private may be called. */
class BadInputTest {
  private static final String ORIGIN = "bad-input";
  private static final String SECRET = "s3cr3t";
  private static final Duration QUICK = Duration.ofSeconds(30);

  private static RunningNode node;
  private static Api api;

  /** In the journal, of all origins, before each. */
  private int rows;

  @BeforeAll
  static void start(@TempDir Path dataDir) throws Exception {
    node = RunningNode.start(dataDir);
    api = node.api();
    // The first requests of a JVM are slow.
    api.settled("warm-up", "{\"request\": {\"url\": \"http://nobody.invalid/\"}}");
  }

  @BeforeEach
  void count() throws Exception {
    rows = node.journaled();
  }

  @AfterEach
  void nothing_was_persisted() throws Exception {
    assertThat(node.journaled()).isEqualTo(rows);
  }

  @AfterAll
  static void nothing_is_to_be_seen_and_the_node_is_well() throws Exception {
    try (var stopped = node) {
      assertThat(api.get(Api.fetches(ORIGIN)).text()).isEqualTo("{\"items\":[]}");
      assertThat(stopped.stat("/accepted")).as("only the one to warm up").isEqualTo(1);
      assertThat(stopped.management().get("/ready").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "/bad-input.csv", delimiter = '|', quoteCharacter = '`')
  void bad_input_is_refused(
      String name, String headers, String body, int status, String problem, String pointer)
      throws Exception {
    var start = System.nanoTime();

    var answer =
        api.send("POST", Api.fetches(ORIGIN), BadInputs.body(ours(body)), withContentType(headers));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICK);
    assertProblem(answer, status, problem);
    assertThat(pointers(answer)).isEqualTo(expected(pointer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"@blanks 2162689", "@blanks 3000000", "@blanks 10000000"})
  void a_body_of_unknown_length_is_refused_where_it_becomes_too_large(String body) {
    var answer = api.sendInChunks(Api.fetches(ORIGIN), BadInputs.body(body), withContentType(null));

    assertProblem(answer, 413, "payload-too-large");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /v1/origins/..%2f/fetches",
    "GET,  /v1/origins/a%00b/fetches",
    "GET,  /v1/origins/%C3%A9/fetches",
    "GET,  /v1/origins/a%0d%0ab/fetches",
    "GET,  /v1/origins/.a/fetches",
    "GET,  /v1/origins/a%7Cb/fetches",
    "GET,  /v1/origins/%FF/fetches",
    "GET,  /v1/origins/a/fetches/..%2f..%2fx",
    "GET,  /v1/origins/a/fetches/%20",
    "DELETE, /v1/origins/a/fetches/..%2fx",
    "POST, /v1/origins/..%2f/fetches",
    "GET,  /v1/origins/bad-input/fetches?limit=0",
    "GET,  /v1/origins/bad-input/fetches?limit=-1",
    "GET,  /v1/origins/bad-input/fetches?limit=",
    "GET,  /v1/origins/bad-input/fetches?limit=ten",
    "GET,  /v1/origins/bad-input/fetches?limit=1.5",
    "GET,  /v1/origins/bad-input/fetches?state=",
    "GET,  /v1/origins/bad-input/fetches?state=running",
    "GET,  /v1/origins/bad-input/fetches?cursor=",
    "GET,  /v1/origins/bad-input/fetches?cursor=!",
    "GET,  /v1/origins/bad-input/fetches?cursor=AAAA",
    "GET,  /v1/origins/bad-input/fetches?cursor=djE6YWxsOi0x",
  })
  void bad_paths_and_queries_are_refused(String method, String path) {
    var body = method.equals("POST") ? BadInputs.body("fetch: \"id\": \"a\"") : null;

    var answer = api.send(method, path, body, withContentType(null));

    assertProblem(answer, 400, "malformed-request");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /v1/origins//fetches",
    "POST, /v1/origins//fetches",
    "GET,  /v1/origins/a/fetches/",
    "GET,  /v1/origins/a/fetches//",
    "GET,  /v1/origins/../nothing",
    "GET,  /v1/origins/a/fetches/b/c",
    "GET,  /",
    "GET,  /v1/",
  })
  void where_there_is_nothing_nothing_is_found(String method, String path) {
    var body = method.equals("POST") ? BadInputs.body("fetch: \"id\": \"a\"") : null;

    assertProblem(api.send(method, path, body, withContentType(null)), 404, "not-found");
  }

  @ParameterizedTest
  @ValueSource(ints = {129, 300, 1500})
  void an_id_that_is_too_long_is_refused(int length) {
    var id = "a".repeat(length);

    assertProblem(api.get(Api.fetches(id)), 400, "malformed-request");
    assertProblem(api.get(Api.fetch("a", id)), 400, "malformed-request");
    assertProblem(api.delete(Api.fetch("a", id)), 400, "malformed-request");
  }

  /** With the addresses of the node in place of their names. */
  private static String ours(String body) throws SocketException {
    return body.replace("{api}", api.url())
        .replace("{management}", node.management().url())
        .replace("{remoting}", node.remoting().replaceFirst(".*@", ""))
        .replace("{address}", address());
  }

  private static String address() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElse("127.0.0.1");
  }

  private static void assertProblem(Api.Answer answer, int status, String problem) {
    assertThat(answer.status() + " " + answer.at("/type"))
        .as(answer.text())
        .isEqualTo(status + " /problems/" + problem);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.at("/status")).isEqualTo("" + status);
    assertThat(answer.at("/title")).isNotEmpty();
    assertThat(answer.at("/detail")).isNotEmpty();
    assertThat(answer.text()).doesNotContain(SECRET).doesNotContain("Exception");
  }

  private static List<String> pointers(Api.Answer answer) {
    return StreamSupport.stream(answer.json().path("errors").spliterator(), false)
        .map(error -> error.get("pointer").asText())
        .toList();
  }

  private static List<String> expected(String pointer) throws Exception {
    if ("-".equals(pointer)) {
      return List.of();
    }
    var escaped = pointer == null ? "" : pointer;
    return List.of(new ObjectMapper().readValue('"' + escaped + '"', String.class));
  }

  /** From {@code Name: value ; Name: value}. */
  private static String[] withContentType(String headers) {
    var all = new ArrayList<String>();
    for (var header : headers == null ? new String[0] : headers.split(" ; ")) {
      all.addAll(List.of(header.split(": ", 2)));
    }
    var own = all.indexOf("Content-Type");
    if (own < 0) {
      all.addAll(List.of("Content-Type", "application/json"));
    } else if (all.get(own + 1).equals("-")) {
      all.subList(own, own + 2).clear();
    }
    return all.toArray(String[]::new);
  }
}
