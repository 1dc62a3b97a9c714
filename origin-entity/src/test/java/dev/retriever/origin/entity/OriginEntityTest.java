package dev.retriever.origin.entity;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.Samples.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUp;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.PoolFixture;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.entity.OriginCommand.Await;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OriginEntityTest {
  private final OriginFixture it = new OriginFixture(10);

  @AfterEach
  void stop() {
    it.close();
  }

  private void await(String id, TestProbe<OriginReply.Fetch> probe) {
    it.origin.tell(new Await(id, it.time.instant().plusSeconds(600), probe.ref()));
  }

  @Test
  void a_fetch_is_journaled_acknowledged_sent_and_settled() {
    var reply = it.submit("a", Samples.get());
    assertThat(reply.verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(reply.view().orElseThrow().attempts()).hasSize(1);
    assertThat(it.events()).hasOnlyElementsOfType(FetchAccepted.class).hasSize(1);

    it.here.call("a", 1).end(answer(200));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    it.permitsHeldBecome(0);
    assertThat(it.events()).hasSize(2);
    assertThat(it.count(Notice.ACCEPTED)).isEqualTo(1);
    assertThat(it.count(Notice.ANSWERED)).isEqualTo(1);
    assertThat(it.counters.pending()).isZero();
  }

  @Test
  void a_repeated_submission_is_answered_with_the_fetch_and_sent_once() {
    it.submit("a", Samples.post());
    it.here.call("a", 1);

    var reply = it.submit("a", Samples.post());

    assertThat(reply.verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(reply.view().orElseThrow().id()).isEqualTo("a");
    it.here.executorIsIdle();
    it.here.wire.expectNoMessage(Duration.ZERO);
    assertThat(it.events()).hasSize(1);
  }

  @Test
  void another_content_under_a_known_id_is_refused_and_told_nothing_of_the_fetch() {
    it.submit("a", Samples.post());

    var reply = it.submit("a", Samples.get());

    assertThat(reply)
        .isEqualTo(new OriginReply.Fetch(Verdict.ID_REUSED, Optional.empty(), Optional.empty()));
    assertThat(it.here.pool.stats().permitsHeld()).isEqualTo(1);
  }

  @Test
  void a_settled_fetch_is_read_from_its_journal_row() {
    it.submit("a", Samples.get());
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");

    assertThat(it.read("a").stored().orElseThrow().row()).contains(2L);
    assertThat(it.read("nobody").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
  }

  @Test
  void a_lost_report_comes_again_and_settles_once() {
    it.here.losing = true;
    it.submit("a", Samples.post());
    it.here.call("a", 1).end(answer(200));
    it.here.lost.receiveMessage();
    assertThat(it.settlements("a")).isEmpty();

    it.here.losing = false;
    it.time.pass(Duration.ofSeconds(1));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    it.permitsHeldBecome(0);
  }

  @Test
  void a_report_that_comes_twice_is_acknowledged_twice_and_settles_once() {
    it.here.losing = true;
    it.submit("a", Samples.post());
    it.here.call("a", 1).end(answer(200));
    var report = it.here.lost.receiveMessage();
    var acks = it.kit.<dev.retriever.executor.pool.ReportAck>createTestProbe();
    var again =
        new dev.retriever.executor.pool.AttemptReport(report.key(), report.report(), acks.ref());

    it.origin.tell(new OriginCommand.ReportArrived(again));
    acks.receiveMessage();
    it.origin.tell(new OriginCommand.ReportArrived(again));
    acks.receiveMessage();

    assertThat(it.settlements("a")).hasSize(1);
    assertThat(it.events()).hasSize(2);
    assertThat(it.count(Notice.DUPLICATE_REPORTS)).isEqualTo(1);
  }

  @Test
  void a_retry_starts_when_it_is_due_and_not_before() {
    it.submit("a", Samples.get().retry(attempts(2)));
    it.here.call("a", 1).end(refused());
    it.permitsHeldBecome(0);

    it.time.pass(Duration.ofMillis(4_999));
    it.read("a");
    assertThat(it.events()).hasSize(2);

    it.time.pass(Duration.ofMillis(2));
    it.here.call("a", 2).end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(it.events().get(2))
        .isEqualTo(new AttemptStarted("a", 2, "here#1", Samples.START.plusMillis(5_001)));
  }

  @Test
  void a_report_on_a_fetch_it_does_not_know_is_acknowledged_only_when_it_comes_again() {
    var acks = it.kit.<ReportAck>createTestProbe();
    var key = new AttemptKey(OriginFixture.TYPE, OriginFixture.ID, "nobody", 1);
    var arrived = new ReportArrived(new AttemptReport(key, answer(200), acks.ref()));

    it.origin.tell(arrived);
    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
    acks.expectNoMessage(Duration.ZERO);

    it.origin.tell(arrived);
    acks.expectMessage(new ReportAck(key));
  }

  @Test
  void an_attempt_on_which_nobody_reports_is_given_up() {
    it.submit("a", Samples.post());
    it.here.call("a", 1);

    it.time.pass(FetchSpec.TIMEOUT);
    assertThat(it.here.aborts.receiveMessage().fetchId()).isEqualTo("a");
    it.read("a");
    assertThat(it.settlements("a")).isEmpty();
    it.time.pass(FetchSpec.GRACE.plusMillis(1));

    assertThat(it.outcome("a").why()).contains(Report.EXECUTOR_LOST);
  }

  @Test
  void a_fetch_that_nobody_answers_settles_at_deadline_and_grace() {
    it.submit("a", Samples.post().timeout(FetchSpec.WITHIN));
    it.here.call("a", 1);

    it.time.pass(FetchSpec.WITHIN.plus(FetchSpec.GRACE).minusMillis(1));
    it.read("a");
    assertThat(it.settlements("a")).isEmpty();
    it.time.pass(Duration.ofMillis(2));

    assertThat(it.outcome("a").why()).contains(OriginCore.DEADLINE_PASSED);
  }

  @Test
  void a_late_answer_is_kept_beside_the_outcome() {
    it.submit("a", Samples.post());
    var call = it.here.call("a", 1);
    it.cancel("a");

    call.end(answer(200));

    it.countBecomes(Notice.LATE, 1);
    assertThat(it.read("a").stored().orElseThrow().lateRows()).containsExactly(3L);
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Cancelled(true));
    it.permitsHeldBecome(0);
  }

  @Test
  void a_cancel_aborts_the_exchange_and_succeeds_again() {
    it.submit("a", Samples.get());
    it.here.call("a", 1);

    assertThat(it.cancel("a").verdict()).isEqualTo(Verdict.SETTLED);

    assertThat(it.here.aborts.receiveMessage().fetchId()).isEqualTo("a");
    assertThat(it.cancel("a").verdict()).isEqualTo(Verdict.SETTLED);
    assertThat(it.events()).hasSize(2);
  }

  @Test
  void a_cancel_after_the_answer_is_refused() {
    it.submit("a", Samples.get());
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");

    assertThat(it.cancel("a").verdict()).isEqualTo(Verdict.SETTLED_OTHERWISE);
    assertThat(it.cancel("nobody").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
  }

  @Test
  void a_waiting_caller_is_answered_when_the_fetch_settles() {
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.submit("a", Samples.get());
    await("a", waiting);
    it.read("a");
    waiting.expectNoMessage(Duration.ZERO);

    it.here.call("a", 1).end(answer(200));

    var view = waiting.receiveMessage().view().orElseThrow();
    assertThat(view.outcome()).contains(new Outcome.Answered(response(200)));
    assertThat(view.attempts()).hasSize(1);
  }

  @Test
  void a_waiting_caller_gets_the_row_of_an_outcome_with_a_large_body() {
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.submit("a", Samples.get());
    await("a", waiting);

    var large = new Response(200, List.of(), new Body(new byte[1001]));
    it.here.call("a", 1).end(new Report.Answered(large));

    var reply = waiting.receiveMessage();
    assertThat(reply.view()).isEmpty();
    assertThat(reply.stored().orElseThrow().row()).contains(2L);
  }

  @Test
  void more_waiters_than_allowed_are_answered_at_once_until_others_have_given_up() {
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.submit("a", Samples.get().timeout(FetchSpec.WITHIN));
    await("a", waiting);
    it.origin.tell(new Await("a", it.time.instant().plusSeconds(1), waiting.ref()));
    it.read("a");
    waiting.expectNoMessage(Duration.ZERO);

    await("a", it.replies);
    assertThat(it.replies.receiveMessage().view().orElseThrow().outcome()).isEmpty();

    it.time.pass(Duration.ofMillis(1_001));
    await("a", it.replies);
    it.here.call("a", 1).end(answer(200));
    assertThat(waiting.receiveMessage().view().orElseThrow().outcome()).isPresent();
    assertThat(it.replies.receiveMessage().view().orElseThrow().outcome()).isPresent();
    waiting.expectNoMessage(Duration.ZERO);
  }

  @Test
  void an_idle_origin_asks_to_leave_memory_only_with_nothing_pending() {
    it.submit("a", Samples.get().within(Duration.ofHours(1)).timeout(Duration.ofHours(1)));
    var call = it.here.call("a", 1);
    for (var times = 0; times < 5; times++) {
      it.time.pass(OriginFixture.IDLE);
      it.read("a");
    }
    it.shard.expectNoMessage(Duration.ZERO);

    call.end(answer(200));
    it.outcome("a");
    it.permitsHeldBecome(0);

    // Idleness is counted from just after the last message, so once may be too early.
    it.shard.awaitAssert(
        () -> {
          it.time.pass(OriginFixture.IDLE);
          return it.shard.expectMessageClass(
              ClusterSharding.Passivate.class, Duration.ofMillis(50));
        });
  }

  @Test
  void a_wake_is_answered_when_the_origin_is_there() {
    var awake = it.kit.<OriginReply.Awake>createTestProbe();

    it.origin.tell(new OriginCommand.Wake(0, awake.ref()));

    awake.expectMessage(new OriginReply.Awake(0, WakeUp.NONE.tag()));
  }

  @Test
  void a_stop_ends_it_and_its_pending_are_no_longer_counted_here() {
    it.submit("a", Samples.get());
    assertThat(it.counters.pending()).isEqualTo(1);

    it.origin.tell(new OriginCommand.Stop());

    it.replies.expectTerminated(it.origin);
    assertThat(it.counters.pending()).isZero();
  }

  @Test
  void the_journal_shows_a_settled_fetch_with_its_late_reports() {
    it.submit("a", Samples.post());
    var call = it.here.call("a", 1);
    it.cancel("a");
    call.end(PoolFixture.brokenAt(Stage.BODY));
    it.countBecomes(Notice.LATE, 1);

    assertThat(it.settlements("a")).hasSize(1);
    var rows = it.events();
    var stored = it.read("a").stored().orElseThrow();
    assertThat(rows.get((int) (stored.row().orElseThrow() - 1))).isInstanceOf(FetchSettled.class);
    assertThat(rows.get((int) (stored.lateRows().get(0) - 1)))
        .isEqualTo(
            new OriginEvent.LateAnswerKept(
                "a", 1, PoolFixture.brokenAt(Stage.BODY), it.time.instant()));
  }
}
