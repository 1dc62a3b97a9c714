package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.Samples.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The node has two pools of executors with one permit each, or has lost one of them. */
class OriginPoolsTest {
  private static final FetchSpec PLAIN = Samples.get();
  private static final FetchSpec BULK = PLAIN.executor("bulk");
  private static final Outcome OK = new Outcome.Answered(response(200));

  private final OriginFixture it = new OriginFixture(1, new BareOrigin(), Map.of("bulk", 1));

  @AfterEach
  void stop() {
    it.close();
  }

  private ExecutorPool bulk() {
    return it.here.pools.find(Optional.of("bulk")).orElseThrow();
  }

  private PoolFixture nodeWithoutBulk() {
    return it.anotherPool("here#2", 1);
  }

  private void nothingIsSent(PoolFixture node) {
    it.read("x");
    node.executorIsIdle();
    node.wire.expectNoMessage(Duration.ZERO);
  }

  /** So that those that wait have been looked at. */
  private void rings() {
    it.time.pass(Duration.ofMillis(1));
    it.read("x");
  }

  @Test
  void a_fetch_is_made_by_the_pool_that_it_names() {
    it.submit("a", BULK);
    var call = it.here.call("a", 1);

    assertThat(bulk().stats().inFlight()).isEqualTo(1);
    it.permitsHeldBecome(0);
    assertThat(((FetchAccepted) it.events().get(0)).executor()).contains("here#1/bulk");

    call.end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(OK);
    it.eventually(() -> bulk().stats().permitsHeld() == 0);
  }

  @Test
  void a_fetch_that_names_none_is_made_by_the_default_pool() {
    it.submit("a", PLAIN);
    it.here.call("a", 1);

    assertThat(((FetchAccepted) it.events().get(0)).executor()).contains("here#1");
    assertThat(bulk().stats().permitsHeld()).isZero();
  }

  @Test
  void a_pool_that_is_full_holds_up_no_fetch_of_another() {
    it.submit("bulk", BULK);
    var bulk = it.here.call("bulk", 1);
    // More than are looked at in one go.
    var waiting = OriginFixture.SETTINGS.alarmBatch() + 2;
    for (var i = 0; i < waiting; i++) {
      it.submit("bulk-" + i, BULK);
    }
    it.submit("plain", PLAIN);
    var plain = it.here.call("plain", 1);
    it.submit("plain-too", PLAIN);
    rings();
    nothingIsSent(it.here);

    plain.end(answer(200));
    it.here.call("plain-too", 1).end(answer(200));
    assertThat(it.outcome("plain-too")).isEqualTo(OK);

    bulk.end(answer(200));
    for (var i = 0; i < waiting; i++) {
      it.here.call("bulk-" + i, 1).end(answer(200));
    }
    assertThat(it.outcome("bulk-" + (waiting - 1))).isEqualTo(OK);
  }

  @Test
  void while_one_pool_is_full_a_retry_in_another_is_on_time() {
    var soon = Duration.ofMillis(100);
    it.submit("bulk", BULK);
    it.here.call("bulk", 1);
    it.submit("bulk-too", BULK);
    it.submit("plain", PLAIN.retry(RetryPolicy.attempts(2).backoff(soon, soon)));
    var first = it.here.call("plain", 1);
    rings();

    first.end(refused());
    it.eventsBecome(4);
    it.read("plain");
    it.time.pass(soon);

    it.here.call("plain", 2);
    assertThat(soon).isLessThan(OriginFixture.SETTINGS.roomRecheck());
  }

  @Test
  void a_fetch_that_is_cancelled_is_aborted_in_its_pool() {
    it.submit("a", BULK);
    var call = it.here.call("a", 1);

    it.cancel("a");

    assertThat(it.here.aborts.receiveMessage()).isEqualTo(call.key());
  }

  @Test
  void while_its_attempt_runs_in_the_same_pool_nothing_is_sent_again_after_a_restart() {
    it.submit("a", BULK);
    var call = it.here.call("a", 1);

    it.restart();
    nothingIsSent(it.here);
    call.end(answer(200));

    assertThat(it.outcome("a")).isEqualTo(OK);
    assertThat(it.events()).hasSize(2);
  }

  @Test
  void a_submission_for_a_pool_that_there_is_not_is_refused() {
    var reply = it.submit("a", PLAIN.executor("gone"));

    assertThat(reply.verdict()).isEqualTo(Verdict.NO_SUCH_EXECUTOR);
    assertThat(reply.view()).isEmpty();
    assertThat(it.events()).isEmpty();
    assertThat(it.read("a").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(it.submit("a", PLAIN).verdict()).isEqualTo(Verdict.ACCEPTED);
  }

  @Test
  void a_fetch_whose_pool_was_removed_waits_and_fails_at_its_deadline() {
    it.submit("running", BULK);
    it.here.call("running", 1);
    it.submit("waiting", BULK);
    rings();
    var node = nodeWithoutBulk();

    LoggingTestKit.warn("origin/o has 2 pending fetches for the executor pool bulk")
        .expect(
            it.kit.system(),
            () -> {
              it.restartOn(node);
              return it.read("waiting");
            });
    assertThat(it.submit("waiting", BULK).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(it.submit("another", BULK).verdict()).isEqualTo(Verdict.NO_SUCH_EXECUTOR);
    it.time.pass(Duration.ofMinutes(1));
    nothingIsSent(node);
    it.submit("plain", PLAIN);
    node.call("plain", 1).end(answer(200));
    assertThat(it.outcome("plain")).isEqualTo(OK);

    it.time.pass(FetchSpec.WITHIN.plus(FetchSpec.GRACE));

    assertThat(it.outcome("waiting"))
        .isEqualTo(new Outcome.Failed(Stage.QUEUED, OriginCore.NO_SUCH_EXECUTOR));
    assertThat(it.outcome("running"))
        .as("its first attempt may have been acted on")
        .isEqualTo(new Outcome.Unknown(Optional.empty(), Report.EXECUTOR_LOST, Optional.empty()));
    nothingIsSent(node);
  }

  @Test
  void a_pool_that_comes_back_makes_what_has_waited_for_it() {
    it.submit("a", BULK);
    it.here.call("a", 1);
    it.restartOn(nodeWithoutBulk());
    it.eventsBecome(2);
    it.time.pass(Duration.ofSeconds(10));
    it.read("a");

    var node = it.anotherPool("here#3", 1, Map.of("bulk", 1));
    it.restartOn(node);
    it.read("a");
    it.time.pass(Duration.ofMillis(1));

    node.call("a", 2).end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(OK);
    assertThat(it.events())
        .filteredOn(AttemptStarted.class::isInstance)
        .singleElement()
        .satisfies(
            event -> assertThat(((AttemptStarted) event).executor()).isEqualTo("here#3/bulk"));
  }
}
