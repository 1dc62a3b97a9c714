package dev.retriever.cluster.security.requests;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.security.CallerText;
import dev.retriever.cluster.security.RequestCheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.model.HttpProtocols;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Refuses requests to names that this node does not have. Otherwise the owner of any name could let
 * it stand for an address of the node, and pages of that name could call it (DNS rebinding). An
 * address has no owner who could do so. Thread-safe.
 */
public final class HostCheck implements RequestCheck {
  private static final String ANY_BELOW = "*";

  private final Listener listener;
  private final List<Predicate<HostName>> configured;
  private final Predicate<InetAddress> ownAddress;

  /**
   * @param ownAddress whether this machine has that address now; asked about ports that are bound
   *     on all of its addresses
   */
  public HostCheck(Listener listener, RequestSettings settings, Predicate<InetAddress> ownAddress) {
    this.listener = listener;
    this.ownAddress = ownAddress;
    this.configured =
        Stream.concat(
                settings.hosts().stream().map(HostCheck::matching),
                settings.publicOrigin().map(WebOrigin::host).map(HostCheck::same).stream())
            .toList();
  }

  private static Predicate<HostName> matching(String entry) {
    if (entry.startsWith(ANY_BELOW)) {
      var end = HostName.of(entry.substring(ANY_BELOW.length())).text();
      return host -> host.text().endsWith(end) && host.text().length() > end.length();
    }
    return same(HostName.of(entry));
  }

  private static Predicate<HostName> same(HostName own) {
    return own::isSame;
  }

  @Override
  public Optional<Problem> refusal(HttpRequest request) {
    if (ProbePaths.isProbe(request)) {
      return Optional.empty();
    }
    var bound = listener.bound();
    if (bound.isEmpty()) {
      return Optional.of(Problem.of(ProblemType.NOT_READY, "The port is not open yet."));
    }
    var host = HostName.of(request.getUri().host().address());
    return isOwn(host, request, bound.get())
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemType.HOST_NOT_ALLOWED,
                "This node does not serve the host '"
                    + CallerText.shown(host.text())
                    + "' at that port. If it should, add the host to retriever.node.hosts"
                    + " (RETRIEVER_HOSTS)."));
  }

  private boolean isOwn(HostName host, HttpRequest request, InetSocketAddress bound) {
    return configured.stream().anyMatch(it -> it.test(host))
        || host.address().map(it -> isOwn(it, bound.getAddress())).orElse(false)
        || host.isLocalhost() && isPort(request, bound.getPort());
  }

  private boolean isOwn(InetAddress address, InetAddress bound) {
    if (address.isAnyLocalAddress()) {
      return false;
    }
    if (address.isLoopbackAddress()) {
      return bound.isLoopbackAddress() || bound.isAnyLocalAddress();
    }
    return bound.isAnyLocalAddress() ? ownAddress.test(address) : bound.equals(address);
  }

  /** Browsers send a host always, so that a request without one, of HTTP/1.0, is not of a page. */
  private boolean isPort(HttpRequest request, int bound) {
    return listener.port(Uris.port(request.getUri())) == bound
        || request.protocol().equals(HttpProtocols.HTTP_1_0)
            && RequestHeaders.named(request, "Host").isEmpty();
  }
}
