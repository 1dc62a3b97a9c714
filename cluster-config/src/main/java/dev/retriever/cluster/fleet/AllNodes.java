package dev.retriever.cluster.fleet;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * All nodes of the cluster at one moment. Immutable.
 *
 * @param members in the order of their addresses
 */
record AllNodes(Instant at, List<Member> members) {
  Stream<NodeReport> reports() {
    return members.stream().flatMap(member -> member.report().stream());
  }
}
