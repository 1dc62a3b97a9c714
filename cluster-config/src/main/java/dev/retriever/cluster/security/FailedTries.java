package dev.retriever.cluster.security;

import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.settings.SettingsReader;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Limits how often one address may send credentials that are not accepted. Only these count, so
 * that nobody is locked out by others behind the same address. Thread-safe.
 */
public final class FailedTries {
  /** The part of an IPv6 address that one network has: its hosts choose the rest. */
  private static final int NETWORK_BYTES = 8;

  private final Function<HttpRequest, Optional<InetAddress>> address;
  private final LongSupplier nanoTime;
  private final TokenBuckets<ByteBuffer> buckets;

  /**
   * Settings from {@code retriever.node.auth.failed-tries}.
   *
   * @param perMinute of one address, IPv4 or the first 64 bits of IPv6
   * @param burst so many at once
   * @param addresses that are remembered
   */
  public record Settings(int perMinute, int burst, int addresses) {
    private static final int MOST = 1_000_000;

    public Settings {
      between("per-minute", perMinute, 1, MOST);
      between("burst", burst, 1, MOST);
      between("addresses", addresses, 1, MOST);
    }

    public static Settings from(Config config) {
      return SettingsReader.read(
          config,
          "retriever.node.auth.failed-tries",
          c -> new Settings(c.count("per-minute"), c.count("burst"), c.count("addresses")));
    }
  }

  /**
   * @param address of the caller; those without one count together
   */
  public FailedTries(
      Settings settings,
      Function<HttpRequest, Optional<InetAddress>> address,
      LongSupplier nanoTime) {
    this.address = address;
    this.nanoTime = nanoTime;
    this.buckets = new TokenBuckets<>(settings.perMinute(), settings.burst(), settings.addresses());
  }

  /** Counts a failed try. The answer, if there were too many; else empty. */
  Optional<HttpResponse> count(HttpRequest request) {
    var network = network(address.apply(request));
    long wait;
    synchronized (buckets) {
      wait = buckets.take(network, nanoTime.getAsLong());
    }
    return wait == 0 ? Optional.empty() : Optional.of(refusal(wait));
  }

  private static ByteBuffer network(Optional<InetAddress> address) {
    var bytes = address.map(InetAddress::getAddress).orElse(new byte[0]);
    return ByteBuffer.wrap(
        address.filter(Inet6Address.class::isInstance).isPresent()
            ? Arrays.copyOf(bytes, NETWORK_BYTES)
            : bytes);
  }

  private static HttpResponse refusal(long waitNanos) {
    var seconds = TimeUnit.NANOSECONDS.toSeconds(waitNanos) + 1;
    return Problem.of(
            ProblemType.TOO_MANY_FAILED_TRIES,
            "Too many credentials from this address were not accepted. Valid ones pass at any time.")
        .toResponse()
        .removeHeader("Retry-After")
        .addHeader(RawHeader.create("Retry-After", "" + seconds));
  }
}
