package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.retriever.cluster.security.jwt.TestIssuer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods call with the tokens of their service accounts. */
class KubernetesTokenTest {
  private static final String CLUSTER = "https://kubernetes.default.svc.cluster.local";
  private static final String CHECKOUT = "system:serviceaccount:shop:checkout";
  private static final TestIssuer SIGNER = new TestIssuer();

  private static KubernetesStub api;
  private static RunningNode node;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    api = new KubernetesStub(directory, List.of());
    api.issues(CLUSTER, SIGNER.jwks());
    node = RunningNode.start(directory.resolve("data"), settings(api));
    Eventually.becomes(200, () -> read(token(CHECKOUT)), Duration.ofSeconds(60));
  }

  private static String settings(KubernetesStub api) {
    return """
    retriever.node.auth.kubernetes {
      enabled = on, api-host = 127.0.0.1, api-port = %d, ca = "%s", token = "%s"
      accounts = [
        { account = "shop/checkout", tenant = default, roles = [read] }
        { account = "shop/limited", tenant = default, roles = [read], origins = "order-*" }
      ]
    }
    """
        .formatted(api.port(), api.ca(), api.token());
  }

  @AfterAll
  static void stop() {
    node.close();
    api.close();
  }

  private static String token(String subject) {
    return token(subject, it -> it);
  }

  private static String token(String subject, UnaryOperator<JWTClaimsSet.Builder> claims) {
    return SIGNER.untyped(
        Instant.now(),
        it -> claims.apply(it.issuer(CLUSTER).subject(subject).claim("roles", List.of("admin"))));
  }

  private static int read(String token) {
    return node.api().get("/v1/origins/o/fetches", "Authorization", "Bearer " + token).status();
  }

  @Test
  void an_account_that_is_listed_has_the_roles_that_are_listed() {
    var bearer = "Bearer " + token(CHECKOUT);

    assertThat(read(token(CHECKOUT))).isEqualTo(200);
    assertThat(node.management().get("/stats", "Authorization", bearer).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "system:serviceaccount:shop:checkout2",
        "system:serviceaccount:shop:check",
        "system:serviceaccount:other:checkout",
        "system:serviceaccount:shop/checkout",
        "system:serviceaccount:shop:checkout ",
        "shop/checkout",
        "checkout",
        "system:node:shop:checkout"
      })
  void another_subject_is_not_let_in(String subject) {
    assertThat(read(token(subject))).isEqualTo(401);
  }

  @Test
  void a_token_for_another_audience_of_another_issuer_or_of_long_life_is_not_let_in() {
    assertThat(read(token(CHECKOUT, it -> it.audience("https://kubernetes.default.svc"))))
        .isEqualTo(401);
    assertThat(read(token(CHECKOUT, it -> it.issuer("https://elsewhere.test")))).isEqualTo(401);
    assertThat(read(token(CHECKOUT, it -> it.expirationTime(in(3600))))).isEqualTo(200);
    assertThat(read(token(CHECKOUT, it -> it.expirationTime(in(3602))))).isEqualTo(401);
  }

  private static Date in(int seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  @Test
  void while_the_api_server_does_not_say_who_issues_tokens_callers_are_asked_to_come_again(
      @TempDir Path directory) throws Exception {
    try (var silent = new KubernetesStub(directory, List.of());
        var early = RunningNode.start(directory.resolve("data"), settings(silent))) {
      var answer =
          early.api().get("/v1/origins/o/fetches", "Authorization", "Bearer " + token(CHECKOUT));

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isPresent();
      assertThat(early.api().get("/v1/origins/o/fetches").status()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "accounts = [{ account = \"shop\", tenant = a, roles = [read] }]",
        "accounts = [{ account = \"shop/*\", tenant = a, roles = [read] }]",
        "accounts = [{ account = \"shop/a\", roles = [read] }]",
        "accounts = [{ account = \"shop/a\", tenant = a, role = [read] }]",
        "audience = \"\"",
        "api-host = \"\""
      })
  void a_node_with_wrong_settings_does_not_start(String wrong, @TempDir Path directory) {
    var config =
        RunningNode.config(
            directory,
            "retriever.node.auth.kubernetes { enabled = on, api-host = h }",
            "retriever.node.auth.kubernetes { " + wrong + " }");

    assertThatThrownBy(() -> Node.start(config))
        .hasMessageContaining("retriever.node.auth.kubernetes");
  }
}
