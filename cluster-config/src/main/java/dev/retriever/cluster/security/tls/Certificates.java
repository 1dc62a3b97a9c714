package dev.retriever.cluster.security.tls;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.security.Denied;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The callers that the client certificates of one port stand for. Thread-safe. */
final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  private final ServerTls tls;
  private final CertificateRules rules;
  private final Clock clock;

  Certificates(ServerTls tls, CertificateRules rules, Clock clock) {
    this.tls = tls;
    this.rules = rules;
    this.clock = clock;
  }

  /**
   * The credential of the request's connection; empty if the client has shown no certificate.
   *
   * @throws Denied if it has shown one that stands for no caller, or that is no longer good
   * @throws IllegalStateException if it is not known whether it has shown one
   */
  Optional<Credential> of(HttpRequest request) {
    return tls.asksClients() ? Client.of(request).map(this::credential) : Optional.empty();
  }

  private Credential credential(Client client) {
    var credential = new Shown(client, caller(client));
    credential.check(clock.instant());
    return credential;
  }

  private Caller caller(Client client) {
    var names = client.names();
    try {
      var rule = rules.find(names);
      return new Caller(
          Caller.Method.CERTIFICATE,
          rule.name().text(),
          rule.tenant(),
          rule.roles(),
          rule.origins());
    } catch (Denied e) {
      LOG.debug("A client certificate is refused, {}: {}", e.getMessage(), names);
      throw e;
    }
  }

  /** A certificate that a connection has shown. */
  private final class Shown implements Credential {
    private final Client client;
    private final Caller caller;

    Shown(Client client, Caller caller) {
      this.client = client;
      this.caller = caller;
    }

    @Override
    public Caller caller() {
      return caller;
    }

    @Override
    public boolean stands(Instant now) {
      return client.isValid(now) && tls.trusts(client.session(), client.chain());
    }

    private void check(Instant now) {
      if (!client.isValid(now)) {
        throw new Denied("certificate-expired");
      }
      if (!stands(now)) {
        throw new Denied("certificate-no-longer-trusted");
      }
    }
  }
}
