package dev.retriever.cluster.security.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.SslSessionInfo;

/**
 * The other end of a connection that has shown a certificate.
 *
 * @param chain as it was shown and verified in the handshake, its own certificate first
 */
record Client(SSLSession session, List<X509Certificate> chain) {
  /** Of a session whose handshake is not over. */
  private static final String NO_CIPHER = "SSL_NULL_WITH_NULL_NULL";

  /** The TLS session of a request's connection; empty if the server does not pass it on. */
  static Optional<SSLSession> session(HttpRequest request) {
    return request.getAttribute(AttributeKeys.sslSession).map(SslSessionInfo::getSession);
  }

  /**
   * The client that has sent a request; empty if it has shown no certificate.
   *
   * @throws IllegalStateException if that is not known, so that nobody is taken for a client
   *     without a certificate by mistake
   */
  static Optional<Client> of(HttpRequest request) {
    var session =
        session(request)
            .filter(it -> !it.getCipherSuite().equals(NO_CIPHER))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "a request came without its TLS session, so its client is not known;"
                            + " pekko.http.server.parsing.ssl-session-attribute must be on"));
    try {
      var chain = Stream.of(session.getPeerCertificates()).map(X509Certificate.class::cast);
      return Optional.of(new Client(session, chain.toList()));
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  Certificate.Names names() {
    return Certificate.names(chain.get(0));
  }

  Instant validUntil() {
    return Certificate.validUntil(chain);
  }

  boolean isValid(Instant now) {
    var date = Date.from(now);
    return !now.isAfter(validUntil())
        && chain.stream().noneMatch(certificate -> date.before(certificate.getNotBefore()));
  }
}
