package dev.retriever.cluster.security.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.security.Denied;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of issuers: what is read, and what keeps a node from starting. */
class IssuerSettingsTest {
  private static final String GOOD =
      """
      name = corp, issuer = "https://login.example.com/", jwks = "https://login.example.com/keys"
      audience = retriever, tenant { claim = tenant }, roles { claim = roles }
      """;

  private static Config with(String... issuers) {
    var list = "retriever.node.auth.issuers = [ { " + String.join(" }, { ", issuers) + " } ]";
    return ConfigFactory.parseString(list);
  }

  private static IssuerSettings only(String more) {
    return IssuerSettings.from(with(GOOD + more)).get(0);
  }

  @Test
  void what_is_left_out_has_a_default() {
    var issuer = only("");

    assertThat(issuer.algorithms()).containsExactly(JWSAlgorithm.RS256);
    assertThat(issuer.rules().origins()).isEqualTo(OriginPattern.ANY);
    assertThat(issuer.trusted().typed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "algorithms = [HS256] | asymmetric",
        "algorithms = [RS256, HS512] | asymmetric",
        "algorithms = [none] | asymmetric",
        "algorithms = [EdDSA] | asymmetric",
        "algorithms = [] | algorithms",
        "jwks = \"http://login.example.com/keys\" | https",
        "jwks = \"http://127.0.0.1/keys\" | https",
        "jwks = \"http://login.example.com/keys\", jwks-plain-loopback = on | https",
        "jwks = \"http://127.0.0.1.example.com/\", jwks-plain-loopback = on | https",
        "jwks = \"ftp://login.example.com/keys\" | https",
        "jwks = \"https://me:secret@login.example.com/keys\" | https",
        "jwks = \"https:///keys\" | https",
        "audience = \"\" | audience",
        "issuer = \" \" | issuer",
        "name = \"a b\" | name",
        "tenant.value = acme | tenant must have either",
        "tenant = 0, tenant = { value = Acme } | name of a tenant",
        "tenant = 0, tenant = { value = \"\" } | name of a tenant",
        "tenant = 0, tenant = { claim = t, map { a = \"b/c\" } } | name of a tenant",
        "roles = 0, roles = { value = [root] } | is no role",
        "roles = 0, roles = { claim = g, map { ops = [root] } } | is no role",
        "roles.regex = x | regex is no key here",
        "algorithm = [RS256] | algorithm is no key here",
        "origins = \"a*b\" | a pattern of origins"
      })
  void a_node_with_a_wrong_issuer_does_not_start(String wrong, String reason) {
    assertThatThrownBy(() -> only(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.auth.issuers[0]: ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("secret");
  }

  @Test
  void an_issuer_is_there_once() {
    assertThatThrownBy(() -> IssuerSettings.from(with(GOOD, GOOD + "name = other")))
        .hasMessageContaining("once");
    assertThatThrownBy(() -> IssuerSettings.from(with(GOOD, GOOD + "issuer = other")))
        .hasMessageContaining("once");
  }

  @Test
  void texts_of_claims_are_mapped_to_tenants_and_roles() {
    var rules =
        only("""
                tenant { claim = org, map { "Acme, Inc." = acme, "plat.form" = default } }
                roles { claim = groups, map { "rtv.ops" = [operate, read], "rtv-dev" = submit } }
                origins = "order-*"
                """)
            .rules();

    var acme = rules.caller("corp", "x", Map.of("org", "Acme, Inc.", "groups", "rtv-dev"));
    assertThat(acme.tenant()).isEqualTo(new Tenant("acme"));
    assertThat(acme.roles()).isEqualTo(Set.of(Role.SUBMIT));
    assertThat(acme.origins().text()).isEqualTo("order-*");
    var platform =
        rules.caller("corp", "x", Map.of("org", "plat.form", "groups", List.of("rtv.ops", "read")));
    assertThat(platform.tenant()).isEqualTo(Tenant.DEFAULT);
    assertThat(platform.roles()).isEqualTo(Set.of(Role.OPERATE, Role.READ));
    assertThatThrownBy(() -> rules.caller("corp", "x", Map.of("org", "acme")))
        .isInstanceOf(Denied.class)
        .hasMessage("token-of-unknown-tenant");
  }

  @Test
  void all_tokens_of_an_issuer_may_have_one_tenant_and_the_same_roles() {
    var rules =
        only("tenant = 0, tenant = { value = default }, roles = 0, roles = { value = [metrics] }")
            .rules();

    var caller = rules.caller("corp", "x", Map.of());
    assertThat(caller.tenant()).isEqualTo(Tenant.DEFAULT);
    assertThat(caller.roles()).containsExactly(Role.METRICS);
  }
}
