package dev.retriever.origin;

import static dev.retriever.origin.QueuesFixture.QUEUE;
import static dev.retriever.origin.QueuesFixture.SPEC;
import static dev.retriever.origin.QueuesFixture.grant;
import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.queue.wire.Restate;
import dev.retriever.origin.queue.wire.Revoke;
import dev.retriever.origin.queue.wire.Told;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queue.wire.Told.Returned;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.testkit.WriteEvents;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real origin, and a queue that the test plays. */
class OriginQueueTest {
  private final OriginFixture it = new OriginFixture(2);
  private final QueuesFixture queue = new QueuesFixture(it);

  @AfterEach
  void stop() {
    it.close();
  }

  private static Lease lease(int slot, long number) {
    return grant(slot, number).lease();
  }

  private List<AttemptStarted> starts() {
    return it.events().stream()
        .filter(AttemptStarted.class::isInstance)
        .map(AttemptStarted.class::cast)
        .toList();
  }

  /** A fetch is accepted, and its queue knows. */
  private Told accepted(String id, FetchSpec spec) {
    assertThat(it.submit(id, spec).verdict()).isEqualTo(Verdict.ACCEPTED);
    return queue.told();
  }

  private void nothingIsTold() {
    it.read("x");
    queue.told.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_fetch_with_a_queue_waits_for_a_grant_and_begins_with_its_lease() {
    var told = accepted("a", SPEC);

    assertThat(told.lines())
        .containsExactly(
            new Line(
                OriginFixture.PERSISTENCE_ID,
                3,
                1,
                1,
                Samples.START,
                Samples.START,
                Optional.empty(),
                Samples.START.plus(SPEC.within())));
    it.time.pass(Duration.ofMillis(10));
    it.read("x");
    it.here.wire.expectNoMessage(Duration.ZERO);

    var begun = queue.begins(grant(7, 70));

    assertThat(starts())
        .extracting(AttemptStarted::lease)
        .containsExactly(Optional.of(lease(7, 70)));
    assertThat(begun.lines()).isEmpty();
    assertThat(begun.uses()).extracting(Told.Use::lease).containsExactly(lease(7, 70));
    it.here.call("a", 1).end(answer(200));
    var ended = queue.told();
    assertThat(ended.uses()).isEmpty();
    assertThat(ended.ended())
        .containsExactly(
            new Told.Ended(
                lease(7, 70),
                OriginFixture.PERSISTENCE_ID,
                "a",
                1,
                How.ANSWERED,
                Optional.of(200),
                Optional.empty(),
                3));
    it.permitsHeldBecome(0);
  }

  /** Without them nothing would hold the limits of queues. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_rows_of_queues_are_written_with_the_last_row_of_a_write(boolean woken) {
    it.woken = woken;
    it.restart();
    var line = accepted("a", SPEC).lines().get(0);
    queue.begins(grant(7, 70));

    var own = OriginFixture.PERSISTENCE_ID;
    assertThat(tagged(new LineOf(QUEUE, "default", line)))
        .hasExactlyElementsOfTypes(OriginEvent.FetchAccepted.class);
    assertThat(
            tagged(
                new QueueRows(
                    List.of(
                        new QueueRows.Start(lease(7, 70), "a", 1, own, SPEC.timeout().toMillis())),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(new LineOf(QUEUE, "default", Line.empty(own, 3))),
                    List.of())))
        .hasExactlyElementsOfTypes(AttemptStarted.class);
  }

  private List<Object> tagged(LineOf line) {
    return tagged(
        new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(line), List.of()));
  }

  private List<Object> tagged(QueueRows rows) {
    return PersistenceQuery.get(it.kit.system())
        .getReadJournalFor(
            PersistenceTestKitReadJournal.class, PersistenceTestKitReadJournal.Identifier())
        .currentEventsByTag(rows.tag(), Offset.noOffset())
        .runWith(Sink.seq(), it.kit.system())
        .toCompletableFuture()
        .join()
        .stream()
        .map(EventEnvelope::event)
        .toList();
  }

  @Test
  void a_retry_goes_back_to_its_line_with_its_first_acceptance_and_begins_by_a_grant() {
    accepted("a", SPEC.retry(Samples.attempts(2)));
    it.time.pass(Duration.ofSeconds(3));
    queue.begins(grant(1, 1));

    it.here.call("a", 1).end(answer(503));

    var line = queue.told().lines().get(0);
    assertThat(line.oldest()).isEqualTo(Samples.START);
    assertThat(line.ready()).isZero();
    assertThat(line.readyAt()).isAfter(it.time.instant());
    queue.grants(grant(1, 2));
    assertThat(queue.told().returned()).containsExactly(new Returned(1, 2, Why.NOT_READY));
    it.time.pass(Duration.ofSeconds(60));
    it.read("x");
    it.here.wire.expectNoMessage(Duration.ZERO);
    queue.begins(grant(1, 3));
    it.here.call("a", 2).end(answer(200));
    it.outcome("a");
  }

  @Test
  void a_grant_for_another_key_or_priority_is_given_back() {
    accepted("a", SPEC);

    queue.grants(
        grant(lease(1, 1), "other", 3), grant(lease(2, 2), OriginFixture.PERSISTENCE_ID, 1));

    assertThat(queue.told().returned())
        .containsExactlyInAnyOrder(
            new Returned(1, 1, Why.NOTHING_WAITS), new Returned(2, 2, Why.NOTHING_WAITS));
    assertThat(starts()).isEmpty();
  }

  @Test
  void the_oldest_of_a_line_begins_and_a_grant_of_a_cancelled_one_begins_another() {
    accepted("a", SPEC);
    accepted("b", SPEC);
    it.cancel("a");
    queue.told();

    queue.begins(grant(1, 1));

    it.here.call("b", 1);
  }

  @Test
  void the_origins_own_key_given_by_name_is_the_same_key() {
    accepted("a", SPEC);
    var told =
        accepted("b", Samples.get().queue(QueueChoice.of(QUEUE).key(OriginFixture.PERSISTENCE_ID)));

    assertThat(told.lines()).singleElement().extracting(Line::waiting).isEqualTo(2);
  }

  @Test
  void a_grant_that_comes_twice_begins_one_attempt_also_after_a_restart() {
    accepted("a", SPEC);
    accepted("b", SPEC);
    queue.begins(grant(1, 5));
    it.here.call("a", 1).end(answer(200));
    queue.told();

    queue.grants(grant(1, 5));
    assertThat(queue.told().returned()).containsExactly(new Returned(1, 5, Why.STALE));

    it.restart();
    queue.told();
    queue.grants(grant(1, 5));
    assertThat(queue.told().returned()).containsExactly(new Returned(1, 5, Why.STALE));
    assertThat(starts()).hasSize(1);
  }

  @Test
  void a_grant_without_room_waits_for_it_and_is_used_when_there_is_some() {
    it.submit("x", Samples.get());
    it.submit("y", Samples.get());
    var first = it.here.call("x", 1);
    it.here.call("y", 1);
    accepted("a", SPEC);

    queue.grants(grant(1, 1));
    nothingIsTold();
    first.end(answer(200));

    it.here.call("a", 1);
    assertThat(queue.told().uses()).hasSize(1);
  }

  @Test
  void a_grant_that_finds_no_room_for_two_seconds_goes_back() {
    it.submit("x", Samples.get());
    it.submit("y", Samples.get());
    accepted("a", SPEC);
    queue.grants(grant(1, 1));
    it.read("x");
    it.time.pass(Duration.ofMillis(1900));
    nothingIsTold();

    it.time.pass(Duration.ofMillis(200));

    assertThat(queue.told().returned()).containsExactly(new Returned(1, 1, Why.NO_ROOM));
  }

  @Test
  void what_is_not_heard_is_told_again_and_keeps_the_origin_in_memory() {
    it.woken = true;
    it.restart();
    queue.hears = false;
    var first = accepted("a", SPEC);

    for (var pause : List.of(500, 1000, 2000, 5000, 5000)) {
      nothingIsTold();
      it.time.pass(Duration.ofMillis(pause + 1));
      assertThat(queue.told().lines()).isEqualTo(first.lines());
    }
    isIdle();
    it.shard.expectNoMessage(Duration.ZERO);

    queue.hears = true;
    it.time.pass(Duration.ofMillis(5001));
    queue.told();
    nothingIsTold();
    isIdle();
    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
  }

  private void isIdle() {
    it.origin.tell(new OriginCommand.Idle());
    it.read("x");
  }

  @Test
  void an_end_is_told_until_it_is_heard_and_an_older_answer_does_not_count() {
    accepted("a", SPEC);
    queue.begins(grant(1, 1));
    queue.hears = false;
    it.here.call("a", 1).end(answer(200));
    var told = queue.told();
    queue.grants(grant(1, 2));
    var more = queue.told();
    assertThat(more.ended()).hasSize(1);
    assertThat(more.returned()).hasSize(1);
    assertThat(more.row()).as("no row lies between them").isEqualTo(told.row());

    queue.hear(told);
    it.time.pass(Duration.ofSeconds(1));

    var again = queue.told();
    assertThat(again.ended()).isEmpty();
    assertThat(again.returned()).containsExactly(new Returned(1, 2, Why.NOTHING_WAITS));
  }

  @Test
  void a_cancelled_attempt_may_still_run_until_its_report_comes() {
    accepted("a", SPEC);
    queue.begins(grant(1, 1));
    var call = it.here.call("a", 1);
    it.cancel("a");
    assertThat(queue.told().ended()).extracting(Told.Ended::how).containsExactly(How.CANCELLED);

    call.end(new Report.Ambiguous(Optional.of(Stage.SENT), "aborted", Optional.empty()));

    assertThat(queue.told().ended())
        .extracting(Told.Ended::lease, Told.Ended::how)
        .containsExactly(tuple(lease(1, 1), How.LATE));
  }

  @Test
  void a_fetch_that_waits_too_long_for_its_first_attempt_fails() {
    accepted("a", Samples.get().queue(QueueChoice.of(QUEUE).waitAtMost(Duration.ofSeconds(3))));

    it.time.pass(Duration.ofSeconds(4));

    assertThat(it.outcome("a"))
        .isEqualTo(new Outcome.Failed(Stage.QUEUED, OriginCore.WAITED_TOO_LONG));
    assertThat(queue.told().lines()).isEmpty();
  }

  @Test
  void a_fetch_that_began_in_time_may_take_longer_than_it_may_wait() {
    accepted(
        "a",
        Samples.get()
            .queue(QueueChoice.of(QUEUE).waitAtMost(Duration.ofSeconds(3)))
            .retry(Samples.attempts(3)));
    queue.begins(grant(1, 1));

    it.here.call("a", 1).end(answer(503));
    queue.told();
    it.time.pass(Duration.ofSeconds(10));

    assertThat(it.read("a").view().orElseThrow().settledAt()).isEmpty();
  }

  @Test
  void queues_refuse_new_fetches_and_not_repeated_ones() {
    accepted("a", SPEC);
    queue.refusals.put(QUEUE, Verdict.QUEUE_FULL);

    assertThat(it.submit("b", SPEC).verdict()).isEqualTo(Verdict.QUEUE_FULL);
    assertThat(it.submit("a", SPEC).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(it.submit("c", Samples.get()).verdict()).isEqualTo(Verdict.ACCEPTED);
  }

  @Test
  void after_a_restart_the_queue_is_told_everything() {
    accepted("a", SPEC);
    accepted("b", SPEC.retry(Samples.attempts(2)));
    queue.begins(grant(1, 1));
    it.here.call("a", 1);

    it.restart();

    var told = queue.told();
    assertThat(told.uses()).extracting(Told.Use::fetchId).containsExactly("a");
    assertThat(told.lines()).extracting(Line::waiting).containsExactly(1);
  }

  /** Otherwise the queue would keep what was true then. */
  @Test
  void when_an_old_message_of_an_earlier_incarnation_was_heard_the_queue_is_told_what_is_so_now() {
    var old = accepted("a", SPEC);
    it.cancel("a");
    queue.told();
    it.time.pass(Duration.ofSeconds(1));
    it.restart();
    nothingIsTold();

    queue.hear(old);

    var now = queue.told();
    assertThat(now.lines()).isEmpty();
    assertThat(now.row()).isGreaterThan(old.row());
    nothingIsTold();
  }

  @Test
  void an_origin_states_again_what_it_has_in_a_queue() {
    accepted("a", SPEC);

    it.origin.tell(new Restate(QUEUE));
    assertThat(queue.told().lines()).hasSize(1);
    it.origin.tell(new Restate("unknown"));
    assertThat(queue.told().lines()).isEmpty();
  }

  @Test
  void a_revoked_grant_comes_back_and_is_not_used_when_it_comes_later() {
    accepted("a", SPEC);

    it.origin.tell(new Revoke(QUEUE, List.of(9L)));
    assertThat(queue.told().returned()).extracting(Returned::grantNo).containsExactly(9L);
    it.read("x");
    queue.grants(grant(1, 9));

    assertThat(queue.told().returned()).containsExactly(new Returned(1, 9, Why.STALE));
    assertThat(starts()).isEmpty();
    queue.begins(grant(1, 10));
    it.here.call("a", 1);
    it.origin.tell(new Revoke(QUEUE, List.of(10L)));
    var told = queue.told();
    assertThat(told.returned()).isEmpty();
    assertThat(told.uses()).hasSize(1);
  }

  @Test
  void a_purge_spares_what_may_have_been_sent_and_what_came_later() {
    accepted("sent", SPEC.retry(Samples.attempts(3)));
    queue.begins(grant(1, 1));
    it.here.call("sent", 1).end(answer(503));
    queue.told();
    accepted("refused", SPEC.retry(Samples.attempts(3)));
    queue.begins(grant(1, 2));
    it.here.call("refused", 1).end(Samples.refused());
    queue.told();
    var row = accepted("waits", SPEC).row();
    accepted("later", SPEC);
    it.time.pass(Duration.ofMillis(1));

    it.origin.tell(new PurgeUpTo(QUEUE, 4, it.time.instant(), Optional.empty(), row));

    it.outcome("refused");
    assertThat(it.outcome("waits")).isEqualTo(new Outcome.Cancelled(false));
    Told told;
    do {
      told = queue.told();
    } while (told.purged() != 4);
    assertThat(told.lines()).extracting(Line::waiting).containsExactly(2);
    assertThat(it.settlements("sent")).isEmpty();
    assertThat(it.settlements("later")).isEmpty();
  }

  @Test
  void granted_for_a_row_that_it_does_not_know_it_makes_way_for_an_incarnation_that_does() {
    var row = accepted("a", SPEC).row();

    it.origin.tell(new Granted(QUEUE, row + 1, List.of(grant(1, 1))));

    assertThat(queue.told().returned()).extracting(Returned::why).containsExactly(Why.LEAVING);
    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
    nothingIsTold();
  }

  @Test
  void asked_to_purge_up_to_a_row_that_it_does_not_know_it_makes_way_likewise() {
    var row = accepted("a", SPEC).row();
    it.time.pass(Duration.ofMillis(1));

    it.origin.tell(new PurgeUpTo(QUEUE, 4, it.time.instant(), Optional.empty(), row + 1));

    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
    assertThat(it.settlements("a")).isEmpty();
  }

  @Test
  void an_origin_that_stops_gives_back_what_it_has_not_used() {
    it.submit("x", Samples.get());
    it.submit("y", Samples.get());
    accepted("a", SPEC);
    queue.grants(grant(1, 1));
    nothingIsTold();

    it.origin.tell(OriginHost.stop());

    assertThat(queue.told().returned()).containsExactly(new Returned(1, 1, Why.LEAVING));
  }

  @Test
  void when_the_database_refuses_a_start_the_origin_recovers_and_no_command_is_lost() {
    accepted("a", SPEC);
    it.journal.failNextPersisted(OriginFixture.PERSISTENCE_ID);

    queue.grants(grant(1, 1));
    it.time.pass(OriginFixture.RESTART);
    var told = queue.told();

    assertThat(starts()).isEmpty();
    assertThat(told.lines()).extracting(Line::waiting).containsExactly(1);
    assertThat(told.uses()).isEmpty();
    assertThat(told.returned()).containsExactly(new Returned(1, 1, Why.STALE));
    it.permitsHeldBecome(0);
    queue.begins(grant(1, 2));
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");
  }

  @Test
  void a_grant_that_waited_for_room_and_is_refused_goes_back_and_does_not_spoil_others() {
    it.submit("x", Samples.get());
    it.submit("y", Samples.get());
    var first = it.here.call("x", 1);
    it.here.call("y", 1);
    accepted("a", SPEC);
    accepted("b", SPEC);
    queue.grants(grant(1, 1));
    nothingIsTold();
    refuse(lease(1, 1));

    first.end(answer(200));
    it.outcome("x");
    it.eventually(() -> it.counters.pending() == 0);
    it.time.pass(OriginFixture.RESTART);

    assertThat(queue.told().returned()).containsExactly(new Returned(1, 1, Why.STALE));
    queue.begins(grant(1, 2));
    it.here.call("a", 1);
    assertThat(starts())
        .extracting(AttemptStarted::lease)
        .containsExactly(Optional.of(lease(1, 2)));
  }

  private void refuse(Lease lease) {
    it.journal.failNextNOpsCond(
        (persistenceId, operation) ->
            operation instanceof WriteEvents write
                && write.getBatch().stream().anyMatch(event -> isStart(event, lease)),
        1);
  }

  private static boolean isStart(Object event, Lease lease) {
    return event instanceof AttemptStarted it && it.lease().filter(lease::equals).isPresent();
  }

  @Test
  void what_a_failed_write_has_begun_all_the_same_is_not_given_back() {
    accepted("a", SPEC);
    var started =
        new AttemptStarted(
            "a", 1, "here#1", it.time.instant(), Optional.of(lease(1, 1)), Optional.empty());
    it.journal.failNextPersisted(OriginFixture.PERSISTENCE_ID);

    queue.grants(grant(1, 1));
    it.eventually(() -> it.counters.pending() == 0);
    it.journal.persistForRecovery(OriginFixture.PERSISTENCE_ID, List.of(started));
    it.time.pass(OriginFixture.RESTART);

    var told = queue.told();
    assertThat(told.uses()).extracting(Told.Use::lease).containsExactly(lease(1, 1));
    assertThat(told.returned()).isEmpty();
  }
}
