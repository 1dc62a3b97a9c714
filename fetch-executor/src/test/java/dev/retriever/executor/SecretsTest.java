package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.http.TransportFixture;
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
    start(secrets, request, new AttemptKey("t", "o", "f", 1));
  }

  private void start(Secrets secrets, FetchRequest request, AttemptKey attempt) {
    secrets
        .filledInBefore(
            (key, it, limit, done) -> {
              sent.add(it);
              return reason -> {};
            })
        .start(attempt, request, TransportFixture.ample(), reports::add);
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
    assertThatThrownBy(() -> stripe().check(request(url), Tenant.DEFAULT))
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

    secrets.check(request, Tenant.DEFAULT);
    start(secrets, request);

    assertThat(sent).hasSize(1);
  }

  @Test
  void one_that_is_not_configured_is_refused() {
    var request = request("https://api.stripe.example/");

    assertThatThrownBy(() -> Secrets.NONE.check(request, Tenant.DEFAULT))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("there is no secret stripe");
    start(Secrets.NONE, request);

    assertThat(reports)
        .containsExactly(new Report.NotSent(Stage.EGRESS_DENIED, "secret-not-allowed"));
  }

  @Test
  void a_secret_is_for_the_default_tenant_unless_it_names_others() {
    var url = "https://api.stripe.example/v1";
    var acme = new Tenant("acme");
    var theirs = secrets("stripe { env = KEY, hosts = [api.stripe.example], tenants = [acme] }");

    theirs.check(request(url), acme);
    start(theirs, request(url), of("acme/o"));
    assertThat(sent).hasSize(1);

    var refusals =
        List.of(
            refused(stripe(), acme),
            refused(theirs, Tenant.DEFAULT),
            refused(theirs, new Tenant("zzqq")),
            refused(Secrets.NONE, acme));
    assertThat(refusals).as("not yours reads as not there").containsOnly(refusals.get(0));
    start(stripe(), request(url), of("acme/o"));
    start(theirs, request(url), of("o"));
    start(theirs, request(url), of("zzqq/o"));
    assertThat(sent).hasSize(1);
    assertThat(reports)
        .hasSize(3)
        .containsOnly(new Report.NotSent(Stage.EGRESS_DENIED, "secret-not-allowed"));
  }

  private static AttemptKey of(String originId) {
    return new AttemptKey(Tenant.ORIGIN_TYPE, originId, "f", 1);
  }

  private static String refused(Secrets secrets, Tenant tenant) {
    var request = request("https://api.stripe.example/v1");
    return org.assertj.core.api.Assertions.catchThrowableOfType(
            InvalidRequest.class, () -> secrets.check(request, tenant))
        .getMessage();
  }

  @Test
  void a_name_that_no_tenant_has_is_refused_at_the_start() {
    assertThatThrownBy(() -> secrets("stripe { env = KEY, hosts = [a.example], tenants = [Acme] }"))
        .hasMessageContaining("secrets.stripe.tenants: the name of a tenant must be");
  }

  @Test
  void an_attempt_belongs_to_the_tenant_in_the_id_of_its_origin() {
    assertThat(of("o").tenant()).isEqualTo(Tenant.DEFAULT);
    assertThat(of("acme/o").tenant()).isEqualTo(new Tenant("acme"));
    assertThat(of("acme/o")).hasToString("acme:http/o/f#1");
    assertThat(of("o")).hasToString("http/o/f#1");
    var library = new AttemptKey("checkout", "acme/o", "f", 1);
    assertThat(library.tenant()).isEqualTo(Tenant.DEFAULT);
    assertThat(library).hasToString("checkout/acme/o/f#1");
    assertThat(of("Not A Tenant/o").tenant()).isEqualTo(Tenant.DEFAULT);
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
