package dev.retriever.executor;

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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which addresses may be called: public ones, and those of an allow list. Callers choose the URLs,
 * so without this rule they could reach whatever this node can reach.
 *
 * <p>The rule looks at the bytes of resolved addresses. Text is no basis: {@code 127.1}, {@code
 * ::ffff:a9fe:a9fe} and a name with a clever owner all mean something else than they say.
 * Immutable.
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
   * Everything else is denied: loopback, unique local, link-local, multicast, and the ranges that
   * carry an IPv4 address in disguise (compatible, translated, NAT64).
   */
  private static final IPAddress GLOBAL_V6 = block("2000::/3");

  private static final List<IPAddress> DENIED_V6 =
      blocks(
          "2001::/23", // protocol assignments; 2001::/32 is Teredo, which carries IPv4 addresses
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4 carries IPv4 addresses
          "3fff::/20"); // documentation

  /** Names that stand for an address, wherever they are looked up. */
  private static final Map<String, IPAddress> NAMED =
      Map.of(
          "localhost", block("127.0.0.1"),
          "metadata.google.internal", block("169.254.169.254"),
          "metadata.goog", block("169.254.169.254"));

  private static final IPAddress LOOPBACK_V6 = block("::1");

  private final List<IPAddress> allowed;

  private EgressPolicy(List<IPAddress> allowed) {
    this.allowed = allowed;
  }

  /**
   * Public addresses, and these.
   *
   * @param allowCidrs blocks such as {@code 10.1.0.0/16}, or single addresses, that may be called
   *     although they are not public; none if it is empty
   * @throws IllegalArgumentException naming the entry that is not a block
   */
  public static EgressPolicy of(List<String> allowCidrs) {
    return new EgressPolicy(allowCidrs.stream().map(EgressPolicy::block).toList());
  }

  /** Whether that address may be called. */
  public boolean allows(InetAddress address) {
    return allows(canonical(address.getAddress()));
  }

  /**
   * The answers of a lookup that may be connected to; none when the host is denied. One denied
   * answer denies the host: a name whose owner mixes public and private answers is up to something.
   * Only {@code localhost} is excused, because its answers are not its owner's choice.
   */
  List<InetAddress> screen(String host, List<InetAddress> answers) {
    var good = answers.stream().filter(this::allows).toList();
    return good.size() == answers.size() || isLocalhost(plainName(host)) ? good : List.of();
  }

  /**
   * Refuses what is known to be denied before any lookup: address literals, and names that stand
   * for an address. Other names pass here, and are judged by their addresses with each attempt.
   *
   * @throws InvalidRequest of kind {@code TARGET_NOT_ALLOWED}
   */
  public void check(FetchRequest request) {
    var host = URI.create(request.url()).getHost();
    if (!literalOrNamed(plainName(host)).map(this::allows).orElse(true)
        && !(isLocalhost(plainName(host)) && allows(LOOPBACK_V6))) {
      throw new InvalidRequest(
          Kind.TARGET_NOT_ALLOWED, "/url", "the url's host must not be called from here");
    }
  }

  private boolean allows(IPAddress address) {
    return allowed.stream().anyMatch(block -> block.contains(address)) || isPublic(address);
  }

  private static boolean isPublic(IPAddress address) {
    return address.isIPv4()
        ? DENIED_V4.stream().noneMatch(block -> block.contains(address))
        : GLOBAL_V6.contains(address)
            && DENIED_V6.stream().noneMatch(block -> block.contains(address));
  }

  /** The operating system connects to the IPv4 address of a mapped one, so that one is judged. */
  private static IPAddress canonical(byte[] bytes) {
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
    var literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return Optional.ofNullable(new IPAddressString(literal, STRICT).getAddress())
        .map(address -> canonical(address.getBytes()));
  }

  private static boolean isLocalhost(String name) {
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  private static String plainName(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static List<IPAddress> blocks(String... cidrs) {
    return Stream.of(cidrs).map(EgressPolicy::block).toList();
  }

  private static IPAddress block(String cidr) {
    IPAddress block;
    try {
      block = new IPAddressString(cidr, STRICT).toAddress();
    } catch (AddressStringException e) {
      throw notABlock(cidr, "is not an address or CIDR block", e);
    }
    if ((block.isMultiple() || block.isPrefixed()) && !block.isPrefixBlock()) {
      throw notABlock(cidr, "has bits set beyond its prefix", null);
    }
    if (block.isIPv6() && block.toIPv6().isIPv4Mapped()) {
      throw notABlock(cidr, "must be written as IPv4", null);
    }
    return block;
  }

  private static IllegalArgumentException notABlock(String cidr, String rule, Exception cause) {
    return new IllegalArgumentException("egress-allow: \"" + cidr + "\" " + rule, cause);
  }
}
