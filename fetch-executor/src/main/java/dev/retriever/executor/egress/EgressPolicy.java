package dev.retriever.executor.egress;

import dev.retriever.executor.Authority;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.InvalidRequest.Kind;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides which targets may be called: public addresses and those on the allow list, except those
 * on the deny list. Callers choose the URLs. Without this policy they could reach every host that
 * this node can reach.
 *
 * <p>The policy checks the bytes of resolved addresses, because text can mislead: {@code 127.1} and
 * {@code ::ffff:a9fe:a9fe} are internal addresses, and the owner of a name chooses its address.
 * Immutable, but for the nodes that it is told of.
 */
public final class EgressPolicy {
  private static final IPAddressStringParameters STRICT =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowSingleSegment(false)
          .allowPrefixOnly(false)
          .allowMask(false)
          .allowWildcardedSeparator(false)
          .allow_inet_aton(false)
          .getIPv4AddressParametersBuilder()
          .allowLeadingZeros(false) // others read them as octal
          .getParentBuilder()
          .getIPv6AddressParametersBuilder()
          .allowZone(false)
          .getParentBuilder()
          .toParams();

  private static final List<IPAddress> DENIED_V4 =
      blocks(
          "0.0.0.0/8", // this network; 0.0.0.0 reaches the node itself
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carrier-grade NAT, and 100.100.100.200, a metadata service
          "127.0.0.0/8", // loopback
          "168.63.129.16", // a cloud's host agent, although in a public range
          "169.254.0.0/16", // link-local, with the usual metadata services
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments, and 192.0.0.192, a metadata service
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4"); // reserved, and broadcast

  /**
   * The global IPv6 addresses. All others are denied: loopback, unique local, link-local,
   * multicast, and the ranges that embed an IPv4 address (compatible, translated, NAT64).
   */
  private static final IPAddress GLOBAL_V6 = block("2000::/3");

  private static final List<IPAddress> DENIED_V6 =
      blocks(
          "2001::/23", // protocol assignments; 2001::/32 is Teredo, which carries IPv4 addresses
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4 carries IPv4 addresses
          "3fff::/20"); // documentation

  /** Names that stand for a fixed address. */
  private static final Map<String, IPAddress> NAMED =
      Map.of(
          "localhost", block("127.0.0.1"),
          "metadata.google.internal", block("169.254.169.254"),
          "metadata.goog", block("169.254.169.254"));

  private static final IPAddress LOOPBACK_V6 = block("::1");

  private final List<IPAddress> allowed;
  private final EgressDenied denied;
  private final Ports ports;
  private final Supplier<OwnNodes> ours;

  private EgressPolicy(
      List<IPAddress> allowed, EgressDenied denied, Ports ports, Supplier<OwnNodes> ours) {
    this.allowed = allowed;
    this.denied = denied;
    this.ports = ports;
    this.ours = ours;
  }

  /**
   * Allows public addresses and the given ones, on any port.
   *
   * @param allowCidrs non-public addresses to allow: blocks such as {@code 10.1.0.0/16}, or single
   *     addresses
   * @throws IllegalArgumentException naming the entry that is not a block
   */
  public static EgressPolicy of(List<String> allowCidrs) {
    return new EgressPolicy(
        blocks("egress-allow", allowCidrs),
        EgressDenied.of(List.of()),
        Ports.ANY,
        () -> OwnNodes.NONE);
  }

  /**
   * Allows public addresses and those in {@code allow}, except those in {@code deny}, on certain
   * ports.
   *
   * @param allow as for {@link #of(List)}
   * @param deny blocks of addresses, hosts by name, and patterns such as {@code *.example.com}
   * @param ports single ports and ranges such as {@code 8000-8999}
   * @throws IllegalArgumentException naming the entry that is wrong
   */
  public static EgressPolicy of(List<String> allow, List<String> deny, List<String> ports) {
    return new EgressPolicy(
        blocks("egress-allow", allow), EgressDenied.of(deny), Ports.of(ports), () -> OwnNodes.NONE);
  }

  /**
   * A copy that also denies the addresses of this machine, and the ports of our nodes on every
   * address. Otherwise callers could reach a node, and its management port. Loopback is left to the
   * other rules, but for those ports. A single address on the allow list stays allowed, but for
   * those ports.
   *
   * @param nodes asked with each decision; must not block
   */
  public EgressPolicy without(Supplier<OwnNodes> nodes) {
    return new EgressPolicy(allowed, denied, ports, nodes);
  }

  private static boolean isJust(IPAddress block, IPAddress address) {
    return !block.isMultiple() && block.contains(address);
  }

  /** Whether that address may be called, but for the ports of our nodes. */
  boolean allows(InetAddress address) {
    return allows(canonical(address.getAddress()));
  }

  /**
   * Whether a connection to that address and port may be made or used now. The answer changes when
   * the policy learns of another node, so it is asked again before a kept connection is used.
   */
  public boolean allows(InetAddress address, int port) {
    return allows(address) && !ours.get().listenAt(address, port);
  }

  /** Whether that port may be called. */
  public boolean allowsPort(int port) {
    return ports.have(port);
  }

  /** Whether a host of that name may be looked up. */
  public boolean allowsName(String host) {
    return !denied.has(Authority.plainName(host));
  }

  /**
   * Filters the addresses of a lookup; the result is empty if the host is denied. One denied
   * address denies the host, because a mix of public and private addresses suggests an attack. Only
   * {@code localhost} may mix them, because no owner chooses its addresses.
   */
  public List<InetAddress> screen(String host, int port, List<InetAddress> answers) {
    var good = answers.stream().filter(it -> allows(it, port)).toList();
    return good.size() == answers.size() || isLocalhost(Authority.plainName(host))
        ? good
        : List.of();
  }

  /**
   * Refuses targets that are denied without a lookup: ports, names on the deny list, address
   * literals, and names with a fixed address. Other names pass; each attempt checks their
   * addresses.
   *
   * @throws InvalidRequest of kind {@code TARGET_NOT_ALLOWED}
   */
  public void check(FetchRequest request) {
    var uri = URI.create(request.url());
    var host = Authority.in(uri).host();
    if (!allowsPort(Authority.portOf(uri))) {
      throw new InvalidRequest(
          Kind.TARGET_NOT_ALLOWED, "/url", "the url's port must not be called from here");
    }
    if (!allowsName(host) || isDenied(host, Authority.portOf(uri))) {
      throw new InvalidRequest(
          Kind.TARGET_NOT_ALLOWED, "/url", "the url's host must not be called from here");
    }
  }

  private boolean isDenied(String host, int port) {
    var name = Authority.plainName(host);
    var literal = literalOrNamed(name);
    return !literal.map(this::allows).orElse(true) && !(isLocalhost(name) && allows(LOOPBACK_V6))
        || literal.filter(it -> ours.get().listenAt(it.toInetAddress(), port)).isPresent();
  }

  private boolean allows(IPAddress address) {
    if (denied.has(address)
        || ours.get().have(address.toInetAddress())
            && allowed.stream().noneMatch(block -> isJust(block, address))) {
      return false;
    }
    return allowed.stream().anyMatch(block -> block.contains(address)) || isPublic(address);
  }

  private static boolean isPublic(IPAddress address) {
    return address.isIPv4()
        ? DENIED_V4.stream().noneMatch(block -> block.contains(address))
        : GLOBAL_V6.contains(address)
            && DENIED_V6.stream().noneMatch(block -> block.contains(address));
  }

  /** Unwraps an IPv4-mapped address, because the operating system connects to the IPv4 address. */
  static IPAddress canonical(byte[] bytes) {
    if (bytes.length == IPv4Address.BYTE_COUNT) {
      return new IPv4Address(bytes);
    }
    var address = new IPv6Address(bytes);
    return address.isIPv4Mapped() ? address.getEmbeddedIPv4Address() : address;
  }

  private static Optional<IPAddress> literalOrNamed(String host) {
    if (isLocalhost(host)) {
      return Optional.of(NAMED.get("localhost"));
    }
    if (NAMED.containsKey(host)) {
      return Optional.of(NAMED.get(host));
    }
    return literal(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
  }

  /** The address that the text spells out, without brackets. */
  static Optional<IPAddress> literal(String text) {
    return Optional.ofNullable(new IPAddressString(text, STRICT).getAddress())
        .map(address -> canonical(address.getBytes()));
  }

  private static boolean isLocalhost(String name) {
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  private static List<IPAddress> blocks(String... cidrs) {
    return blocks("", List.of(cidrs));
  }

  private static List<IPAddress> blocks(String setting, List<String> cidrs) {
    return cidrs.stream().map(cidr -> block(setting, cidr)).toList();
  }

  private static IPAddress block(String cidr) {
    return block("", cidr);
  }

  static IPAddress block(String setting, String cidr) {
    IPAddress block;
    try {
      block = new IPAddressString(cidr, STRICT).toAddress();
    } catch (AddressStringException e) {
      throw notABlock(setting, cidr, "is not an address or CIDR block", e);
    }
    if ((block.isMultiple() || block.isPrefixed()) && !block.isPrefixBlock()) {
      throw notABlock(setting, cidr, "has bits set beyond its prefix", null);
    }
    if (block.isIPv6() && block.toIPv6().isIPv4Mapped()) {
      throw notABlock(setting, cidr, "must be written as IPv4", null);
    }
    return block;
  }

  private static IllegalArgumentException notABlock(
      String setting, String cidr, String rule, Exception cause) {
    return new IllegalArgumentException(setting + ": \"" + cidr + "\" " + rule, cause);
  }
}
