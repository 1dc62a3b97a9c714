package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.jwt.IssuerStub;
import dev.retriever.cluster.security.jwt.TestIssuer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose callers have tokens of an issuer. */
class JwtNodeTest {
  private static final TestIssuer ISSUER = new TestIssuer();
  private static final String FETCH =
      json("{'id': 'a', 'request': {'url': 'http://target.test/'}}");

  private static IssuerStub stub;
  private static RunningNode node;

  @BeforeAll
  static void start(@TempDir Path directory) {
    stub = new IssuerStub(ISSUER);
    node =
        RunningNode.start(
            directory,
            """
            retriever.node.auth.issuers = [{
              name = test, issuer = "%s", audience = retriever
              jwks = "%s", jwks-plain-loopback = on
              tenant { claim = tenant, map { acme = default } }, roles { claim = roles }
            }]
            """
                .formatted(TestIssuer.ISSUER, stub.url()));
  }

  @AfterAll
  static void stop() {
    node.close();
    stub.close();
  }

  private static String[] bearing(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  private static String token(String... roles) {
    return ISSUER.token(Instant.now(), c -> c.claim("roles", List.of(roles)));
  }

  @Test
  void a_token_opens_what_its_roles_allow() {
    var submitted = node.api().submit("o", FETCH, bearing(token("submit", "read")));

    assertThat(submitted.status()).isEqualTo(202);
    assertThat(node.api().get("/v1/origins/o/fetches/a", bearing(token("read"))).status())
        .isEqualTo(200);
    var refused = node.api().submit("o", FETCH, bearing(token("read")));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.at("/detail")).contains("submit");
    assertThat(node.management().get("/stats", bearing(token("metrics"))).status()).isEqualTo(200);
  }

  @Test
  void without_a_good_token_nothing_is_answered_but_what_is_for_all() throws Exception {
    var expired =
        ISSUER.token(Instant.now().minus(Duration.ofMinutes(11)), c -> c.claim("tenant", "acme"));

    for (var headers : List.of(new String[0], bearing(expired), bearing("a.b.c"))) {
      var answer = node.api().submit("p", FETCH, headers);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.at("/type")).isEqualTo("/problems/unauthenticated");
      assertThat(answer.header("WWW-Authenticate")).isPresent();
    }
    assertThat(node.journaled("p")).isZero();
    assertThat(node.management().get("/alive").status()).isEqualTo(200);
  }

  @Test
  void a_token_of_a_megabyte_is_refused_by_its_size() {
    var answer = node.api().get("/v1/me", bearing("a".repeat(1 << 20) + ".b.c"));

    assertThat(answer.status()).isEqualTo(431);
  }
}
