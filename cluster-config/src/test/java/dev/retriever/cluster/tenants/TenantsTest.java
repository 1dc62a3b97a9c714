package dev.retriever.cluster.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tenants may use, by their settings. */
class TenantsTest {
  private static final Tenant ACME = new Tenant("acme");
  private static final Tenant OTHER = new Tenant("other");

  private final List<AttemptKey> sent = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();

  private static Tenants tenants(String tenants, String defaults) {
    return Tenants.from(
        ConfigFactory.parseString(
            "retriever.node { tenants {" + tenants + "}, tenant-defaults {" + defaults + "} }"));
  }

  private void start(Tenants tenants, Optional<String> pool, String url, AttemptKey key) {
    Transport transport =
        (it, request, limit, done) -> {
          sent.add(it);
          return reason -> {};
        };
    var checked = tenants.checkedBefore(transport);
    var limit = new TimeLimit(0, Duration.ofSeconds(1));
    pool.map(checked::inPool)
        .orElse(checked)
        .start(key, FetchRequest.get(url), limit, reports::add);
  }

  private static AttemptKey attempt(String originId) {
    return new AttemptKey(Tenant.ORIGIN_TYPE, originId, "f", 1);
  }

  @Test
  void a_tenant_that_says_nothing_may_use_everything() {
    var tenants = tenants("acme {}", "");

    tenants.check(FetchRequest.get("https://anywhere.example/"), ACME);
    assertThat(tenants.refusal(ACME)).isEmpty();
    assertThat(tenants.refusal(OTHER)).isEmpty();
    assertThat(tenants.hosts(ACME)).isEmpty();
    assertThat(tenants.pools(ACME, Set.of("bulk", "fast"))).containsExactly("bulk", "fast");
    assertThat(tenants.allowsPool(ACME, Optional.of(Pools.DIRECT))).isTrue();
  }

  @Test
  void hosts_are_checked_when_a_fetch_is_submitted_and_again_when_it_is_sent() {
    var tenants = tenants("acme { hosts = [api.example.com, \"*.example.org\"] }", "");

    tenants.check(FetchRequest.get("https://api.example.com:8443/"), ACME);
    tenants.check(FetchRequest.get("https://a.example.org/"), ACME);
    for (var url : List.of("https://example.org/", "http://api.example.com.evil.net/")) {
      assertThatThrownBy(() -> tenants.check(FetchRequest.get(url), ACME))
          .isInstanceOf(InvalidRequest.class);
      tenants.check(FetchRequest.get(url), OTHER);

      start(tenants, Optional.empty(), url, attempt("acme/o"));
      assertThat(sent).isEmpty();
    }
    assertThat(reports)
        .hasSize(2)
        .containsOnly(new Report.NotSent(Stage.EGRESS_DENIED, "host-not-allowed"));
    start(tenants, Optional.empty(), "https://example.org/", attempt("other/o"));
    start(tenants, Optional.empty(), "https://example.org/", attempt("o"));
    start(tenants, Optional.empty(), "https://a.example.org/", attempt("acme/o"));
    assertThat(sent).hasSize(3);
  }

  @Test
  void pools_are_checked_when_a_fetch_is_submitted_and_again_when_it_is_sent() {
    var tenants = tenants("acme { pools = [bulk] }, other { pools = [default] }", "");

    assertThat(tenants.pools(ACME, Set.of("bulk", "fast"))).containsExactly("bulk");
    assertThat(tenants.allowsPool(ACME, Optional.empty())).isFalse();
    assertThat(tenants.allowsPool(OTHER, Optional.empty())).isTrue();
    assertThat(tenants.pools(OTHER, Set.of("bulk", "fast"))).isEmpty();

    for (var pool : List.of("default", "fast", Pools.DIRECT)) {
      start(tenants, Optional.of(pool), "https://example.org/", attempt("acme/o"));
    }
    assertThat(sent).isEmpty();
    assertThat(reports)
        .hasSize(3)
        .containsOnly(new Report.NotSent(Stage.EGRESS_DENIED, "pool-not-allowed"));
    start(tenants, Optional.of("bulk"), "https://example.org/", attempt("acme/o"));
    start(tenants, Optional.of("default"), "https://example.org/", attempt("other/o"));
    assertThat(sent).hasSize(2);
  }

  @Test
  void a_closed_tenant_is_refused_and_others_are_not() {
    var tenants = tenants("acme { state = closed }, other { state = active }", "");

    assertThat(tenants.refusal(ACME).orElseThrow().status()).isEqualTo(403);
    assertThat(tenants.refusal(OTHER)).isEmpty();
    assertThat(tenants.refusal(Tenant.DEFAULT)).isEmpty();
  }

  @Test
  void what_a_tenant_leaves_out_is_as_in_the_defaults() {
    var tenants = tenants("acme { pools = [bulk] }", "hosts = [api.example.com], quota {}");

    assertThat(tenants.hosts(ACME)).contains(List.of("api.example.com"));
    assertThat(tenants.hosts(OTHER)).contains(List.of("api.example.com"));
    assertThat(tenants.allowsPool(OTHER, Optional.of("fast"))).isTrue();
    assertThat(tenants.allowsPool(ACME, Optional.of("fast"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Acme {}                     |                   | tenants.Acme must be 1 to 32",
        "\"-\" {}                    |                   | must be 1 to 32 of a-z 0-9 -",
        "\"\" {}                     |                   | must be 1 to 32 of a-z 0-9 -",
        "\"a/b\" {}                  |                   | must be 1 to 32 of a-z 0-9 -",
        "acme = 1                    |                   | tenants.acme must be an object",
        "acme { hots = [] }          |                   | tenants.acme must be an object of [hosts",
        "acme { state = shut }       |                   | tenants.acme.state must be active or closed",
        "acme { hosts = [\"a b\"] }  |                   | tenants.acme.hosts: \"a b\" must be a host",
        "acme { pools = [\"a b\"] }  |                   | tenants.acme.pools must be names of pools",
        "default { state = closed }  |                   | tenants.default.state must be active",
        "acme {}                     | state = closed    | tenant-defaults.state must be active",
      })
  void settings_that_are_wrong_are_named_at_the_start(
      String tenants, String defaults, String message) {
    assertThatThrownBy(() -> tenants(tenants, defaults == null ? "" : defaults))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.")
        .hasMessageContaining(message);
  }
}
