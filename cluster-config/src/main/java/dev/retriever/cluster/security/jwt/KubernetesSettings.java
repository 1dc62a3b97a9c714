package dev.retriever.cluster.security.jwt;

import static dev.retriever.executor.settings.SettingRules.must;

import com.nimbusds.jose.JWSAlgorithm;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.settings.SettingsReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tokens of the service accounts of a Kubernetes cluster, from {@code
 * retriever.node.auth.kubernetes}. Immutable.
 *
 * @param audience that pods ask for, for the tokens that they send here
 * @param apiHost of the cluster's API server; empty outside of a pod
 * @param ca certificates of the API server's authorities, in PEM
 * @param token what this pod shows to the API server; read for each request
 * @param accounts by the whole subject of their tokens
 */
record KubernetesSettings(
    boolean enabled,
    String audience,
    String apiHost,
    int apiPort,
    Path ca,
    Path token,
    Map<String, AccountRules.Account> accounts) {
  private static final String PATH = "retriever.node.auth.kubernetes";
  private static final String NAME = "kubernetes";
  private static final int MOST = 1000;

  /** Whether a pod is deleted is not seen, so its token must end soon. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512);

  /** A namespace and an account, with the rules of Kubernetes for their characters. */
  private static final Pattern ACCOUNT =
      Pattern.compile("[a-z0-9][a-z0-9-]{0,62}/[a-z0-9][a-z0-9.-]{0,252}");

  private static final Set<String> KEYS = Set.of("account", "tenant", "roles", "origins");
  private static final Config OPTIONAL = ConfigFactory.parseString("origins = \"*\"");

  KubernetesSettings {
    accounts = Map.copyOf(accounts);
    if (enabled) {
      must(!audience.isBlank(), "audience", "what tokens of pods have in aud", "empty");
      must(
          !apiHost.isBlank(),
          "api-host (KUBERNETES_SERVICE_HOST)",
          "the API server's address, which Kubernetes tells each pod",
          "empty");
    }
  }

  /**
   * @throws IllegalArgumentException naming the key that is wrong
   */
  static KubernetesSettings from(Config config) {
    var accounts = new HashMap<String, AccountRules.Account>();
    for (var item :
        Items.read(config, PATH + ".accounts", MOST, KEYS, OPTIONAL, KubernetesSettings::account)) {
      if (accounts.put(item.getKey(), item.getValue()) != null) {
        throw new IllegalArgumentException(PATH + ".accounts has twice: " + item.getKey());
      }
    }
    return SettingsReader.read(
        config,
        PATH,
        c ->
            new KubernetesSettings(
                c.flag("enabled"),
                c.text("audience"),
                c.text("api-host"),
                c.count("api-port"),
                Path.of(c.text("ca")),
                Path.of(c.text("token")),
                accounts));
  }

  private static Map.Entry<String, AccountRules.Account> account(Config c) {
    var account = c.getString("account");
    must(
        ACCOUNT.matcher(account).matches(),
        "account",
        "NAMESPACE/SERVICEACCOUNT",
        "'" + account + "'");
    return Map.entry(
        "system:serviceaccount:" + account.replace('/', ':'),
        new AccountRules.Account(
            new Tenant(c.getString("tenant")),
            Role.of(c.getStringList("roles")),
            new OriginPattern(c.getString("origins"))));
  }

  TrustedIssuer trusted() {
    return new TrustedIssuer(
        NAME, audience, ALGORITHMS, LONGEST, false, new AccountRules(accounts));
  }

  JwkSource source() {
    var host = apiHost.contains(":") ? "[" + apiHost + "]" : apiHost;
    return new KubernetesKeys(URI.create("https://" + host + ":" + apiPort), ca, token);
  }
}
