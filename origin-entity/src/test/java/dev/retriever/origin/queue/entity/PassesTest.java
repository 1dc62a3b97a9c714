package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueOperations.Hold;
import dev.retriever.origin.queue.QueueOperations.Pause;
import dev.retriever.origin.queue.QueueOperations.Resume;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When nodes may begin attempts of a queue without asking it. */
class PassesTest {
  private static final Pause PAUSE = new Pause(Optional.empty(), "maintenance");

  /** After that, all nodes have read the table of queues. */
  private static final Duration READ = Duration.ofMillis(1_500);

  private static final Duration RUNS = Lease.LONGEST_WITH_PASS.plusSeconds(30);

  private final QueueFixture on = new QueueFixture();

  @AfterEach
  void close() {
    on.close();
  }

  private static QueueSettings unlimited() {
    var usual = QueueSettings.DEFAULT;
    return usual.unlimited();
  }

  private Gate gate() {
    return on.store.listed().toCompletableFuture().join().stream()
        .filter(it -> it.queue().equals(QueueFixture.NAME))
        .map(it -> it.gate())
        .findFirst()
        .orElse(Gate.OPEN);
  }

  private Lease pass() {
    assertThat(gate().pass()).isPositive();
    return Lease.pass(QueueFixture.NAME, gate().pass());
  }

  private boolean begins(Lease pass) {
    return on.store.start(pass, "o|a", "f", 1, "k", Duration.ofSeconds(10));
  }

  @Test
  void a_queue_that_limits_nothing_gives_a_pass() {
    on.configure(unlimited());

    assertThat(begins(pass())).isTrue();
    assertThat(on.store.rows()).isEmpty();
  }

  @Test
  void a_queue_with_a_limit_gives_none() {
    on.configure(QueueGrantsTest.concurrency(100));

    assertThat(gate().pass()).isZero();
  }

  @Test
  void a_pause_takes_the_pass_from_the_table_before_it_refuses_it() {
    on.configure(unlimited());
    var pass = pass();

    var answers = on.operateLater(PAUSE);
    assertThat(gate().pass()).isZero();
    assertThat(begins(pass)).isTrue();
    answers.expectNoMessage(Duration.ZERO);
    on.pass(READ);

    assertThat(answers.receiveMessage().queue().orElseThrow().effective()).isTrue();
    assertThat(begins(pass)).isFalse();
  }

  @Test
  void after_a_pause_there_is_another_pass() {
    on.configure(unlimited());
    var first = pass();
    on.operateLater(PAUSE);
    on.pass(READ);
    on.operate(new Resume());

    assertThat(pass().grantNo()).isGreaterThan(first.grantNo());
    assertThat(begins(pass())).isTrue();
    assertThat(begins(first)).isFalse();
  }

  @Test
  void a_pause_that_is_over_at_once_leaves_a_pass_that_is_good() {
    on.configure(unlimited());
    on.operateLater(PAUSE);
    on.operate(new Resume());
    on.pass(READ);

    assertThat(begins(pass())).isTrue();
  }

  @Test
  void a_hold_ends_the_pass_until_its_time() {
    on.configure(unlimited());
    on.operateLater(new Hold(on.time.instant().plusSeconds(60), "slow"));
    on.pass(READ);
    assertThat(gate().pass()).isZero();

    on.pass(Duration.ofSeconds(60));

    assertThat(begins(pass())).isTrue();
  }

  @Test
  void a_limit_is_effective_when_no_attempt_runs_any_more_that_began_with_a_pass() {
    on.configure(unlimited());
    on.<QueueReply.Changed>ask(
        replyTo ->
            new QueueCommand.Configure(QueueGrantsTest.concurrency(1), Optional.empty(), replyTo));
    on.pass(RUNS.minusSeconds(10));
    assertThat(on.view().effective()).isFalse();

    on.pass(Duration.ofSeconds(10).plus(READ));

    assertThat(on.view().effective()).isTrue();
  }

  @Test
  void the_pass_outlives_a_move_of_the_queue() {
    on.configure(unlimited());
    var pass = pass();
    on.host.readTable();
    on.restart();

    assertThat(pass()).isEqualTo(pass);
    assertThat(begins(pass)).isTrue();
  }

  /** The table that a node reads now and then still has the pass of before. */
  @Test
  void an_incarnation_reads_itself_what_the_one_before_has_published() {
    on.configure(unlimited());
    var first = pass();
    on.host.readTable();
    var until = on.time.instant().plusSeconds(10);
    on.operateLater(new Pause(Optional.of(until), "maintenance"));
    on.pass(READ);
    on.kit.stop(on.queue);
    on.time.pass(Duration.ofSeconds(10));
    on.start();

    assertThat(pass().grantNo()).isGreaterThan(first.grantNo());
    assertThat(begins(pass())).isTrue();
  }

  /** Nobody may load the queue again to publish that it has ended. */
  @Test
  void a_pass_that_has_ended_is_not_in_the_table_though_nothing_else_was_published() {
    on.configure(unlimited());
    on.store.delay("publish");
    on.operateLater(PAUSE);
    on.pass(READ);

    assertThat(gate().pass()).isZero();
    on.store.goOn();
    assertThat(gate().pass()).isZero();
  }

  @Test
  void a_move_in_the_middle_of_a_pause_refuses_the_pass_all_the_same() {
    on.configure(unlimited());
    var pass = pass();
    on.host.readTable();
    on.operateLater(PAUSE);
    on.restart();
    on.pass(READ);

    assertThat(begins(pass)).isFalse();
    assertThat(gate().pass()).isZero();
  }
}
