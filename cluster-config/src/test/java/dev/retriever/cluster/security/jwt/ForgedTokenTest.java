package dev.retriever.cluster.security.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Denied;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are not good ones are refused; those that only look odd are not. */
class ForgedTokenTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final TokensFixture tokens = new TokensFixture();

  @BeforeEach
  void the_keys_are_there() {
    keysAreFetched(tokens);
  }

  private static void keysAreFetched(TokensFixture tokens) {
    tokens.keys.refresh();
    tokens.run();
    assertThat(tokens.fetches).isEqualTo(1);
  }

  @Test
  void a_good_token_stands_for_its_caller_until_it_expires() {
    var credential = tokens.authenticate(tokens.token()).join();

    assertThat(credential.caller().method()).isEqualTo(Caller.Method.TOKEN);
    assertThat(credential.caller().name()).isEqualTo("test:checkout");
    assertThat(credential.caller().tenant()).isEqualTo(new Tenant("acme"));
    assertThat(credential.caller().roles()).isEqualTo(Set.of(Role.SUBMIT, Role.READ));
    var expiry = tokens.time.instant().plus(Duration.ofMinutes(10));
    assertThat(credential.stands(expiry.minus(SECOND))).isTrue();
    assertThat(credential.stands(expiry)).isFalse();
    assertThat(tokens.fetches).isEqualTo(1);
  }

  private interface Forger extends Function<TokensFixture, String> {}

  private static Arguments forged(String what, String reason, Forger forger) {
    return Arguments.of(what, reason, forger);
  }

  private static Arguments claiming(
      String what,
      String reason,
      java.util.function.BiFunction<
              com.nimbusds.jwt.JWTClaimsSet.Builder,
              java.time.Instant,
              com.nimbusds.jwt.JWTClaimsSet.Builder>
          claims) {
    return forged(
        what,
        reason,
        it -> it.issuer.token(it.time.instant(), c -> claims.apply(c, it.time.instant())));
  }

  private static Arguments heading(
      String what, String reason, java.util.function.UnaryOperator<JWSHeader.Builder> header) {
    return forged(what, reason, it -> it.issuer.token(it.time.instant(), header, c -> c));
  }

  static Stream<Arguments> forgeries() {
    return Stream.of(
        forged("alg none, with an empty signature", "token-malformed", it -> none(it)),
        forged("alg none, with a signature", "token-malformed", it -> none(it) + "AAAA"),
        forged("HS256 with the public key as secret", "token-algorithm", ForgedTokenTest::hmac),
        forged("another key under a known kid", "token-signature", ForgedTokenTest::otherKey),
        forged("claims changed", "token-signature", ForgedTokenTest::changed),
        forged("signature cut", "token-signature", it -> cut(it.token())),
        forged("no JSON", "token-malformed", it -> "a.b.c"),
        forged("empty parts", "token-malformed", it -> ".."),
        forged("nested too deep", "token-malformed", ForgedTokenTest::nested),
        forged("a key sent along", "token-signature", ForgedTokenTest::ownKey),
        heading("another algorithm", "token-algorithm", it -> changed(it, JWSAlgorithm.RS512)),
        heading("crit b64", "token-critical-header", it -> it.criticalParams(Set.of("b64"))),
        heading("crit of its own", "token-critical-header", ForgedTokenTest::critical),
        heading("typ of an ID of events", "token-type", it -> typed(it, "secevent+jwt")),
        heading("no typ", "token-type", it -> it.type(null)),
        heading("typ JOSE", "token-type", it -> it.type(JOSEObjectType.JOSE)),
        claiming("another audience", "token-claims", (c, now) -> c.audience("retriever2")),
        claiming("no audience", "token-claims", (c, now) -> c.audience((String) null)),
        claiming("audience in other case", "token-claims", (c, now) -> c.audience("Retriever")),
        claiming("no subject", "token-claims", (c, now) -> c.subject(null)),
        claiming("a blank subject", "token-claims", (c, now) -> c.subject(" ")),
        claiming("no expiry", "token-claims", (c, now) -> c.expirationTime(null)),
        claiming("no time of issue", "token-claims", (c, now) -> c.issueTime(null)),
        claiming("expired", "token-expired", (c, now) -> c.expirationTime(at(now, -31))),
        claiming("not yet valid", "token-claims", (c, now) -> c.notBeforeTime(at(now, 31))),
        claiming("issued later", "token-claims", (c, now) -> c.issueTime(at(now, 31))),
        claiming(
            "more than a day",
            "token-lives-too-long",
            (c, now) -> c.expirationTime(at(now, 86_401))),
        claiming(
            "other issuer", "token-of-unknown-issuer", (c, now) -> c.issuer("https://issuer.test")),
        claiming("no issuer", "token-of-unknown-issuer", (c, now) -> c.issuer(null)),
        claiming("no tenant", "token-without-tenant", (c, now) -> c.claim("tenant", null)),
        claiming("an empty tenant", "token-without-tenant", (c, now) -> c.claim("tenant", "")),
        claiming("tenants", "token-without-tenant", (c, now) -> c.claim("tenant", List.of("acme"))),
        claiming(
            "a tenant with a path",
            "token-of-unknown-tenant",
            (c, now) -> c.claim("tenant", "a/b")),
        claiming(
            "default tenant", "token-of-unknown-tenant", (c, now) -> c.claim("tenant", "default")));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("forgeries")
  void a_forged_token_is_refused_and_costs_no_fetch(String what, String reason, Forger forger) {
    tokens.time.pass(Duration.ofMinutes(1)); // so that a fetch would be allowed
    var token = forger.apply(tokens);

    var result = tokens.authenticate(token);

    assertThatThrownBy(result::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(Denied.class)
        .hasMessage(reason);
    assertThat(tokens.fetches).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {29, -29})
  void clocks_may_differ_by_half_a_minute(int seconds) {
    var now = tokens.time.instant();
    var token =
        tokens.issuer.token(
            now.plusSeconds(seconds),
            c ->
                c.expirationTime(at(now, seconds == -29 ? -29 : 60))
                    .notBeforeTime(at(now, seconds)));

    assertThat(tokens.authenticate(token)).isCompleted();
  }

  @Test
  void a_token_of_a_day_and_one_for_several_audiences_and_an_access_token_are_good() {
    var now = tokens.time.instant();

    assertThat(
            tokens.authenticate(tokens.issuer.token(now, c -> c.expirationTime(at(now, 86_400)))))
        .isCompleted();
    assertThat(
            tokens.authenticate(
                tokens.issuer.token(now, c -> c.audience(List.of("other", "retriever")))))
        .isCompleted();
    assertThat(tokens.authenticate(tokens.issuer.token(now, h -> typed(h, "at+jwt"), c -> c)))
        .isCompleted();
  }

  @Test
  void keys_and_addresses_in_the_header_change_nothing() throws Exception {
    var other = new com.nimbusds.jose.jwk.gen.RSAKeyGenerator(2048).keyID("one").generate();
    var token =
        tokens.issuer.token(
            tokens.time.instant(),
            h ->
                h.jwk(other.toPublicJWK())
                    .jwkURL(URI.create("http://127.0.0.1:1/keys"))
                    .x509CertURL(URI.create("http://127.0.0.1:1/cert")),
            c -> c);

    assertThat(tokens.authenticate(token)).isCompleted();
    assertThat(tokens.fetches).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../etc/passwd", "' OR 1=1 --", "http://127.0.0.1:1/", "", "ONE"})
  void the_id_of_a_key_is_only_compared(String kid) {
    var token = tokens.issuer.token(tokens.time.instant(), h -> h.keyID(kid), c -> c);

    assertThatThrownBy(tokens.authenticate(token)::join).hasCause(new Denied("token-signature"));
  }

  @Test
  void a_token_that_is_too_long_is_not_read() {
    var token = tokens.issuer.token(tokens.time.instant(), c -> c.claim("long", "x".repeat(8192)));

    assertThatThrownBy(tokens.authenticate(token)::join).hasCause(new Denied("token-too-long"));
  }

  @Test
  void unknown_roles_give_no_right() {
    var now = tokens.time.instant();
    var odd = List.of("admin ", "ADMIN", "root", 7, List.of("admin"), "read");

    assertThat(caller(tokens.issuer.token(now, c -> c.claim("roles", odd))).roles())
        .containsExactly(Role.READ);
    assertThat(caller(tokens.issuer.token(now, c -> c.claim("roles", "cancel"))).roles())
        .containsExactly(Role.CANCEL);
    assertThat(caller(tokens.issuer.token(now, c -> c.claim("roles", "cancel read"))).roles())
        .isEmpty();
    assertThat(caller(tokens.issuer.token(now, c -> c.claim("roles", null))).roles()).isEmpty();
    assertThat(caller(tokens.issuer.token(now, c -> c.claim("roles", Map.of("admin", 1)))).roles())
        .isEmpty();
  }

  private Caller caller(String token) {
    return tokens.authenticate(token).join().caller();
  }

  @Test
  void only_three_parts_are_taken_for_a_token() {
    assertThat(tokens.authenticator.takes("a.b.c")).isTrue();
    assertThat(tokens.authenticator.takes("a.b.")).isTrue();
    assertThat(tokens.authenticator.takes("a.b")).isFalse();
    assertThat(tokens.authenticator.takes("a.b.c.d.e")).isFalse();
    assertThat(tokens.authenticator.takes("rtv_abc_def_0")).isFalse();
  }

  private static Date at(java.time.Instant now, int seconds) {
    return Date.from(now.plusSeconds(seconds));
  }

  private static String none(TokensFixture it) {
    return new PlainJWT(TestIssuer.claims(it.time.instant()).build()).serialize();
  }

  private static String hmac(TokensFixture it) {
    try {
      var secret = it.issuer.key().toRSAPublicKey().getEncoded();
      var header =
          new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).keyID("one").build();
      var token = new SignedJWT(header, TestIssuer.claims(it.time.instant()).build());
      token.sign(new MACSigner(secret));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String otherKey(TokensFixture it) {
    return TestIssuer.stranger().token(it.time.instant());
  }

  private static String ownKey(TokensFixture it) {
    var own = TestIssuer.stranger();
    return own.token(it.time.instant(), h -> h.jwk(own.key().toPublicJWK()), c -> c);
  }

  private static String changed(TokensFixture it) {
    var parts = it.token().split("\\.");
    var claims = TestIssuer.claims(it.time.instant()).claim("tenant", "other").build();
    return parts[0] + "." + base64(claims.toString()) + "." + parts[2];
  }

  private static String cut(String token) {
    return token.substring(0, token.length() - 8);
  }

  private static String nested(TokensFixture it) {
    try {
      var object =
          new JWSObject(
              TestIssuer.header(it.issuer.key()).build(),
              new Payload("{\"iss\":" + "[".repeat(5000) + "]".repeat(500) + "}"));
      object.sign(new RSASSASigner(it.issuer.key()));
      return object.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JWSHeader.Builder changed(JWSHeader.Builder header, JWSAlgorithm algorithm) {
    return new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID("one");
  }

  private static JWSHeader.Builder critical(JWSHeader.Builder header) {
    return header.criticalParams(Set.of("x")).customParam("x", 1);
  }

  private static JWSHeader.Builder typed(JWSHeader.Builder header, String type) {
    return header.type(new JOSEObjectType(type));
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
