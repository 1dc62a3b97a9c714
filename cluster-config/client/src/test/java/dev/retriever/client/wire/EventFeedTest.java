package dev.retriever.client.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private static final Duration SILENCE = Duration.ofSeconds(45);

  private final SetTime time = new SetTime();
  private final EventFeed feed = new EventFeed(1000, SILENCE, time);

  EventFeedTest() {
    feed.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {}
        });
  }

  /** Stands still until it is set. */
  private static final class SetTime implements ClientTime {
    private long nanos;

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void pause(Duration length) {
      nanos += length.toNanos();
    }
  }

  private void come(String text) {
    feed.onNext(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void what_came_before_the_caller_paused_is_given_after_the_pause() throws Exception {
    come("id: 3\ndata: x\n\n");
    time.pause(SILENCE.multipliedBy(2));

    assertThat(feed.next(Duration.ZERO).orElseThrow().id()).isEqualTo("3");
    assertThat(feed.next(Duration.ZERO)).isEmpty();
  }

  @Test
  void a_connection_on_which_nothing_comes_for_too_long_is_silent() throws Exception {
    assertThat(feed.next(Duration.ZERO)).isEmpty();
    time.pause(SILENCE);

    assertThatThrownBy(() -> feed.next(Duration.ZERO)).hasMessage("the stream was silent for 45 s");
  }
}
