package dev.retriever.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.retriever.client.wire.ClientTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysAreSecretTest {
  private static final String KEY = "rtv_abcdefghij27_topsecret_1";

  @TempDir Path home;

  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final StringWriter shown = new StringWriter();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/",
        exchange -> {
          sent.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          var body =
              "{\"type\":\"/problems/unauthenticated\",\"status\":401,\"detail\":\"no valid credential\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/problem+json");
          exchange.sendResponseHeaders(401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int run(String input, String... args) {
    return run(input, Map.of(), args);
  }

  private int run(String input, Map<String, String> variables, String... args) {
    var environment = new HashMap<>(variables);
    environment.put("HOME", home.toString());
    return Cli.run(
        new Surroundings(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(shown, true),
            new PrintWriter(shown, true),
            environment,
            false,
            ClientTime.SYSTEM,
            Optional.empty()),
        args);
  }

  private String keyFile() throws IOException {
    return Files.writeString(home.resolve("key"), KEY + "\n").toString();
  }

  @Test
  void a_key_of_a_file_is_sent_and_its_refusal_is_told_without_it() throws IOException {
    var code = run("", "fetch", "get", "o", "f", "--url", url(), "--key-file", keyFile());

    assertThat(code).isEqualTo(1);
    assertThat(sent).containsExactly("Bearer " + KEY);
    assertThat(shown.toString())
        .contains("401 unauthenticated: no valid credential", "next: Give a key that is valid")
        .doesNotContain("topsecret");
  }

  @Test
  void a_key_of_standard_input_is_kept_in_its_context_and_listed_by_no_command() {
    run(KEY + "\n", "context", "add", "prod", "--url", url(), "--key-file", "-");
    run("", "context", "list");
    run("", "context", "list", "-o", "json");
    run("", "fetch", "get", "o", "f");

    assertThat(sent).containsExactly("Bearer " + KEY);
    assertThat(shown.toString()).contains("kept here").doesNotContain("topsecret");
  }

  @Test
  void a_key_that_was_given_for_one_node_goes_to_no_other() {
    run(KEY + "\n", "context", "add", "prod", "--url", "http://127.0.0.1:1", "--key-file", "-");
    run("", "fetch", "get", "o", "f", "--url", url());

    assertThat(sent).containsExactly("null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--url", "--management", "--context prod --url"})
  void an_address_in_place_of_a_context_s_gets_no_key_of_it(String option) {
    context("http://127.0.0.1:1");
    var command = option.equals("--management") ? "queue get q" : "fetch get o f";
    run("", (command + " " + option + " " + url()).split(" "));

    assertThat(sent).containsExactly("null");
  }

  private void context(String url) {
    run(KEY + "\n", "context", "add", "prod", "--url", url, "--key-file", "-");
  }

  @Test
  void a_variable_in_place_of_an_address_gets_no_key_of_a_context_and_the_next_step_says_so() {
    context("http://127.0.0.1:1");
    run("", Map.of("RETRIEVER_MANAGEMENT", url()), "queue", "get", "q");
    run("", Map.of("RETRIEVER_URL", url()), "fetch", "get", "o", "f");

    assertThat(sent).containsExactly("null", "null");
    assertThat(shown.toString())
        .contains("next: Give a key with --key-file: that of the context is sent to the addresses");
  }

  @Test
  void a_named_context_is_used_as_it_is_whatever_the_variables_say() {
    context(url());
    var elsewhere = "http://127.0.0.1:1";
    run(
        "",
        Map.of("RETRIEVER_URL", elsewhere, "RETRIEVER_MANAGEMENT", elsewhere),
        "fetch",
        "get",
        "o",
        "f",
        "--context",
        "prod");

    assertThat(sent).containsExactly("Bearer " + KEY);
  }

  @Test
  void standard_input_is_a_key_or_a_body_and_not_both() {
    var code =
        run(KEY, ("fetch submit o http://a.example --key-file - -d @- --url " + url()).split(" "));

    assertThat(code).isEqualTo(2);
    assertThat(sent).isEmpty();
    assertThat(shown.toString())
        .contains("standard input can be read once", "next: Give a file in place of one - or @-")
        .doesNotContain("topsecret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fetch get o f", "fetch cancel o f", "doctor", "key list", "bulk list"})
  void curl_has_a_variable_in_place_of_the_key_and_sends_nothing(String command)
      throws IOException {
    var args = (command + " --curl --url " + url() + " --management " + url()).split(" ");
    var code = run("", concat(args, "--key-file", keyFile()));

    assertThat(code).isZero();
    assertThat(sent).isEmpty();
    assertThat(shown.toString())
        .startsWith("curl ")
        .contains(" -H @- <<END\nAuthorization: Bearer $RETRIEVER_KEY\nEND\n")
        .doesNotContain("topsecret");
  }

  @Test
  void a_key_file_that_cannot_be_read_is_named() {
    var code = run("", "fetch", "get", "o", "f", "--key-file", "/nowhere/key");

    assertThat(code).isEqualTo(1);
    assertThat(shown.toString()).contains("the key cannot be read from /nowhere/key");
  }

  @Test
  void a_call_for_operators_says_which_option_is_missing() {
    assertThat(run("", "queue", "list", "--url", url())).isEqualTo(1);
    assertThat(shown.toString()).contains("goes to the management port", "Add --management URL");
  }

  @Test
  void no_option_takes_a_key_itself() {
    assertThat(run("", "fetch", "get", "o", "f", "--key", KEY)).isEqualTo(2);
    assertThat(shown.toString()).contains("Unknown option");
  }

  private static String[] concat(String[] args, String... more) {
    var all = new ArrayList<>(List.of(args));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
