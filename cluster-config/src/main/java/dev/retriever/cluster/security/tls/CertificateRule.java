package dev.retriever.cluster.security.tls;

import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.List;
import java.util.Set;

/**
 * The caller that a client certificate stands for. Immutable.
 *
 * @param name that the certificate must have
 */
record CertificateRule(Name name, Tenant tenant, Set<Role> roles, OriginPattern origins) {

  /** A name that is compared as a whole, never a part of it. */
  sealed interface Name {
    boolean isOf(Certificate.Names names);

    /** The name in logs and settings. */
    String text();
  }

  /** A subject with one common name. */
  record Subject(String text) implements Name {
    /**
     * @throws IllegalArgumentException if it is no distinguished name, or has not one common name
     */
    static Subject of(String text) {
      var subject = Certificate.subject(text);
      if (Certificate.commonNames(subject) != 1) {
        throw new IllegalArgumentException("it must have one CN");
      }
      return new Subject(subject);
    }

    @Override
    public boolean isOf(Certificate.Names names) {
      return names.commonNames() == 1 && names.subject().equals(text);
    }
  }

  /** An alternative name that is a URI, and the only one that is. */
  record Uri(String text) implements Name {
    @Override
    public boolean isOf(Certificate.Names names) {
      return isOnly(text, names.uris());
    }
  }

  /** An alternative name that is a DNS name, and the only one that is. */
  record Host(String text) implements Name {
    @Override
    public boolean isOf(Certificate.Names names) {
      return isOnly(text, names.hosts());
    }
  }

  /** A certificate with two names of a kind would be two callers. */
  private static boolean isOnly(String name, List<String> names) {
    return names.equals(List.of(name));
  }
}
