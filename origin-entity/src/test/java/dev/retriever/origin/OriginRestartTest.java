package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.Samples.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The origin stops and starts again, at each step of a fetch. */
class OriginRestartTest {
  private static final Outcome LOST =
      new Outcome.Unknown(Optional.empty(), Report.EXECUTOR_LOST, Optional.empty());

  private final OriginFixture it = new OriginFixture(2);

  @AfterEach
  void stop() {
    it.close();
  }

  private void nothingIsSent(PoolFixture pool) {
    it.read("a");
    pool.executorIsIdle();
    pool.wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void while_its_attempt_runs_in_the_same_pool_nothing_is_sent_again() {
    it.submit("a", Samples.get());
    var call = it.here.call("a", 1);

    it.restart();
    nothingIsSent(it.here);
    call.end(answer(200));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(it.events()).hasSize(2);
  }

  @Test
  void while_its_report_is_on_the_way_the_report_finds_it() {
    it.here.losing = true;
    it.submit("a", Samples.post());
    it.here.call("a", 1).end(answer(200));
    it.here.lost.receiveMessage();

    it.here.losing = false;
    it.restart();
    it.read("a");
    // Asked for at recovery; that one may still have gone to the incarnation before.
    it.time.pass(Duration.ofSeconds(2));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    it.permitsHeldBecome(0);
  }

  @Test
  void after_its_pool_was_lost_a_get_is_sent_again() {
    it.submit("a", Samples.get());
    it.here.call("a", 1);
    var other = it.anotherPool("here#2", 2);

    it.restartOn(other);
    it.countBecomes(Notice.ATTEMPTS_LOST, 1);
    it.time.pass(Duration.ofSeconds(1));
    other.call("a", 2).end(answer(200));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(it.settlements("a").get(0).attempts())
        .extracting(Attempt::executor)
        .containsExactly("here#1", "here#2");
  }

  @Test
  void between_two_hops_it_goes_on_with_the_second_and_nothing_is_sent_twice() {
    it.submit("a", Samples.post().redirects(1));
    var wait = new Header("Retry-After", "5");
    it.here.call("a", 1).end(answer(307, new Header("Location", "/there"), wait));
    it.eventsBecome(2);

    it.restart();
    nothingIsSent(it.here);
    it.time.pass(Duration.ofMillis(5_001));

    var call = it.here.call("a", 2);
    assertThat(call.request().url()).isEqualTo("http://target.example/there");
    call.end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    nothingIsSent(it.here);
  }

  @Test
  void after_the_pool_of_its_second_hop_was_lost_that_is_made_again() {
    it.submit("a", Samples.post().redirects(1));
    it.here.call("a", 1).end(answer(303, new Header("Location", "/there")));
    it.here.call("a", 2);
    var other = it.anotherPool("here#2", 2);

    it.restartOn(other);
    it.countBecomes(Notice.ATTEMPTS_LOST, 1);
    it.time.pass(Duration.ofSeconds(1));
    var call = other.call("a", 3);
    assertThat(call.request()).isEqualTo(FetchRequest.get("http://target.example/there"));
    call.end(answer(200));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
  }

  @Test
  void after_its_pool_was_lost_a_post_is_unknown() {
    it.submit("a", Samples.post());
    it.here.call("a", 1);
    var other = it.anotherPool("here#2", 2);

    it.restartOn(other);

    assertThat(it.outcome("a")).isEqualTo(LOST);
    nothingIsSent(other);
  }

  @Test
  void on_another_node_the_report_of_a_node_that_lives_is_waited_for() {
    it.submit("a", Samples.post());
    var call = it.here.call("a", 1);
    var other = it.anotherPool("there#1", 2);
    other.members.add("here#1");

    it.restartOn(other);
    nothingIsSent(other);
    call.end(answer(200));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(it.count(Notice.ATTEMPTS_LOST)).isZero();
    it.permitsHeldBecome(0);
  }

  @Test
  void on_another_node_the_attempts_of_a_node_are_lost_when_it_leaves() {
    it.submit("a", Samples.get());
    it.submit("b", Samples.post());
    it.here.call("a", 1);
    it.here.call("b", 1);
    var other = it.anotherPool("there#1", 2);
    other.members.add("here#1");
    it.restartOn(other);
    nothingIsSent(other);

    other.members.clear();
    it.origin.tell(new OriginCommand.Wake(0, it.kit.<OriginReply.Awake>createTestProbe().ref()));

    assertThat(it.outcome("b")).isEqualTo(LOST);
    it.time.pass(Duration.ofSeconds(1));
    other.call("a", 2).end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(it.count(Notice.ATTEMPTS_LOST)).isEqualTo(2);
  }

  @Test
  void more_lost_attempts_than_one_write_takes_are_all_found() {
    it.close();
    try (var large = new OriginFixture(20)) {
      for (var i = 0; i < 10; i++) {
        large.submit("p" + i, Samples.post());
      }

      large.restartOn(large.anotherPool("here#2", 2));

      for (var i = 0; i < 10; i++) {
        assertThat(large.outcome("p" + i)).isEqualTo(LOST);
      }
    }
  }

  @Test
  void an_attempt_that_was_journaled_and_never_began_is_sent_even_if_unsafe() {
    it.submit("a", Samples.get());
    it.here.call("a", 1);
    it.journal.persistForRecovery(
        OriginFixture.PERSISTENCE_ID,
        List.of(
            new OriginEvent.FetchAccepted(
                "b", Samples.post(), it.time.instant(), Optional.of("here#1"), Optional.empty())));

    it.restart();
    it.eventually(() -> it.read("b").view().orElseThrow().attempts().get(0).endedAt().isPresent());
    it.time.pass(Duration.ofSeconds(1));
    it.here.call("b", 2).end(answer(200));

    assertThat(it.outcome("b")).isEqualTo(new Outcome.Answered(response(200)));
  }

  @Test
  void a_report_on_what_another_incarnation_has_journaled_is_not_acknowledged_before_it_is_kept() {
    it.submit("a", Samples.get());
    it.here.call("a", 1);
    it.journal.persistForRecovery(
        OriginFixture.PERSISTENCE_ID,
        List.of(
            new OriginEvent.FetchAccepted(
                "b", Samples.post(), it.time.instant(), Optional.of("gone#1"), Optional.empty())));
    var acks = it.kit.<ReportAck>createTestProbe();
    var key = new AttemptKey(OriginFixture.TYPE, OriginFixture.ID, "b", 1);
    var report = new OriginCommand.ReportArrived(new AttemptReport(key, answer(200), acks.ref()));

    it.origin.tell(report);
    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
    acks.expectNoMessage(Duration.ZERO);
    it.restart();
    assertThat(it.outcome("b")).isEqualTo(LOST);

    it.origin.tell(report);
    acks.expectMessage(new ReportAck(key));
    assertThat(it.read("b").stored().orElseThrow().lateRows()).hasSize(1);
  }

  @Test
  void a_report_on_what_nobody_has_journaled_is_acknowledged_the_second_time() {
    var acks = it.kit.<ReportAck>createTestProbe();
    var key = new AttemptKey(OriginFixture.TYPE, OriginFixture.ID, "nobody", 1);
    var report = new OriginCommand.ReportArrived(new AttemptReport(key, answer(200), acks.ref()));

    it.origin.tell(report);
    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
    it.restart();
    it.origin.tell(report);

    acks.expectMessage(new ReportAck(key));
    assertThat(it.count(Notice.STRAY_REPORTS)).isEqualTo(1);
  }

  @Test
  void an_unsafe_attempt_whose_report_may_have_been_dropped_is_not_sent_again() {
    it.here.losing = true;
    it.submit("a", Samples.post().within(Duration.ofHours(2)).timeout(Duration.ofHours(1)));
    it.here.call("a", 1).end(answer(200));
    it.here.lost.receiveMessage();
    // Step by step: each timer is started only when the one before it has gone off.
    for (var seconds : List.of(1, 2, 4, 4)) {
      it.time.pass(Duration.ofSeconds(seconds));
      it.here.lost.receiveMessage();
    }
    it.time.pass(PoolFixture.RETENTION);
    it.permitsHeldBecome(0);

    it.here.losing = false;
    it.restart();

    assertThat(it.outcome("a")).isEqualTo(LOST);
    nothingIsSent(it.here);
  }

  @Test
  void after_it_settled_nothing_happens() {
    it.submit("a", Samples.get());
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");
    it.permitsHeldBecome(0);

    it.restartOn(it.anotherPool("here#2", 2));
    it.read("a");
    it.time.pass(Duration.ofHours(1));
    it.read("a");

    assertThat(it.events()).hasSize(2);
    assertThat(it.submit("a", Samples.get()).verdict()).isEqualTo(Verdict.EXISTING);
    nothingIsSent(it.here);
  }

  @Test
  void while_it_waits_for_a_retry_the_retry_comes_at_its_time() {
    it.submit("a", Samples.get().retry(attempts(2)));
    it.here.call("a", 1).end(refused());
    it.permitsHeldBecome(0);
    it.time.pass(Duration.ofSeconds(2));

    it.restart();
    it.read("a");
    it.time.pass(Duration.ofMillis(2_999));
    nothingIsSent(it.here);
    it.time.pass(Duration.ofMillis(2));

    it.here.call("a", 2);
    assertThat(it.events().get(2).at()).isEqualTo(Samples.START.plusMillis(5_001));
  }

  @Test
  void while_it_waits_for_room_it_starts_when_there_is_some() {
    it.submit("x", Samples.get());
    var call = it.here.call("x", 1);
    it.submit("y", Samples.get());
    it.here.call("y", 1);
    assertThat(it.submit("a", Samples.get()).verdict()).isEqualTo(Verdict.ACCEPTED);

    it.restart();
    it.read("a");
    it.time.pass(Duration.ofMillis(1));
    nothingIsSent(it.here);
    call.end(answer(200));

    it.here.call("a", 1).end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
  }

  @Test
  void a_deadline_that_passed_meanwhile_settles_it_at_once() {
    it.submit("a", Samples.post().timeout(FetchSpec.WITHIN));
    it.here.call("a", 1);
    it.kit.stop(it.origin);
    it.time.pass(Duration.ofHours(1));

    it.restart();
    it.read("a");
    it.time.pass(Duration.ofMillis(1));

    assertThat(it.outcome("a").why()).contains(OriginCore.DEADLINE_PASSED);
  }

  /** Nobody else would look after the attempt until its backstop alarm. */
  @Test
  void an_origin_that_stops_before_it_has_heard_of_its_open_attempts_is_loaded_again() {
    it.submit("a", Samples.get());
    it.here.call("a", 1);
    it.lost = message -> message instanceof OriginCommand.Unheard;
    it.restartOn(it.anotherPool("here#2", 2));
    it.read("a");

    it.origin.tell(OriginHost.stop());

    it.address.expectMessageClass(OriginCommand.RoomMade.class);
  }

  @Test
  void an_origin_that_has_heard_of_its_open_attempts_is_not_loaded_again() {
    it.submit("a", Samples.get());
    it.here.call("a", 1);
    it.restart();
    it.read("a");

    it.origin.tell(OriginHost.stop());

    it.kit.createTestProbe().expectTerminated(it.origin);
    it.address.expectNoMessage(Duration.ZERO);
  }

  @Test
  void the_pending_are_counted_once() {
    it.submit("a", Samples.get());
    it.submit("b", Samples.get());

    it.restart();
    it.read("a");

    assertThat(it.counters.pending()).isEqualTo(2);
  }
}
