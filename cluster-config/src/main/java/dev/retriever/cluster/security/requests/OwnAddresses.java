package dev.retriever.cluster.security.requests;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this machine, asked for again every 10 seconds at most. Thread-safe. */
public final class OwnAddresses implements Predicate<InetAddress> {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAddresses.class);
  private static final Duration LIFETIME = Duration.ofSeconds(10);

  private record Read(Set<InetAddress> addresses, long nanos) {}

  private final LongSupplier nanos;
  private volatile Read read;

  /**
   * @param nanos a clock that never goes back, in nanoseconds
   */
  public OwnAddresses(LongSupplier nanos) {
    this.nanos = nanos;
    this.read = new Read(read(Set.of()), nanos.getAsLong());
  }

  @Override
  public boolean test(InetAddress address) {
    var now = nanos.getAsLong();
    if (now - read.nanos() >= LIFETIME.toNanos()) {
      read = new Read(read(read.addresses()), now);
    }
    return read.addresses().contains(address);
  }

  private static Set<InetAddress> read(Set<InetAddress> before) {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException e) {
      LOG.warn("This machine does not tell its addresses; those known before are used", e);
      return before;
    }
  }
}
