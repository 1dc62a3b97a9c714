package dev.retriever.executor.egress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * Where the nodes of our cluster listen. No fetch may reach them, whatever range is allowed.
 * Immutable.
 *
 * @param addresses of this machine
 * @param localPorts at which nodes of this machine listen, on any of its addresses
 * @param others where nodes of other machines listen
 */
public record OwnNodes(
    Set<InetAddress> addresses, Set<Integer> localPorts, Set<InetSocketAddress> others) {

  /** Nothing is known of any node, so none is denied. */
  public static final OwnNodes NONE = new OwnNodes(Set.of(), Set.of(), Set.of());

  public OwnNodes {
    addresses = Set.copyOf(addresses);
    localPorts = Set.copyOf(localPorts);
    others = Set.copyOf(others);
  }

  /** Whether it is an address of this machine, other than loopback. */
  boolean have(InetAddress address) {
    return !address.isLoopbackAddress() && addresses.contains(address);
  }

  /** Whether a node listens there. */
  boolean listenAt(InetAddress address, int port) {
    return localPorts.contains(port) && isHere(address)
        || others.contains(new InetSocketAddress(address, port));
  }

  private boolean isHere(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || addresses.contains(address);
  }
}
