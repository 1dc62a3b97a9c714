package dev.retriever.cluster.security;

import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.executor.egress.AddressBlocks;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Finds the address that a request came from. Proxies tell it in {@code X-Forwarded-For}; only
 * those that are trusted are believed. Takes {@code pekko.http.server.remote-address-attribute} to
 * be on. Thread-safe.
 */
public final class ClientAddress {
  /** An address, perhaps with a port. IPv6 with a port is in brackets. */
  private static final Pattern ENTRY =
      Pattern.compile("\\[([^\\[\\]]+)](?::[0-9]+)?|([0-9.]+):[0-9]+|([^\\[\\]]+)");

  private final AddressBlocks trustedProxies;

  public ClientAddress(AddressBlocks trustedProxies) {
    this.trustedProxies = trustedProxies;
  }

  /**
   * The address of the connection's peer. If that is a trusted proxy, it is the last entry of
   * {@code X-Forwarded-For} that is not one; if an entry up to there is no address, it is the peer.
   * Empty if the server does not tell the peer.
   */
  public Optional<InetAddress> of(HttpRequest request) {
    return peer(request)
        .map(peer -> trustedProxies.have(peer) ? forwarded(request).orElse(peer) : peer);
  }

  /** The same as text, for logs and the audit; {@code unknown} if there is none. */
  public String text(HttpRequest request) {
    return of(request).map(InetAddress::getHostAddress).orElse("unknown");
  }

  /** Whether the connection's peer is a trusted proxy. */
  public boolean isFromTrustedProxy(HttpRequest request) {
    return peer(request).filter(trustedProxies::have).isPresent();
  }

  private static Optional<InetAddress> peer(HttpRequest request) {
    return request.getAttribute(AttributeKeys.remoteAddress).flatMap(it -> it.getAddress());
  }

  /** From the right, since each proxy adds its peer at the end, and clients write the beginning. */
  private Optional<InetAddress> forwarded(HttpRequest request) {
    for (var entry : fromTheRight(RequestHeaders.named(request, "X-Forwarded-For"))) {
      var address = address(entry);
      if (address.filter(trustedProxies::have).isEmpty()) {
        return address;
      }
    }
    return Optional.empty();
  }

  private static List<String> fromTheRight(List<String> lines) {
    var entries = new ArrayList<String>();
    for (var line : lines) {
      entries.addAll(Arrays.asList(line.split(",", -1)));
    }
    Collections.reverse(entries);
    return entries;
  }

  private static Optional<InetAddress> address(String entry) {
    var match = ENTRY.matcher(entry.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    for (var group = 1; group <= match.groupCount(); group++) {
      if (match.group(group) != null) {
        return AddressBlocks.literal(match.group(group));
      }
    }
    return Optional.empty();
  }
}
