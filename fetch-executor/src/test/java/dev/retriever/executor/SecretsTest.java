package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("KEY", "k-123", "EMPTY", "", "LINES", "a\nb");

  private final List<FetchRequest> sent = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  @TempDir private Path directory;

  private static Secrets secrets(String settings) {
    var config =
        ConfigFactory.parseString("retriever.executor.transport.secrets {" + settings + "}");
    return Secrets.from(config, ENVIRONMENT::get);
  }

  private static Secrets stripe() {
    return secrets("stripe { env = KEY, hosts = [api.stripe.example] }");
  }

  private static FetchRequest request(String url) {
    return FetchRequest.post(url)
        .header("X-Plain", "as it is")
        .secret("Authorization", "Bearer ", "stripe");
  }

  private void start(Secrets secrets, FetchRequest request) {
    secrets
        .filledInBefore(
            (key, it, takenAt, done) -> {
              sent.add(it);
              return reason -> {};
            })
        .start(new AttemptKey("t", "o", "f", 1), request, 0, reports::add);
  }

  @Test
  void a_header_is_sent_with_its_secret_behind_what_goes_before_it() {
    start(stripe(), request("https://api.stripe.example/v1"));

    assertThat(sent.get(0).headers())
        .containsExactly(
            new Header("X-Plain", "as it is"), new Header("Authorization", "Bearer k-123"));
    assertThat(reports).isEmpty();
  }

  @Test
  void a_request_without_secrets_is_sent_as_it_is() {
    var plain = FetchRequest.get("http://anywhere.example/").header("A", "b");

    start(stripe(), plain);

    assertThat(sent).containsExactly(plain);
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.example/",
    "https://api.stripe.example.evil.net/",
    "http://api.stripe.example/"
  })
  void a_secret_goes_to_its_hosts_only_and_not_without_tls(String url) {
    assertThatThrownBy(() -> stripe().check(request(url)))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("the secret stripe is not for http")
        .extracting(e -> ((InvalidRequest) e).pointer())
        .isEqualTo("/headers/Authorization");

    start(stripe(), request(url));

    assertThat(sent).isEmpty();
    assertThat(reports)
        .containsExactly(new Report.NotSent(Stage.EGRESS_DENIED, "secret-not-allowed"));
  }

  @Test
  void it_may_go_without_tls_where_that_is_said() {
    var secrets = secrets("stripe { env = KEY, hosts = [inside.example], plain-http = on }");
    var request = request("http://inside.example/");

    secrets.check(request);
    start(secrets, request);

    assertThat(sent).hasSize(1);
  }

  @Test
  void one_that_is_not_configured_is_refused() {
    var request = request("https://api.stripe.example/");

    assertThatThrownBy(() -> Secrets.NONE.check(request))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("there is no secret stripe");
    start(Secrets.NONE, request);

    assertThat(reports)
        .containsExactly(new Report.NotSent(Stage.EGRESS_DENIED, "secret-not-allowed"));
  }

  @Test
  void a_file_is_read_whenever_it_is_needed() throws IOException {
    var file = Files.writeString(directory.resolve("token"), "first\n");
    var secrets = secrets("stripe { file = \"" + file + "\", hosts = [api.stripe.example] }");
    var request = request("https://api.stripe.example/");

    start(secrets, request);
    Files.writeString(file, "second\n");
    start(secrets, request);
    Files.delete(file);
    start(secrets, request);

    assertThat(sent)
        .extracting(it -> it.headers().get(1).value())
        .containsExactly("Bearer first", "Bearer second");
    assertThat(reports).containsExactly(new Report.NotSent(Stage.QUEUED, "secret-unavailable"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a { env = KEY }; a.hosts must name the hosts",
        "a { hosts = [h] }; a must have either env or file",
        "a { env = KEY, file = f, hosts = [h] }; a must have either env or file",
        "a { env = NONE, hosts = [h] }; a.env NONE must be there",
        "a { env = EMPTY, hosts = [h] }; a.env EMPTY must be there",
        "a { env = LINES, hosts = [h] }; hold one line",
        "a { file = /no/such, hosts = [h] }; a.file /no/such must be there",
        "a { env = KEY, hosts = [\"h:1\"] }; must be a host",
        "a { env = KEY, hosts = [h], host = h }; a must be an object of",
        "a = KEY; a must be an object of",
        "\"a b\" { env = KEY, hosts = [h] }; the name of a secret must be"
      })
  void invalid_secret_settings_are_reported_at_the_start_without_their_values(
      String settings, String message) {
    assertThatThrownBy(() -> secrets(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("k-123", "a\nb");
  }

  @Test
  void its_name_is_checked_with_the_request() {
    assertThatThrownBy(() -> FetchRequest.get("http://h/").secret("A", "", "a b"))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("the name of a secret");
  }
}
