package dev.retriever.cluster.security.tls;

import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.cluster.security.Denied;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.settings.SettingsReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Which client certificates stand for which callers, from {@code retriever.node.auth.certificates}.
 * Immutable.
 */
record CertificateRules(List<CertificateRule> rules) {
  static final String PATH = "retriever.node.auth.certificates";
  private static final int MOST = 10_000;
  private static final String SUBJECT = "subject";
  private static final String ALTERNATIVE = "san";
  private static final String ORIGINS = "origins";

  CertificateRules {
    rules = List.copyOf(rules);
    must(rules.size() <= MOST, PATH, "at most " + MOST + " certificates", rules.size());
    var names = new HashSet<String>();
    for (var rule : rules) {
      must(names.add(rule.name().text()), PATH, "of different names", rule.name().text());
    }
  }

  /**
   * @throws IllegalArgumentException naming the entry and what is wrong with it
   */
  static CertificateRules from(Config config) {
    var rules = new ArrayList<CertificateRule>();
    for (var entry : config.getConfigList(PATH)) {
      var path = PATH + "." + rules.size();
      rules.add(SettingsReader.read(entry.atPath(path), path, c -> rule(c, entry)));
    }
    return new CertificateRules(rules);
  }

  private static CertificateRule rule(SettingsReader entry, Config keys) {
    return new CertificateRule(
        name(entry, keys),
        read("tenant", entry.text("tenant"), Tenant::new),
        read("roles", entry.texts("roles"), Role::of),
        keys.hasPath(ORIGINS)
            ? read(ORIGINS, entry.text(ORIGINS), OriginPattern::new)
            : OriginPattern.ANY);
  }

  private static CertificateRule.Name name(SettingsReader entry, Config keys) {
    must(
        keys.hasPath(SUBJECT) != keys.hasPath(ALTERNATIVE),
        SUBJECT,
        "set, or san, and not both",
        keys.root().keySet());
    if (keys.hasPath(SUBJECT)) {
      return read(SUBJECT, entry.text(SUBJECT), CertificateRule.Subject::of);
    }
    var name = entry.text(ALTERNATIVE);
    must(!name.isBlank(), ALTERNATIVE, "a URI or the name of a host", "empty");
    return name.contains(":")
        ? new CertificateRule.Uri(name)
        : new CertificateRule.Host(Certificate.host(name));
  }

  private interface Reading<T, R> {
    R of(T value);
  }

  private static <T, R> R read(String key, T value, Reading<T, R> reading) {
    try {
      return reading.of(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + " '" + value + "': " + e.getMessage(), e);
    }
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /**
   * The rule for a certificate with these names.
   *
   * @throws Denied if there is none, or several, or the certificate has several common names
   */
  CertificateRule find(Certificate.Names names) {
    if (names.commonNames() > 1) {
      throw new Denied("certificate-with-several-common-names");
    }
    var found = rules.stream().filter(rule -> rule.name().isOf(names)).toList();
    if (found.size() != 1) {
      throw new Denied(
          found.isEmpty() ? "certificate-not-mapped" : "certificate-mapped-several-times");
    }
    return found.get(0);
  }
}
