package dev.retriever.cluster.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.junit.jupiter.api.Test;

/** How often an address may fail, in virtual time. */
class FailedTriesTest {
  private Duration passed = Duration.ZERO;
  private String address = "192.0.2.1";
  private final FailedTries tries = tries(new FailedTries.Settings(20, 20, 100));

  private FailedTries tries(FailedTries.Settings settings) {
    return new FailedTries(settings, request -> Optional.of(address()), () -> passed.toNanos());
  }

  private InetAddress address() {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isRefused() {
    return tries.count(HttpRequest.GET("/")).isPresent();
  }

  private long refusedOf(int count) {
    return IntStream.range(0, count).filter(i -> isRefused()).count();
  }

  @Test
  void twenty_at_once_and_twenty_a_minute_are_answered_as_ever() {
    assertThat(refusedOf(20)).isZero();
    assertThat(refusedOf(5)).isEqualTo(5);

    passed = Duration.ofSeconds(3);
    assertThat(isRefused()).isFalse();
    assertThat(isRefused()).isTrue();

    passed = Duration.ofMinutes(10);
    assertThat(refusedOf(21)).isEqualTo(1);
  }

  @Test
  void the_refusal_says_when_to_try_again() {
    refusedOf(20);
    passed = Duration.ofMillis(500);

    var refusal = tries.count(HttpRequest.GET("/")).orElseThrow();

    assertThat(refusal.status().intValue()).isEqualTo(429);
    assertThat(refusal.getHeaders())
        .filteredOn(it -> it.is("retry-after"))
        .singleElement()
        .satisfies(it -> assertThat(it.value()).isEqualTo("3"));
  }

  @Test
  void addresses_count_apart_but_those_of_one_network_of_ipv6_together() {
    refusedOf(20);
    address = "192.0.2.2";
    assertThat(isRefused()).isFalse();

    address = "2001:db8:1:2::1";
    refusedOf(20);
    address = "2001:db8:1:2:ffff::99";
    assertThat(isRefused()).isTrue();
    address = "2001:db8:1:3::1";
    assertThat(isRefused()).isFalse();
  }

  @Test
  void an_address_of_ipv4_is_the_same_in_the_form_of_ipv6() {
    refusedOf(20);
    address = "::ffff:192.0.2.1";

    assertThat(isRefused()).isTrue();
  }

  @Test
  void no_more_addresses_are_remembered_than_the_setting_says() {
    var buckets = new TokenBuckets<Integer>(20, 1, 100);
    IntStream.range(0, 100_000).forEach(i -> buckets.take(i, i));

    assertThat(buckets.size()).isEqualTo(100);
    assertThat(buckets.take(99_999, 100_000)).as("remembered").isPositive();
    assertThat(buckets.take(1, 100_000)).as("forgotten").isZero();
  }
}
