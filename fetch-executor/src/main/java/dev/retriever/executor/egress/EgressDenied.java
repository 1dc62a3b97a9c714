package dev.retriever.executor.egress;

import dev.retriever.executor.Authority;
import dev.retriever.executor.HostPattern;
import dev.retriever.executor.RequestRules;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What must not be called whatever else is allowed: blocks of addresses, hosts by name, and all
 * hosts below a domain. Immutable.
 */
record EgressDenied(List<IPAddress> blocks, List<HostPattern> hosts) {
  private static final Pattern NAME =
      Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  /**
   * @throws IllegalArgumentException naming the entry that is neither block nor name
   */
  static EgressDenied of(List<String> entries) {
    var blocks = new ArrayList<IPAddress>();
    var hosts = new ArrayList<HostPattern>();
    for (var entry : entries) {
      var name = Authority.plainName(entry);
      if (isName(name)) {
        hosts.add(new HostPattern(name));
      } else {
        blocks.add(EgressPolicy.block("egress-deny", entry));
      }
    }
    return new EgressDenied(List.copyOf(blocks), List.copyOf(hosts));
  }

  /** What ends in a number is an address, or meant to be one. */
  private static boolean isName(String entry) {
    var last = entry.substring(entry.lastIndexOf('.') + 1);
    return NAME.matcher(entry).matches() && !RequestRules.NUMERIC_LABEL.matcher(last).matches();
  }

  boolean has(IPAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }

  boolean has(String name) {
    return hosts.stream().anyMatch(host -> host.matches(name));
  }
}
