package dev.retriever.cluster.security.tls;

import dev.retriever.cluster.security.Credential;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * A port of a node, with TLS or without. All HTTP servers of a node are bound here. Thread-safe.
 */
public final class Port {
  private static final int SWITCHING_PROTOCOLS = 101;

  private final Optional<ServerTls> tls;
  private final Optional<Certificates> certificates;

  Port(Optional<ServerTls> tls, CertificateRules rules, Clock clock) {
    this.tls = tls;
    this.certificates = tls.map(it -> new Certificates(it, rules, clock));
  }

  /** Whether connections are encrypted. */
  public boolean isSecure() {
    return tls.isPresent();
  }

  /** When the certificate ends that new connections get; empty without TLS. */
  public Optional<Instant> certificateEnds() {
    return tls.map(ServerTls::validUntil);
  }

  boolean asksClients() {
    return tls.filter(ServerTls::asksClients).isPresent();
  }

  /**
   * The credential of the client certificate that the request's connection has shown; empty if it
   * has shown none, or clients are not asked for any.
   *
   * @throws dev.retriever.cluster.security.Denied if it has shown one that stands for no caller, or
   *     that is no longer good
   * @throws IllegalStateException if it is not known whether it has shown one
   */
  public Optional<Credential> credential(HttpRequest request) {
    return certificates.flatMap(it -> it.of(request));
  }

  /**
   * Waits until the port is bound. Certificates are looked at from then on.
   *
   * @param port 0 for a free one
   * @throws IllegalStateException if it cannot be bound
   */
  public ServerBinding bind(ActorSystem<?> system, String host, int port, Route routes) {
    var server = Http.get(system).newServerAt(host, port);
    try {
      return tls.map(
              it -> {
                it.start(system);
                return server
                    .enableHttps(ConnectionContext.httpsServer(it::engine))
                    .bind(renewing(it, routes));
              })
          .orElseGet(() -> server.bind(routes))
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      throw new IllegalStateException(
          "cannot listen on "
              + host
              + ":"
              + port
              + "; set another port, or 0 for a free one ("
              + e.getCause().getMessage()
              + ")",
          e.getCause());
    }
  }

  /**
   * Answers on connections that should be made anew say so: they began long ago, perhaps with an
   * older certificate, or their clients are no longer trusted.
   */
  private static Route renewing(ServerTls tls, Route routes) {
    return Directives.extractRequest(
        request ->
            Directives.mapResponse(
                response ->
                    Client.session(request).filter(it -> isOver(tls, request, it)).isPresent()
                        ? closing(response)
                        : response,
                () -> routes));
  }

  private static boolean isOver(ServerTls tls, HttpRequest request, SSLSession session) {
    return tls.isOld(session)
        || tls.asksClients()
            && Client.of(request).filter(it -> !tls.trusts(session, it.chain())).isPresent();
  }

  private static HttpResponse closing(HttpResponse response) {
    return response.status().intValue() == SWITCHING_PROTOCOLS
        ? response
        : response.addHeader(Connection.create("close"));
  }

  /** Where the port is, as it is printed. */
  public String url(ServerBinding binding) {
    var address = binding.localAddress();
    return (isSecure() ? "https://" : "http://")
        + address.getHostString()
        + ":"
        + address.getPort();
  }
}
