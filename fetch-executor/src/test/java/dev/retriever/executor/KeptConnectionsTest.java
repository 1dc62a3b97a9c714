package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.HashedWheelTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.asynchttpclient.netty.channel.DefaultChannelPool;
import org.asynchttpclient.uri.Uri;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which idle connection a request gets. */
class KeptConnectionsTest {
  private static final Object REPEATABLE = key("http://a.test/1", true);
  private static final Object UNREPEATABLE = key("http://a.test/2", false);

  private final HashedWheelTimer timer = new HashedWheelTimer();
  private final AtomicLong now = new AtomicLong();
  private final KeptConnections kept =
      new KeptConnections(
          new DefaultChannelPool(
              Duration.ofMinutes(1), Duration.ofMinutes(1), timer, Duration.ofMinutes(1)),
          Duration.ofSeconds(1),
          now::get);

  @AfterEach
  void stop() {
    timer.stop();
  }

  private static Object key(String url, boolean repeatable) {
    return KeptConnections.keys(repeatable).getPartitionKey(Uri.create(url), null, null);
  }

  private static Channel connection() {
    return new EmbeddedChannel(new ConnectionGuard(1000));
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void a_request_that_is_not_repeatable_gets_one_that_was_in_use_just_now() {
    var connection = connection();
    kept.offer(connection, REPEATABLE);
    pass(Duration.ofSeconds(1));
    assertThat(kept.poll(UNREPEATABLE)).isSameAs(connection);
  }

  @Test
  void it_gets_none_that_was_idle_for_longer_and_that_one_is_closed() {
    var connection = connection();
    kept.offer(connection, UNREPEATABLE);
    pass(Duration.ofMillis(1001));
    assertThat(kept.poll(UNREPEATABLE)).isNull();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void a_repeatable_one_gets_it() {
    var connection = connection();
    kept.offer(connection, UNREPEATABLE);
    pass(Duration.ofSeconds(30));
    assertThat(kept.poll(REPEATABLE)).isSameAs(connection);
  }

  @Test
  void what_was_used_last_comes_first() {
    var old = connection();
    var recent = connection();
    kept.offer(old, REPEATABLE);
    pass(Duration.ofSeconds(2));
    kept.offer(recent, REPEATABLE);
    assertThat(kept.poll(UNREPEATABLE)).isSameAs(recent);
    assertThat(kept.poll(REPEATABLE)).isSameAs(old);
  }

  @Test
  void connections_of_another_target_are_not_touched() {
    kept.offer(connection(), REPEATABLE);
    assertThat(kept.poll(key("http://b.test/", true))).isNull();
    assertThat(kept.poll(key("http://a.test:81/", true))).isNull();
    assertThat(kept.poll(key("https://a.test/", true))).isNull();
  }

  @Test
  void one_that_nobody_guards_is_not_kept() {
    assertThat(kept.offer(new EmbeddedChannel(), REPEATABLE)).isFalse();
  }
}
