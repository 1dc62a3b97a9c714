package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.response;
import static dev.retriever.origin.entity.OriginFixture.PERSISTENCE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginCommand.Submit;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal fails a write, or rejects one. */
class OriginJournalFailureTest {
  private final OriginFixture it = new OriginFixture(2);

  @AfterEach
  void stop() {
    it.close();
  }

  private void nextWriteFails(boolean rejected) {
    nextWritesFail(1, rejected);
  }

  private void nextWritesFail(int writes, boolean rejected) {
    if (rejected) {
      it.journal.rejectNextNPersisted(PERSISTENCE_ID, writes);
    } else {
      it.journal.failNextNPersisted(PERSISTENCE_ID, writes);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_submission_that_could_not_be_journaled_is_accepted_when_its_origin_has_recovered(
      boolean rejected) {
    nextWriteFails(rejected);
    it.origin.tell(new Submit("a", Samples.get(), it.replies.ref()));

    assertThat(it.readAfterRestart("a").verdict()).isEqualTo(Verdict.NOTED);
    assertThat(it.replies.receiveMessage().verdict()).isEqualTo(Verdict.ACCEPTED);

    it.here.call("a", 1).end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    it.here.wire.expectNoMessage(Duration.ZERO);
    assertThat(it.count(Notice.ACCEPTED)).isEqualTo(1);
  }

  @Test
  void a_submission_is_taken_up_once_though_its_origin_fails_to_recover_for_a_while() {
    it.journal.failNextPersisted(PERSISTENCE_ID);
    it.journal.failNextNReads(PERSISTENCE_ID, 3);
    it.origin.tell(new Submit("a", Samples.get(), it.replies.ref()));

    assertThat(it.readAfterRestart("a").verdict()).isEqualTo(Verdict.NOTED);
    assertThat(it.replies.receiveMessage().verdict()).isEqualTo(Verdict.ACCEPTED);
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");
    it.replies.expectNoMessage(Duration.ZERO);
    assertThat(it.count(Notice.ACCEPTED)).isEqualTo(1);
  }

  @Test
  void a_submission_is_not_taken_up_when_its_caller_has_been_answered() {
    it.submit("pending", Samples.post());
    it.here.call("pending", 1);
    it.journal.failNextPersisted(PERSISTENCE_ID);
    it.origin.tell(new Submit("a", Samples.get(), it.replies.ref()));
    it.eventually(() -> it.counters.pending() == 0);
    it.time.jump(OriginFixture.SETTINGS.askTimeout().plusMillis(1));

    assertThat(it.readAfterRestart("a").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    it.replies.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_cancel_that_could_not_be_journaled_wins_when_its_origin_has_recovered() {
    it.submit("a", Samples.get());
    it.here.call("a", 1);

    nextWriteFails(false);
    it.origin.tell(new OriginCommand.Cancel("a", it.replies.ref()));
    it.readAfterRestart("a");

    assertThat(it.replies.receiveMessage().verdict()).isEqualTo(Verdict.SETTLED);
    assertThat(it.outcome("a")).isInstanceOf(Outcome.Cancelled.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_submission_that_could_not_be_journaled_twice_is_neither_acknowledged_nor_sent(
      boolean rejected) {
    nextWritesFail(2, rejected);
    it.origin.tell(new Submit("a", Samples.get(), it.replies.ref()));

    assertThat(it.readAfterRestart("a").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    it.replies.expectNoMessage(Duration.ZERO);
    assertThat(it.here.pool.stats().permitsHeld()).isZero();
    assertThat(it.submit("a", Samples.get()).verdict()).isEqualTo(Verdict.ACCEPTED);

    it.here.call("a", 1).end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    it.here.wire.expectNoMessage(Duration.ZERO);
    assertThat(it.count(Notice.ACCEPTED)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_report_that_could_not_be_journaled_is_not_acknowledged_and_comes_again(boolean rejected) {
    it.submit("a", Samples.post());
    var call = it.here.call("a", 1);

    nextWriteFails(rejected);
    call.end(answer(200));
    it.eventually(() -> it.counters.pending() == 0);
    assertThat(it.here.pool.stats().permitsHeld()).isEqualTo(1);
    it.readAfterRestart("a");

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    it.permitsHeldBecome(0);
    assertThat(it.events()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void alarms_go_on_after_a_ring_that_could_not_be_journaled(boolean rejected) {
    it.submit("a", Samples.post());
    it.here.call("a", 1);

    nextWriteFails(rejected);
    it.time.pass(FetchSpec.TIMEOUT.plus(FetchSpec.GRACE).plusMillis(1));
    it.eventually(() -> it.counters.pending() == 0);
    it.readAfterRestart("a");
    it.time.pass(Duration.ofMillis(1));

    assertThat(it.outcome("a").why()).contains("executor-lost");
  }

  /** The alarm rings while the origin is away, and what it holds then is thrown away. */
  @Test
  void alarms_go_on_when_a_ring_was_lost_while_the_origin_was_away() {
    it.submit("a", Samples.post());
    it.here.call("a", 1);
    it.time.pass(FetchSpec.TIMEOUT.plus(FetchSpec.GRACE).minusMillis(100));

    it.journal.failNextPersisted(PERSISTENCE_ID);
    it.origin.tell(new Submit("b", Samples.post(), it.replies.ref()));
    it.eventually(() -> it.counters.pending() == 0);
    for (var i = 0; i < 2_000; i++) {
      it.origin.tell(new OriginCommand.RoomMade());
    }
    it.readAfterRestart("a");
    it.time.pass(Duration.ofMillis(1));

    assertThat(it.outcome("a").why()).contains("executor-lost");
  }

  @Test
  void a_waiting_caller_is_answered_although_a_write_failed_meanwhile() {
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.submit("a", Samples.get());
    var call = it.here.call("a", 1);
    it.origin.tell(new OriginCommand.Await("a", it.time.instant().plusSeconds(60), waiting.ref()));
    it.read("a");

    it.journal.failNextPersisted(PERSISTENCE_ID);
    call.end(answer(200));
    it.eventually(() -> it.counters.pending() == 0);
    it.readAfterRestart("a");

    it.outcome("a");
    assertThat(waiting.receiveMessage().view().orElseThrow().outcome()).isPresent();
  }

  @Test
  void a_waiting_caller_is_answered_when_the_failed_write_was_done_all_the_same() {
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.submit("a", Samples.get());
    var call = it.here.call("a", 1);
    it.origin.tell(new OriginCommand.Await("a", it.time.instant().plusSeconds(60), waiting.ref()));
    it.read("a");
    var attempt =
        Attempt.open(1, "here#1", it.time.instant()).ended(answer(200), it.time.instant());
    var settled =
        new OriginEvent.FetchSettled(
            "a", new Outcome.Answered(response(200)), false, List.of(attempt), it.time.instant());

    it.journal.failNextPersisted(PERSISTENCE_ID);
    call.end(answer(200));
    it.eventually(() -> it.counters.pending() == 0);
    it.journal.persistForRecovery(PERSISTENCE_ID, List.of(settled));
    it.time.pass(OriginFixture.RESTART);

    assertThat(waiting.receiveMessage().stored()).isPresent();
  }
}
