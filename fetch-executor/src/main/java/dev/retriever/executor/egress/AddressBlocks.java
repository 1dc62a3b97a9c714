package dev.retriever.executor.egress;

import inet.ipaddr.IPAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Blocks of addresses, such as {@code 10.1.0.0/16}. Addresses are compared by their bytes; an
 * IPv4-mapped address is the IPv4 address. Immutable.
 */
public final class AddressBlocks {
  /** No block, range or wildcard. */
  private static final Pattern ONE = Pattern.compile("[0-9A-Fa-f:.]+");

  private final List<IPAddress> blocks;

  private AddressBlocks(List<IPAddress> blocks) {
    this.blocks = blocks;
  }

  /**
   * @param setting the name of the setting that they come from, for the message
   * @param cidrs blocks, or single addresses
   * @throws IllegalArgumentException naming the entry that is not a block
   */
  public static AddressBlocks of(String setting, List<String> cidrs) {
    return new AddressBlocks(cidrs.stream().map(it -> EgressPolicy.block(setting, it)).toList());
  }

  /** Whether the address is in one of the blocks. */
  public boolean have(InetAddress address) {
    var canonical = EgressPolicy.canonical(address.getAddress());
    return blocks.stream().anyMatch(block -> block.contains(canonical));
  }

  /**
   * The address that the text spells out. Nothing is looked up. Empty for names, and for spellings
   * that programs read differently: {@code 127.1}, {@code 0x7f.1}, leading zeros, and zones.
   *
   * @param text without brackets
   */
  public static Optional<InetAddress> literal(String text) {
    return Optional.of(text)
        .filter(it -> ONE.matcher(it).matches())
        .flatMap(EgressPolicy::literal)
        .map(address -> inet(address.getBytes()));
  }

  private static InetAddress inet(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
