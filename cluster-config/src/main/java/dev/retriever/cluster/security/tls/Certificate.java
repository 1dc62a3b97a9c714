package dev.retriever.cluster.security.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;

/** What is read from certificates: names and dates. */
final class Certificate {
  private static final int DNS_NAME = 2;
  private static final int URI_NAME = 6;

  private Certificate() {}

  /**
   * The names of a client. Immutable.
   *
   * @param subject as RFC 2253 writes it, so that names are equal if and only if these are: commas
   *     and signs inside of values are escaped
   * @param commonNames how many common names the subject has
   * @param uris the alternative names that are URIs, as they stand there
   * @param hosts the alternative names that are DNS names, in lower case
   */
  record Names(String subject, int commonNames, List<String> uris, List<String> hosts) {}

  static Names names(X509Certificate certificate) {
    var subject = subject(certificate);
    return new Names(
        subject,
        commonNames(subject),
        alternatives(certificate, URI_NAME),
        alternatives(certificate, DNS_NAME).stream().map(Certificate::host).toList());
  }

  /** The name of the certificate's owner. */
  static String subject(X509Certificate certificate) {
    return text(certificate.getSubjectX500Principal());
  }

  /**
   * The same name in the one form that is compared.
   *
   * @throws IllegalArgumentException if it is no distinguished name
   */
  static String subject(String name) {
    return text(new X500Principal(name));
  }

  private static String text(X500Principal name) {
    return name.getName(X500Principal.RFC2253);
  }

  static String host(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** How many common names are in a subject, also in one of its parts that has several values. */
  static int commonNames(String subject) {
    try {
      var count = 0;
      for (var part : new LdapName(subject).getRdns()) {
        var common = part.toAttributes().get("CN");
        count += common == null ? 0 : common.size();
      }
      return count;
    } catch (InvalidNameException e) {
      throw new IllegalArgumentException("'" + subject + "' is no distinguished name", e);
    }
  }

  private static List<String> alternatives(X509Certificate certificate, int type) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : ofType(names, type);
    } catch (CertificateParsingException e) {
      // Its names are not known, so it is the certificate of no caller.
      return List.of();
    }
  }

  private static List<String> ofType(Collection<List<?>> names, int type) {
    return names.stream()
        .filter(name -> Objects.equals(name.get(0), type))
        .map(name -> (String) name.get(1))
        .toList();
  }

  /** When the first of them ends. */
  static Instant validUntil(List<X509Certificate> chain) {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }
}
