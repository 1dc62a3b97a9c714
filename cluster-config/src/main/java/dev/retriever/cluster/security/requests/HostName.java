package dev.retriever.cluster.security.requests;

import dev.retriever.executor.egress.AddressBlocks;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * The host of a URI, in one spelling. Immutable.
 *
 * @param text in lower case, without brackets and without a dot at the end
 * @param address the address that it spells out; empty for a name
 */
record HostName(String text, Optional<InetAddress> address) {
  static HostName of(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    var bare =
        lower.startsWith("[") && lower.endsWith("]")
            ? lower.substring(1, lower.length() - 1)
            : lower;
    var name = bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
    return new HostName(name, AddressBlocks.literal(bare));
  }

  boolean isLocalhost() {
    return text.equals("localhost");
  }

  /** Two spellings of one address are the same host. */
  boolean isSame(HostName other) {
    return address.isPresent() ? address.equals(other.address) : text.equals(other.text);
  }
}
