package dev.retriever.executor.egress;

import dev.retriever.executor.Authority;
import dev.retriever.executor.HostPattern;
import dev.retriever.executor.RequestRules;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The deny list: blocks of addresses, hosts by name, and all hosts below a domain. It overrides the
 * allow list. Immutable.
 */
record EgressDenied(List<IPAddress> blocks, List<HostPattern> hosts) {
  private static final Pattern NAME =
      Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  /**
   * @throws IllegalArgumentException naming the entry that is neither a block nor a name
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

  /** Whether an entry is a host name. A text that ends in a number counts as an address. */
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
