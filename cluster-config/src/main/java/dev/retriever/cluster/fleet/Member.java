package dev.retriever.cluster.fleet;

import java.util.Optional;
import java.util.Set;

/**
 * A node as the cluster knows it, and what it tells of itself. Immutable.
 *
 * @param node its address and incarnation
 * @param status in lower case, as the cluster has it
 * @param reachable whether the other nodes hear of it
 * @param report empty if it did not answer in time
 */
record Member(
    String node,
    String status,
    boolean reachable,
    Set<String> roles,
    boolean self,
    Optional<NodeReport> report) {
  boolean isUp() {
    return status.equals("up");
  }

  boolean has(String role) {
    return roles.contains(role);
  }
}
