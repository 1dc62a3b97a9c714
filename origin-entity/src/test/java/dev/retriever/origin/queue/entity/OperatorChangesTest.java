package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueOperations.Drain;
import dev.retriever.origin.queue.QueueOperations.FreeSlot;
import dev.retriever.origin.queue.QueueOperations.Hold;
import dev.retriever.origin.queue.QueueOperations.Pause;
import dev.retriever.origin.queue.QueueOperations.Purge;
import dev.retriever.origin.queue.QueueOperations.Release;
import dev.retriever.origin.queue.QueueOperations.Result;
import dev.retriever.origin.queue.QueueOperations.Resume;
import dev.retriever.origin.queue.QueueOperations.SetBreaker;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView.State;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.queue.wire.Revoke;
import dev.retriever.origin.queue.wire.Told.How;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorChangesTest {
  private static final Pause PAUSE = new Pause(Optional.empty(), "maintenance");

  private final QueueFixture on = new QueueFixture();

  @AfterEach
  void close() {
    on.close();
  }

  private PlayedOrigin origin(String id, int waiting) {
    return new PlayedOrigin(on, id).accepts(waiting);
  }

  private QueueReply.Changed configure(int concurrency, Long ifVersion) {
    return on.change(
        replyTo ->
            new QueueCommand.Configure(
                QueueGrantsTest.concurrency(concurrency), Optional.ofNullable(ifVersion), replyTo));
  }

  @Test
  void settings_are_changed_on_condition_of_their_version() {
    assertThat(configure(1, 1L).result()).isEqualTo(Result.WRONG_VERSION);
    assertThat(configure(1, 0L).result()).isEqualTo(Result.CREATED);
    assertThat(configure(2, 0L).result()).isEqualTo(Result.WRONG_VERSION);

    var changed = configure(2, 1L);

    assertThat(changed.result()).isEqualTo(Result.DONE);
    assertThat(changed.queue().orElseThrow().version()).isEqualTo(2);
    assertThat(changed.queue().orElseThrow().settings().concurrency()).contains(2);
  }

  @Test
  void a_new_queue_is_answered_for_when_all_nodes_have_read_the_table() {
    var answers =
        on.<QueueReply.Changed>ask(
            replyTo ->
                new QueueCommand.Configure(
                    QueueGrantsTest.concurrency(1), Optional.empty(), replyTo));
    on.pass(QueueFixture.KNOWN.minusMillis(50));
    answers.expectNoMessage(Duration.ZERO);

    on.pass(Duration.ofMillis(50));

    assertThat(answers.receiveMessage().result()).isEqualTo(Result.CREATED);
  }

  @Test
  void settings_that_are_given_again_change_nothing() {
    configure(1, null);
    var before = on.events().size();

    assertThat(configure(1, null).queue().orElseThrow().version()).isEqualTo(1);

    assertThat(on.events()).hasSize(before);
  }

  @Test
  void a_pause_is_answered_when_nothing_can_begin_any_more() {
    configure(2, null);
    var a = origin("a", 5).tells();
    var grants = on.newGrants();
    assertThat(a.begins(grants.get(0).lease())).isTrue();
    on.store.delay("raise");

    var answers = on.operateLater(PAUSE);

    answers.expectNoMessage(Duration.ZERO);
    assertThat(on.messages(Revoke.class))
        .anyMatch(it -> it.grantNos().contains(grants.get(1).lease().grantNo()));
    on.store.goOn();
    on.rest();
    var paused = answers.receiveMessage().queue().orElseThrow();
    assertThat(paused.effective()).isTrue();
    assertThat(paused.state()).isEqualTo(State.PAUSED);
    assertThat(paused.because()).contains("maintenance");
    assertThat(a.begins(grants.get(1).lease())).isFalse();
    a.ends(grants.get(0).lease(), How.ANSWERED).tells();
    assertThat(on.newGrants()).isEmpty();
  }

  @Test
  void a_pause_that_takes_long_is_answered_as_not_effective_yet() {
    configure(1, null);
    origin("a", 1).tells();
    on.store.delay("raise");
    var answers = on.operateLater(PAUSE);

    on.pass(QueueFixture.TIMES.answerWithin());

    assertThat(answers.receiveMessage().queue().orElseThrow().effective()).isFalse();
  }

  @Test
  void a_pause_outlives_its_incarnation_and_ends_when_it_is_resumed() {
    configure(1, null);
    on.operate(PAUSE);
    origin("a", 1).tells();

    on.restart();
    assertThat(on.grants()).isEmpty();
    assertThat(on.view().state()).isEqualTo(State.PAUSED);

    assertThat(on.operate(new Resume()).result()).isEqualTo(Result.DONE);
    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void a_pause_ends_by_itself() {
    configure(1, null);
    on.operate(new Pause(Optional.of(on.time.instant().plusSeconds(60)), "a minute"));
    origin("a", 1).tells();
    assertThat(on.grants()).isEmpty();

    on.pass(Duration.ofSeconds(60));

    assertThat(on.grants()).hasSize(1);
    assertThat(on.view().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void a_lower_limit_stops_grants_that_were_not_used() {
    configure(3, null);
    var a = origin("a", 5).tells();
    var grants = on.newGrants();
    a.begins(grants.get(0).lease());

    var lowered = configure(1, null).queue().orElseThrow();

    assertThat(lowered.effective()).isTrue();
    assertThat(a.begins(grants.get(1).lease())).isFalse();
    a.tells();
    assertThat(on.newGrants()).isEmpty();
  }

  @Test
  void a_target_that_asks_to_wait_holds_the_queue() {
    configure(1, null);
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    var until = on.time.instant().plusSeconds(100);

    a.ends(first, How.ANSWERED, Optional.of(429), Optional.of(until)).tells();

    var held = on.view();
    assertThat(held.state()).isEqualTo(State.HELD);
    assertThat(held.because()).contains("429 of a/f" + first.grantNo());
    assertThat(held.until().orElseThrow()).isAfterOrEqualTo(until).isBefore(until.plusSeconds(1));
    assertThat(on.newGrants()).isEmpty();
    on.pass(Duration.ofSeconds(101));
    assertThat(on.newGrants()).hasSize(1);
  }

  @Test
  void a_target_cannot_hold_a_queue_for_longer_than_the_settings_say() {
    configure(1, null);
    var a = origin("a", 1).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    var most = QueueSettings.DEFAULT.retryAfter().max();
    var latest = on.time.instant().plus(most).plusSeconds(2);

    var until = on.time.instant().plus(Duration.ofDays(300));
    a.ends(first, How.ANSWERED, Optional.of(503), Optional.of(until)).tells();

    assertThat(on.view().until().orElseThrow()).isBefore(latest);
  }

  @Test
  void a_hold_that_was_released_does_not_come_back_with_the_same_end() {
    configure(1, null);
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    var until = on.time.instant().plusSeconds(100);
    a.ends(first, How.ANSWERED, Optional.of(429), Optional.of(until)).tells();

    on.operate(new Release());
    a.tells();

    assertThat(on.view().state()).isEqualTo(State.RUNNING);
    assertThat(on.newGrants()).hasSize(1);
  }

  @Test
  void an_operator_holds_a_queue() {
    configure(1, null);

    on.operate(new Hold(on.time.instant().plusSeconds(10), "deploy"));

    origin("a", 1).tells();
    assertThat(on.grants()).isEmpty();
    assertThat(on.view().because()).contains("deploy");
  }

  /** One attempt has failed, and the breaker is open. */
  private PlayedOrigin opened() {
    var usual = QueueGrantsTest.concurrency(1);
    on.configure(
        usual.breaker(
            new QueueSettings.Breaker(
                500,
                1,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                QueueSettings.Breaker.DEFAULT.counts())));
    var a = origin("a", 3).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.ends(first, How.FAILED).tells();
    assertThat(on.view().state()).isEqualTo(State.BREAKER_OPEN);
    assertThat(on.newGrants()).isEmpty();
    return a;
  }

  @Test
  void a_probe_that_has_expired_cannot_begin_beside_the_next_one() {
    var a = opened();
    on.pass(Duration.ofSeconds(13));
    var first = on.newGrants().get(0).lease();

    on.pass(QueueFixture.TIMES.grantLife());
    on.pass(Duration.ofSeconds(1));

    var second = on.newGrants().get(0).lease();
    assertThat(second.probe()).isTrue();
    assertThat(a.begins(first)).isFalse();
    assertThat(a.begins(second)).isTrue();
  }

  @Test
  void a_probe_is_journaled_before_it_is_granted() {
    var a = opened();
    on.journal.failNextPersisted(QueueFixture.PERSISTENCE_ID);

    on.pass(Duration.ofSeconds(13));

    assertThat(on.newGrants()).isEmpty();
    on.pass(Duration.ofSeconds(1));
    var probe = on.newGrants().get(0).lease();
    assertThat(probe.probe()).isTrue();
    assertThat(on.events())
        .filteredOn(QueueEvent.BreakerChanged.class::isInstance)
        .last()
        .extracting(it -> ((QueueEvent.BreakerChanged) it).change().probe().orElseThrow())
        .isEqualTo(probe.grantNo());
    a.begins(probe);
    a.ends(probe, How.ANSWERED, Optional.of(200), Optional.empty()).tells();
    assertThat(on.view().state()).isEqualTo(State.RUNNING);
    assertThat(on.newGrants()).hasSize(1);
  }

  @Test
  void an_operator_opens_and_closes_the_breaker() {
    configure(1, null);

    on.operate(new SetBreaker(BreakerMode.OPEN));
    origin("a", 1).tells();
    assertThat(on.grants()).isEmpty();
    on.restart();
    assertThat(on.grants()).isEmpty();

    on.operate(new SetBreaker(BreakerMode.CLOSE));
    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void a_drain_is_answered_when_nodes_can_read_it() {
    configure(1, null);
    on.store.delay("publish");
    var answers = on.operateLater(new Drain());
    answers.expectNoMessage(Duration.ZERO);

    on.store.goOn();
    on.rest();

    assertThat(answers.receiveMessage().queue().orElseThrow().state()).isEqualTo(State.DRAINING);
    assertThat(on.store.listing("q").orElseThrow().gate().draining()).isTrue();
    origin("a", 1).tells();
    assertThat(on.grants()).hasSize(1);
    on.operate(new Resume());
    on.pass(Duration.ofSeconds(1));
    assertThat(on.store.listing("q").orElseThrow().gate()).isEqualTo(Gate.OPEN);
  }

  @Test
  void a_full_queue_and_a_full_key_are_told_to_nodes() {
    var usual = QueueGrantsTest.concurrency(1);
    on.configure(usual.waiting(new QueueSettings.MostWaiting(10, 4)));
    origin("a", 4).tells();
    on.pass(Duration.ofSeconds(1));
    var gate = on.store.listing("q").orElseThrow().gate();
    assertThat(gate.full()).isFalse();
    assertThat(gate.fullKeys()).containsExactly("default/a");
    assertThat(gate.retryAfterSeconds()).isPositive();

    origin("b", 3).tells();
    origin("c", 3).tells();
    on.pass(Duration.ofSeconds(1));

    assertThat(on.store.listing("q").orElseThrow().gate().full()).isTrue();
  }

  @Test
  void a_purge_goes_by_the_rows_that_stood_after_it_was_journaled() {
    configure(1, null);
    on.operate(PAUSE);
    var a = origin("a", 2).accepts(1).tells();
    on.store.delay("lines");

    var answers = on.operateLater(new Purge(on.time.instant(), Optional.empty()));
    answers.expectNoMessage(Duration.ZERO);
    on.store.goOn();
    on.rest();
    assertThat(answers.receiveMessage().queue().orElseThrow().purge().orElseThrow().left())
        .isEqualTo(1);
    a.accepts(1).tells();
    on.pass(Duration.ofSeconds(5));

    var asked = on.messages(PurgeUpTo.class);
    assertThat(asked).hasSizeGreaterThan(1).extracting(PurgeUpTo::row).containsOnly(2L);
    a.purged = asked.get(0).mark();
    a.tells();
    assertThat(on.view().purge().orElseThrow().left()).isZero();
    assertThat(on.events()).last().isInstanceOf(QueueEvent.PurgeDone.class);
  }

  @Test
  void a_purge_of_a_key_asks_the_origins_of_its_lines() {
    configure(1, null);
    on.operate(PAUSE);
    origin("a", 1).tells();
    origin("b", 1).tells();

    on.operate(new Purge(on.time.instant(), Optional.of("b")));

    assertThat(on.sent)
        .filteredOn(it -> it.message() instanceof PurgeUpTo)
        .extracting(QueueFixture.Sent::originId)
        .containsOnly("b");
  }

  @Test
  void a_purge_goes_on_in_the_next_incarnation() {
    configure(1, null);
    on.operate(PAUSE);
    origin("a", 1).tells();
    on.operate(new Purge(on.time.instant(), Optional.empty()));
    on.sent.clear();

    on.restart();

    assertThat(on.messages(PurgeUpTo.class)).isNotEmpty();
  }

  @Test
  void a_queue_with_lines_or_slots_is_not_removed() {
    configure(1, null);
    var a = origin("a", 1);
    assertThat(remove().result()).isEqualTo(Result.NOT_EMPTY);
    a.tells();
    a.begins(on.newGrants().get(0).lease());
    a.tells();
    assertThat(remove().result()).isEqualTo(Result.NOT_EMPTY);
  }

  @Test
  void a_queue_that_was_removed_can_be_made_again_and_its_epochs_go_on() {
    configure(1, null);
    assertThat(remove()).isEqualTo(new QueueReply.Changed(Result.DONE, Optional.empty()));
    assertThat(remove().result()).isEqualTo(Result.NO_SUCH_QUEUE);
    assertThat(on.operate(PAUSE).result()).isEqualTo(Result.NO_SUCH_QUEUE);
    on.restart();

    var again = configure(1, 0L);

    assertThat(again.result()).isEqualTo(Result.CREATED);
    assertThat(again.queue().orElseThrow().version()).isEqualTo(2);
    origin("a", 1).tells();
    assertThat(on.grants().get(0).lease().grantNo() >> 32).isGreaterThan(2);
  }

  private QueueReply.Changed remove() {
    return on.change(replyTo -> new QueueCommand.Remove(Optional.empty(), replyTo));
  }

  @Test
  void an_operator_frees_a_slot_that_lingers_and_no_other() {
    configure(1, null);
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.tells();
    assertThat(on.operate(new FreeSlot(1)).result()).isEqualTo(Result.NOT_POSSIBLE);
    a.ends(first, How.LOST).tells();
    assertThat(on.newGrants()).isEmpty();

    assertThat(on.operate(new FreeSlot(1)).result()).isEqualTo(Result.DONE);

    assertThat(on.newGrants()).hasSize(1);
    assertThat(on.store.taken()).isZero();
  }

  @Test
  void a_wrong_question_for_a_page_does_not_fail_the_queue() {
    configure(1, null);

    var answer =
        on.<QueueReply.Keys>ask(
                replyTo -> new QueueCommand.ReadKeys(Optional.of("nonsense"), 0, replyTo))
            .receiveMessage();

    assertThat(answer.page()).isEmpty();
    assertThat(on.view().version()).isEqualTo(1);
  }
}
