package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.http.KeptConnections.Seeker;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.asynchttpclient.uri.Uri;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which idle connection a request gets. */
class KeptConnectionsTest {
  private static final Object REPEATABLE = key("http://a.test/1", Seeker.REPEATABLE);
  private static final Object UNREPEATABLE = key("http://a.test/2", Seeker.UNREPEATABLE);
  private static final Object FRESH = key("http://a.test/3", Seeker.FRESH);
  private static final Duration REST = Duration.ofMillis(50);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final Set<Channel> denied = new HashSet<>();
  private KeptConnections kept = with();

  private KeptConnections with(String... settings) {
    return new KeptConnections(
        TransportFixture.settings(settings), it -> !denied.contains(it), now::get);
  }

  private static Object key(String url, Seeker seeker) {
    return KeptConnections.keys(seeker).getPartitionKey(Uri.create(url), null, null);
  }

  private static Channel connection() {
    return new EmbeddedChannel(
        new ResponseCodec(1000, 10, (from, bytes) -> {}), new ConnectionGuard(1000, look -> {}));
  }

  /** One whose target says so with its answer. */
  private static Channel connection(String keepAlive) {
    var connection = (EmbeddedChannel) connection();
    var exchange =
        new HttpExchange(
            TransportFixture.KEY,
            1,
            new StageTimes(0, () -> 0),
            () -> false,
            ended -> {},
            report -> {});
    new Leg(exchange, null).onConnectionPooled(connection);
    connection.writeOutbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
    var answer = "HTTP/1.1 204 x\r\n" + keepAlive + "\r\n\r\n";
    connection.writeInbound(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
    connection.releaseOutbound();
    connection.releaseInbound();
    return connection;
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void a_connection_is_given_to_nobody_before_it_has_rested() {
    var connection = connection();
    kept.offer(connection, REPEATABLE);
    pass(REST.minusNanos(1));
    assertThat(kept.poll(REPEATABLE)).isNull();
    assertThat(kept.poll(UNREPEATABLE)).isNull();
    pass(Duration.ofNanos(1));
    assertThat(kept.poll(REPEATABLE)).isSameAs(connection);
    assertThat(kept.poll(REPEATABLE)).isNull();
  }

  @Test
  void the_one_that_has_rested_longest_comes_first() {
    var old = connection();
    var recent = connection();
    kept.offer(old, REPEATABLE);
    pass(REST);
    kept.offer(recent, UNREPEATABLE);
    assertThat(kept.poll(REPEATABLE)).isSameAs(old);
    assertThat(kept.poll(REPEATABLE)).isNull();
    pass(REST);
    assertThat(kept.poll(REPEATABLE)).isSameAs(recent);
  }

  @Test
  void those_offered_in_the_same_moment_are_all_kept() {
    var all = List.of(connection(), connection(), connection());
    all.forEach(each -> kept.offer(each, REPEATABLE));
    pass(REST.plusMillis(1));
    for (var each : all) {
      assertThat(kept.poll(REPEATABLE)).isSameAs(each);
    }
  }

  @Test
  void a_request_that_is_not_repeatable_gets_one_that_was_in_use_just_now() {
    var connection = connection();
    kept.offer(connection, REPEATABLE);
    pass(Duration.ofSeconds(1));
    assertThat(kept.poll(UNREPEATABLE)).isSameAs(connection);
  }

  @Test
  void it_gets_none_that_was_idle_for_longer_and_a_repeatable_one_does() {
    var old = connection();
    var recent = connection();
    kept.offer(old, UNREPEATABLE);
    pass(Duration.ofMillis(501));
    kept.offer(recent, UNREPEATABLE);
    pass(Duration.ofMillis(500));
    assertThat(kept.poll(UNREPEATABLE)).isSameAs(recent);
    assertThat(kept.poll(UNREPEATABLE)).isNull();
    assertThat(kept.poll(REPEATABLE)).isSameAs(old);
  }

  @Test
  void one_that_was_idle_for_too_long_is_given_to_nobody_and_closed() {
    var connection = connection();
    kept.offer(connection, REPEATABLE);
    pass(Duration.ofMillis(3_000));
    kept.clean();
    assertThat(connection.isOpen()).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(kept.poll(REPEATABLE)).isNull();
    kept.clean();
    assertThat(connection.isOpen()).isFalse();
    assertThat(kept.getIdleChannelCountPerHost()).isEmpty();
  }

  @Test
  void one_that_is_older_than_its_lifetime_is_given_to_nobody_and_not_kept_again() {
    var connection = connection();
    kept.offer(connection, REPEATABLE);
    for (var second = 0; second < 30; second++) {
      pass(Duration.ofSeconds(2));
      assertThat(kept.poll(REPEATABLE)).isSameAs(connection);
      assertThat(kept.offer(connection, REPEATABLE)).isTrue();
    }
    pass(Duration.ofSeconds(2));
    assertThat(kept.poll(REPEATABLE)).isNull();
    assertThat(connection.isOpen()).isFalse();
    assertThat(kept.offer(connection, REPEATABLE)).isFalse();
  }

  @Test
  void one_that_was_closed_meanwhile_is_passed_over() {
    var gone = connection();
    var there = connection();
    kept.offer(gone, REPEATABLE);
    kept.offer(there, REPEATABLE);
    gone.close();
    pass(REST.plusMillis(1));
    assertThat(kept.poll(REPEATABLE)).isSameAs(there);
  }

  @Test
  void one_whose_target_is_denied_meanwhile_is_passed_over_and_closed() {
    var bad = connection();
    var good = connection();
    var idle = connection();
    kept.offer(bad, REPEATABLE);
    kept.offer(good, REPEATABLE);
    kept.offer(idle, REPEATABLE);
    denied.addAll(List.of(bad, idle));
    pass(REST.plusMillis(1));
    assertThat(kept.poll(UNREPEATABLE)).isSameAs(good);
    assertThat(bad.isOpen()).isFalse();
    kept.clean();
    assertThat(idle.isOpen()).isFalse();
  }

  @Test
  void one_that_ends_is_taken_out() {
    var connection = connection();
    assertThat(kept.removeAll(connection)).isFalse();
    kept.offer(connection, REPEATABLE);
    assertThat(kept.removeAll(connection)).isTrue();
    assertThat(kept.removeAll(connection)).isFalse();
    assertThat(kept.getIdleChannelCountPerHost()).isEmpty();
  }

  @Test
  void a_request_for_a_new_connection_gets_no_kept_one() {
    kept.offer(connection(), FRESH);
    pass(Duration.ofSeconds(1));
    assertThat(kept.poll(FRESH)).isNull();
    assertThat(kept.poll(REPEATABLE)).isNotNull();
  }

  @Test
  void connections_of_another_target_are_not_touched() {
    kept.offer(connection(), REPEATABLE);
    pass(REST);
    assertThat(kept.poll(key("http://b.test/", Seeker.REPEATABLE))).isNull();
    assertThat(kept.poll(key("http://a.test:81/", Seeker.REPEATABLE))).isNull();
    assertThat(kept.poll(key("https://a.test/", Seeker.REPEATABLE))).isNull();
  }

  @Test
  void one_that_nobody_guards_or_another_codec_reads_is_not_kept() {
    assertThat(kept.offer(new EmbeddedChannel(), REPEATABLE)).isFalse();
    var guarded = new EmbeddedChannel(new HttpClientCodec(), new ConnectionGuard(1000, look -> {}));
    assertThat(kept.offer(guarded, REPEATABLE)).isFalse();
  }

  @Test
  void none_is_kept_without_reuse() {
    kept = with("reuse = off");
    assertThat(kept.offer(connection(), REPEATABLE)).isFalse();
  }

  @Test
  void kept_connections_are_closed_at_the_end() {
    var connection = connection();
    kept.offer(connection, REPEATABLE);
    kept.destroy();
    assertThat(connection.isOpen()).isFalse();
    assertThat(kept.offer(connection(), REPEATABLE)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Keep-Alive: timeout=3; 2000",
        "Keep-Alive: timeout=60; 3000",
        "keep-alive: max=100, Timeout = 2; 1000",
        "Keep-Alive: timeout=9, timeout=2; 1000",
        "Keep-Alive: timeout=x, max=, , 5; 3000",
        "Keep-Alive: timeout=99999999999999999999; 3000",
        "X: y; 3000"
      })
  void a_target_may_say_how_long_its_connections_are_kept(String keepAlive, long millis) {
    var connection = connection(keepAlive);
    assertThat(kept.offer(connection, REPEATABLE)).isTrue();
    pass(Duration.ofMillis(millis).plusNanos(1));
    assertThat(kept.poll(REPEATABLE)).isNull();
    kept.clean();
    assertThat(connection.isOpen()).isFalse();

    var another = connection(keepAlive);
    kept.offer(another, REPEATABLE);
    pass(Duration.ofMillis(millis));
    assertThat(kept.poll(REPEATABLE)).isSameAs(another);
  }

  @ParameterizedTest
  @ValueSource(strings = {"timeout=1", "timeout=0", "max=1", "timeout=5, max=0"})
  void or_that_they_are_not(String keepAlive) {
    assertThat(kept.offer(connection("Keep-Alive: " + keepAlive), REPEATABLE)).isFalse();
  }
}
