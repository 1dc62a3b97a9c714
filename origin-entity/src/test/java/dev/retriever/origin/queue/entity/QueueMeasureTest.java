package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueOperations.SetBreaker;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a queue says of itself to the metrics of its node. */
class QueueMeasureTest {
  private final QueueFixture on = new QueueFixture();

  @AfterEach
  void close() {
    on.close();
  }

  private QueueMeasure measure() {
    return on.<QueueReply.Measured>ask(QueueCommand.Measure::new)
        .receiveMessage()
        .measure()
        .orElseThrow();
  }

  @Test
  void each_incarnation_has_a_number_of_its_own_and_keeps_it() {
    on.configure(QueueGrantsTest.concurrency(1));
    new PlayedOrigin(on, "a").accepts(3).tells();
    var first = measure();
    on.pass(Duration.ofSeconds(5));
    assertThat(measure().incarnation()).isEqualTo(first.incarnation());

    on.restart();

    assertThat(measure().incarnation()).isNotEqualTo(first.incarnation());
  }

  @Test
  void a_breaker_that_is_open_keeps_its_time_when_the_queue_moves() {
    on.configure(QueueGrantsTest.concurrency(1));
    assertThat(measure().breakerSince()).isEmpty();
    on.operate(new SetBreaker(BreakerMode.OPEN));
    var since = measure().breakerSince();
    assertThat(since).isPresent();

    on.pass(Duration.ofMinutes(20));
    on.restart();

    assertThat(measure().breakerSince()).isEqualTo(since);
    on.operate(new SetBreaker(BreakerMode.CLOSE));
    assertThat(measure().breakerSince()).isEmpty();
  }
}
