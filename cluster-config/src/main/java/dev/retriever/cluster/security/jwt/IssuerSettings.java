package dev.retriever.cluster.security.jwt;

import static dev.retriever.executor.settings.SettingRules.must;

import com.nimbusds.jose.JWSAlgorithm;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An issuer of {@code retriever.node.auth.issuers}. Immutable.
 *
 * @param name short; in logs, and before the subject in names of callers
 * @param issuer exactly as its tokens write it
 * @param jwks an https URL, or a file
 * @param plainLoopback whether the URL may be http on loopback, for tests
 */
record IssuerSettings(
    String name,
    String issuer,
    String jwks,
    boolean plainLoopback,
    String audience,
    Set<JWSAlgorithm> algorithms,
    ClaimRules rules) {
  static final String LIST = "retriever.node.auth.issuers";

  static final Set<JWSAlgorithm> ASYMMETRIC =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final int MOST = 16;

  /** Of a token, from its issue. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]");
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "issuer",
          "jwks",
          "jwks-plain-loopback",
          "audience",
          "algorithms",
          "tenant",
          "roles",
          "origins");

  private static final Config OPTIONAL =
      ConfigFactory.parseString("jwks-plain-loopback = off, algorithms = [RS256], origins = \"*\"");

  IssuerSettings {
    must(NAME.matcher(name).matches(), "name", "1 to 63 of a-z 0-9 . -", "'" + name + "'");
    must(!issuer.isBlank(), "issuer", "what tokens have in iss", "empty");
    must(!audience.isBlank(), "audience", "what tokens have in aud", "empty");
    must(!algorithms.isEmpty(), "algorithms", "at least one", "empty");
    for (var algorithm : algorithms) {
      must(
          ASYMMETRIC.contains(algorithm),
          "algorithms",
          "asymmetric: RS, PS or ES with 256, 384 or 512",
          algorithm);
    }
    url(jwks).ifPresent(url -> checkUrl(url, plainLoopback));
  }

  private static void checkUrl(URI url, boolean plainLoopback) {
    var loopback = plainLoopback && "http".equals(url.getScheme());
    must(
        url.getHost() != null
            && url.getUserInfo() == null
            && ("https".equals(url.getScheme()) || loopback && LOOPBACK.contains(url.getHost())),
        "jwks",
        "a file, or a URL with https and without a user",
        url.getScheme() + "://" + url.getHost());
  }

  /** Empty if it names a file. */
  private static Optional<URI> url(String jwks) {
    try {
      return jwks.contains("://") ? Optional.of(URI.create(jwks)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("jwks must be a file, or a URL with https", e);
    }
  }

  /**
   * @throws IllegalArgumentException naming the item and the key that is wrong
   */
  static List<IssuerSettings> from(Config config) {
    var issuers = Items.read(config, LIST, MOST, KEYS, OPTIONAL, IssuerSettings::read);
    var seen = new HashSet<String>();
    for (var issuer : issuers) {
      if (!seen.add("issuer " + issuer.issuer()) || !seen.add("name " + issuer.name())) {
        throw new IllegalArgumentException(
            LIST
                + " must have each issuer and each name once, but has "
                + issuer.name()
                + " twice");
      }
    }
    return issuers;
  }

  private static IssuerSettings read(Config c) {
    var algorithms =
        c.getStringList("algorithms").stream()
            .map(JWSAlgorithm::new)
            .collect(Collectors.toUnmodifiableSet());
    return new IssuerSettings(
        c.getString("name"),
        c.getString("issuer"),
        c.getString("jwks"),
        c.getBoolean("jwks-plain-loopback"),
        c.getString("audience"),
        algorithms,
        ClaimSettings.read(c));
  }

  TrustedIssuer trusted() {
    return new TrustedIssuer(name, audience, algorithms, LONGEST, true, rules);
  }

  JwkSource source() {
    return url(jwks)
        .map(
            url -> {
              var client = new BoundedGet(Optional.empty());
              return (JwkSource) () -> IssuerDocument.of(issuer, client.get(url, Optional.empty()));
            })
        .orElseGet(() -> JwkSource.file(issuer, Path.of(jwks)));
  }
}
