package dev.retriever.cluster.security.requests;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.ClientAddress;
import dev.retriever.cluster.security.RequestCheck;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * For ports without authentication: refuses requests that came through a proxy. A proxy or tunnel
 * on this machine makes a port on loopback public. Proxies that are trusted are let through, since
 * the operator has named them. Thread-safe.
 */
public final class ProxyCheck implements RequestCheck {
  private final ClientAddress addresses;

  public ProxyCheck(ClientAddress addresses) {
    this.addresses = addresses;
  }

  @Override
  public Optional<Problem> refusal(HttpRequest request) {
    var isProxied =
        StreamSupport.stream(request.getHeaders().spliterator(), false)
            .map(HttpHeader::lowercaseName)
            .anyMatch(ProxyCheck::isOfProxy);
    return isProxied && !ProbePaths.isProbe(request) && !addresses.isFromTrustedProxy(request)
        ? Optional.of(
            Problem.of(
                ProblemType.PROXIED_WITHOUT_AUTHENTICATION,
                "The request came through a proxy, and this port asks for no credentials. Set up"
                    + " authentication (retriever.node.auth); or, if the proxy itself asks for"
                    + " them, name its address in retriever.node.trusted-proxies"
                    + " (RETRIEVER_TRUSTED_PROXIES)."))
        : Optional.empty();
  }

  private static boolean isOfProxy(String header) {
    return header.equals("forwarded") || header.equals("via") || header.startsWith("x-forwarded-");
  }
}
