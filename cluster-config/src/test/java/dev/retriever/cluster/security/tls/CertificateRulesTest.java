package dev.retriever.cluster.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.security.Denied;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateRulesTest {
  private static CertificateRules rules(String... entries) {
    return CertificateRules.from(
        ConfigFactory.parseString(
            "retriever.node.auth.certificates = [" + String.join(",", entries) + "]"));
  }

  private static Certificate.Names subject(String name) {
    var subject = Certificate.subject(name);
    return new Certificate.Names(subject, Certificate.commonNames(subject), List.of(), List.of());
  }

  @Test
  void a_rule_says_tenant_roles_and_origins() {
    var rule =
        rules(
                "{ subject = \"CN=checkout, O=shop\", tenant = shop, roles = [submit, read],"
                    + " origins = \"order-*\" }")
            .find(subject("CN=checkout,O=shop"));

    assertThat(rule.tenant()).isEqualTo(new Tenant("shop"));
    assertThat(rule.roles()).containsExactlyInAnyOrder(Role.SUBMIT, Role.READ);
    assertThat(rule.origins()).isEqualTo(new OriginPattern("order-*"));
  }

  @Test
  void without_origins_a_rule_is_for_all() {
    var rule = rules("{ subject = \"CN=a\", tenant = default, roles = [] }").find(subject("CN=a"));

    assertThat(rule.origins()).isEqualTo(OriginPattern.ANY);
    assertThat(rule.tenant().isDefault()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=checkout,O=\"x, CN=admin\" | certificate-not-mapped",
        "CN=admin,O=x                  | certificate-not-mapped",
        "CN=Admin                      | certificate-not-mapped",
        "CN=admin2                     | certificate-not-mapped",
        "CN=\"admin,CN=admin\"         | certificate-not-mapped",
        "O=admin                       | certificate-not-mapped",
        "CN=admin,CN=admin             | certificate-with-several-common-names",
        "CN=admin+CN=x                 | certificate-with-several-common-names",
      })
  void other_subjects_are_denied_however_similar(String name, String reason) {
    var rules = rules("{ subject = \"CN=admin\", tenant = default, roles = [admin] }");

    assertThatThrownBy(() -> rules.find(subject(name)))
        .isInstanceOf(Denied.class)
        .hasMessage(reason);
  }

  @Test
  void a_certificate_that_two_rules_know_is_denied() {
    var rules =
        rules(
            "{ subject = \"CN=a\", tenant = a, roles = [read] }",
            "{ san = \"spiffe://b\", tenant = b, roles = [read] }");
    var both = new Certificate.Names("CN=a", 1, List.of("spiffe://b"), List.of());

    assertThatThrownBy(() -> rules.find(both)).hasMessage("certificate-mapped-several-times");
  }

  @Test
  void hosts_are_compared_without_their_case_and_uris_with_it() {
    var rules =
        rules(
            "{ san = \"Reports.Shop.test\", tenant = shop, roles = [read] }",
            "{ san = \"spiffe://Shop/a\", tenant = shop, roles = [read] }");

    rules.find(new Certificate.Names("O=x", 0, List.of(), List.of("reports.shop.test")));
    rules.find(new Certificate.Names("O=x", 0, List.of("spiffe://Shop/a"), List.of("a.test")));
    assertThatThrownBy(
            () ->
                rules.find(new Certificate.Names("O=x", 0, List.of("spiffe://shop/a"), List.of())))
        .hasMessage("certificate-not-mapped");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ tenant = a, roles = [] }                        | .0.subject must be set, or san",
        "{ subject = \"CN=a\", san = b, tenant = a, roles = [] } | .0.subject must be set, or san",
        "{ subject = checkout, tenant = a, roles = [] }    | .0.subject 'checkout':",
        "{ subject = \"O=shop\", tenant = a, roles = [] }  | .0.subject 'O=shop': it must have one CN",
        "{ subject = \"CN=a,CN=b\", tenant = a, roles = [] } | it must have one CN",
        "{ subject = \"CN=a\", roles = [] }                | .0.tenant must be a text, but is not set",
        "{ subject = \"CN=a\", tenant = \"\", roles = [] } | .0.tenant '':",
        "{ subject = \"CN=a\", tenant = A, roles = [] }    | .0.tenant 'A':",
        "{ subject = \"CN=a\", tenant = a }                | .0.roles must be a list of texts",
        "{ subject = \"CN=a\", tenant = a, roles = [king] } | 'king' is no role",
        "{ subject = \"CN=a\", tenant = a, roles = [], origins = \"*a\" } | .0.origins '*a':",
        "{ san = \"\", tenant = a, roles = [] }            | .0.san must be a URI",
        "{ san = b, tenant = a, roles = [] }, { san = B, tenant = a, roles = [] } | different names",
      })
  void a_wrong_entry_fails_the_start_by_its_number(String entries, String message) {
    assertThatThrownBy(() -> rules(entries))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.auth.certificates")
        .hasMessageContaining(message);
  }
}
