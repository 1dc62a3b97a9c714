package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.wire.Look;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A queue that can do nothing looks again at intervals, and not all the time. */
class QueueLooksTest {
  /** Looks in ten seconds: each second for the gate, and a few for statements. */
  private static final int FEW = 200;

  private final QueueFixture on = new QueueFixture();

  @AfterEach
  void close() {
    on.close();
  }

  private int looksInTenSeconds() {
    var before = on.looks.get();
    for (var i = 0; i < 5_000; i++) {
      on.time.pass(QueueFixture.MOMENT);
    }
    return on.looks.get() - before;
  }

  @Test
  void without_settings() {
    new PlayedOrigin(on, "a").accepts(1).tells();
    on.tell(new Look("q"));

    assertThat(looksInTenSeconds()).isLessThan(FEW);
  }

  @Test
  void with_nothing_to_do_and_with_attempts_under_way() {
    on.configure(QueueGrantsTest.concurrency(1));
    assertThat(looksInTenSeconds()).isLessThan(FEW);

    var a = new PlayedOrigin(on, "a").accepts(3).tells();
    a.begins(on.newGrants().get(0).lease());
    a.tells();

    assertThat(looksInTenSeconds()).isLessThan(FEW);
  }

  @Test
  void while_the_database_is_away() {
    on.configure(QueueGrantsTest.concurrency(1));
    new PlayedOrigin(on, "a").accepts(3).tells();
    on.store.away(true);
    on.change(replyTo -> new QueueCommand.Remove(Optional.empty(), replyTo));
    on.pass(Duration.ofSeconds(20));

    assertThat(looksInTenSeconds()).isLessThan(FEW);
  }

  @Test
  void while_lines_are_not_read() {
    on.configure(QueueGrantsTest.concurrency(1));
    on.store.delay("lines");
    on.restart();
    on.pass(Duration.ofSeconds(10));

    assertThat(looksInTenSeconds()).isLessThan(FEW);
  }

  @Test
  void when_a_removal_could_not_be_decided() {
    on.configure(QueueGrantsTest.concurrency(1));
    on.store.away(true);
    on.<QueueReply.Changed>ask(replyTo -> new QueueCommand.Remove(Optional.empty(), replyTo));
    on.store.away(false);
    on.pass(Duration.ofSeconds(5));

    assertThat(looksInTenSeconds()).isLessThan(FEW);
  }
}
