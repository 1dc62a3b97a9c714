package dev.retriever.cluster;

import dev.retriever.cluster.security.tls.NodePorts;
import dev.retriever.origin.OriginOperations;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** What both metrics and reports to other nodes read of a node. None of it blocks. */
record NodeReadings(Retriever retriever, NodePorts ports) {
  /** Counts of each type of origins, by its name. */
  Map<String, OriginOperations.Stats> origins() {
    var stats = new TreeMap<String, OriginOperations.Stats>();
    retriever.types().forEach((type, host) -> stats.put(type, host.origins().operations().stats()));
    return stats;
  }

  /** How many permits each pool has, by its name. */
  Map<String, Integer> permits() {
    return retriever.figures().permits();
  }

  /** When the certificate of each port with TLS ends, by the name of the port. */
  Map<String, Instant> certificates() {
    var ends = new TreeMap<String, Instant>();
    ports.api().certificateEnds().ifPresent(end -> ends.put("api", end));
    ports.management().certificateEnds().ifPresent(end -> ends.put("management", end));
    return ends;
  }
}
