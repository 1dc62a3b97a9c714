package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueOperations.Pause;
import dev.retriever.origin.queue.QueueOperations.Resume;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.Look;
import dev.retriever.origin.queue.wire.Restate;
import dev.retriever.origin.queue.wire.Revoke;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueGrantsTest {
  private static final Duration LIFE = QueueFixture.TIMES.grantLife();

  private final QueueFixture on = new QueueFixture();

  @AfterEach
  void close() {
    on.close();
  }

  static QueueSettings concurrency(int most) {
    var usual = QueueSettings.DEFAULT;
    return usual.concurrency(most);
  }

  private PlayedOrigin origin(String id, int waiting) {
    return new PlayedOrigin(on, id).accepts(waiting);
  }

  @Test
  void as_many_attempts_begin_as_may() {
    on.configure(concurrency(2));
    var a = origin("a", 5).tells();

    assertThat(on.leases()).extracting(Lease::slot).containsExactly(1, 2);
    assertThat(on.leases()).allMatch(a::begins);
    a.tells();
    assertThat(on.grants()).hasSize(2);
    assertThat(on.view().running()).isEqualTo(2);
    assertThat(on.view().waiting().fetches()).isEqualTo(3);
  }

  @Test
  void an_end_lets_the_next_begin_in_its_slot() {
    on.configure(concurrency(1));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    assertThat(a.begins(first)).isTrue();
    a.tells();

    a.ends(first, How.ANSWERED).tells();

    var second = on.newGrants().get(0).lease();
    assertThat(second.slot()).isEqualTo(1);
    assertThat(second.grantNo()).isGreaterThan(first.grantNo());
    assertThat(a.begins(second)).isTrue();
  }

  @Test
  void what_was_heard_is_said() {
    on.configure(concurrency(1));

    var a = origin("a", 1).tells();

    assertThat(on.messages(Heard.class)).contains(new Heard("q", a.row, a.telling));
  }

  @Test
  void an_end_that_is_told_again_frees_no_slot_of_another() {
    on.configure(concurrency(1));
    var a = origin("a", 3).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.ends(first, How.ANSWERED).tells();
    var second = on.newGrants().get(0).lease();
    a.begins(second);

    a.tells().tells();

    assertThat(on.newGrants()).isEmpty();
    assertThat(on.view().running()).isEqualTo(1);
  }

  @Test
  void a_message_that_was_overtaken_changes_nothing() {
    on.configure(concurrency(1));
    var a = origin("a", 1).tells();
    var first = on.newGrants().get(0).lease();
    var old = a.told();
    a.begins(first);
    a.ends(first, How.ANSWERED).tells();
    assertThat(on.view().waiting().fetches()).isZero();

    on.tell(old);

    assertThat(on.view().waiting().fetches()).isZero();
    assertThat(on.newGrants()).isEmpty();
  }

  @Test
  void a_message_that_is_told_twice_counts_once() {
    on.configure(concurrency(10));
    var a = origin("a", 3);
    var told = a.told();

    on.tell(told);
    on.tell(told);

    assertThat(on.grants()).hasSize(3);
    assertThat(on.view().waiting().fetches()).isEqualTo(3);
  }

  @Test
  void an_end_that_was_never_told_is_found_in_the_rows() {
    on.configure(concurrency(1));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.tells();
    on.store.end(first, false);
    assertThat(on.newGrants()).isEmpty();

    on.pass(QueueFixture.TIMES.slotsEvery());
    on.pass(Duration.ofSeconds(2));

    assertThat(on.newGrants()).hasSize(1);
  }

  /** Such an attempt has no row, so the end that an origin has not told is lost with its node. */
  @Test
  void an_origin_is_asked_about_attempts_without_slots_that_take_long_where_they_are_limited() {
    on.configure(QueueSettings.DEFAULT.unlimited().perKey(oneAtATime()));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    assertThat(first.hasSlot()).isFalse();
    a.begins(first);
    a.tells();
    on.pass(QueueFixture.TIMES.slotsEvery());
    assertThat(on.messages(Restate.class)).isEmpty();

    on.pass(QueueFixture.TIMES.slotsEvery().multipliedBy(2));
    assertThat(on.messages(Restate.class)).hasSize(1);
    a.tells();
    assertThat(on.newGrants()).isEmpty();
    a.forgets(first);
    on.pass(QueueFixture.TIMES.slotsEvery().multipliedBy(3));
    assertThat(on.messages(Restate.class)).as("the pause is doubled").hasSize(1);
    on.pass(QueueFixture.TIMES.slotsEvery().multipliedBy(2));
    assertThat(on.messages(Restate.class)).hasSize(2);
    a.tells();

    assertThat(on.newGrants()).hasSize(1);
  }

  @Test
  void an_origin_is_not_asked_about_attempts_that_nothing_limits() {
    on.configure(
        QueueSettings.DEFAULT
            .unlimited()
            .rate(new QueueSettings.Rate(1, Duration.ofSeconds(1), 1)));
    var a = origin("a", 1).tells();
    a.begins(on.newGrants().get(0).lease());
    a.tells();

    on.pass(QueueFixture.TIMES.slotsEvery().multipliedBy(5));

    assertThat(on.messages(Restate.class)).isEmpty();
  }

  private static QueueSettings.PerKey oneAtATime() {
    return new QueueSettings.PerKey(Optional.of(1), Optional.empty());
  }

  @Test
  void a_line_that_was_never_told_is_found_in_the_rows() {
    on.configure(concurrency(1));
    origin("a", 1);
    assertThat(on.grants()).isEmpty();

    on.pass(QueueFixture.TIMES.linesEvery());

    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void lines_and_slots_are_read_again_when_a_node_has_left() {
    on.configure(concurrency(1));
    origin("a", 1);
    assertThat(on.grants()).isEmpty();

    on.tell(new QueueCommand.MemberLeft());

    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void the_slot_of_a_grant_that_was_not_used_goes_to_another() {
    on.configure(concurrency(1));
    origin("a", 1).tells();
    var first = on.newGrants().get(0).lease();
    origin("b", 1).tells();
    assertThat(on.newGrants()).isEmpty();

    on.pass(LIFE);

    assertThat(on.messages(Revoke.class)).anyMatch(it -> it.grantNos().contains(first.grantNo()));
    assertThat(on.newGrants()).extracting(it -> it.lease().slot()).contains(1);
    assertThat(on.view().grants().expired()).isEqualTo(1);
  }

  @Test
  void the_slot_of_a_grant_that_was_used_unheard_stays_taken() {
    on.configure(concurrency(1));
    var a = origin("a", 1).tells();
    var first = on.newGrants().get(0).lease();
    origin("b", 1).tells();
    a.begins(first);

    on.pass(LIFE);

    assertThat(on.newGrants()).isEmpty();
    assertThat(on.messages(Revoke.class)).isEmpty();
    assertThat(on.view().running()).isEqualTo(1);
  }

  @Test
  void a_grant_that_comes_back_lets_another_origin_begin() {
    on.configure(concurrency(1));
    var a = origin("a", 1).tells();
    var first = on.newGrants().get(0).lease();
    origin("b", 1).tells();

    a.returns(first, Why.NO_ROOM).tells();

    assertThat(on.newGrants()).extracting(Granted.Grant::key).containsExactly("b");
  }

  @Test
  void a_slot_that_the_database_refuses_is_looked_up_and_not_granted_again() {
    on.configure(concurrency(1));
    var a = origin("a", 1).tells();
    var first = on.newGrants().get(0).lease();
    var unknown = new Lease("q", 1, first.grantNo() + 1_000, false, false);
    on.store.start(unknown, "shop|b", "f", 1, "b", PlayedOrigin.LIMIT);

    assertThat(a.begins(first)).isFalse();
    a.returns(first, Why.STALE).tells();
    on.pass(Duration.ofSeconds(1));

    assertThat(on.newGrants()).isEmpty();
    assertThat(on.view().running()).isEqualTo(1);
  }

  @Test
  void nothing_is_granted_while_the_database_is_away() {
    on.configure(concurrency(5));
    on.store.away(true);
    on.pass(QueueFixture.TIMES.slotsEvery());
    assertThat(on.store.calls).contains("slots");

    origin("a", 1).tells();
    assertThat(on.grants()).isEmpty();

    on.store.away(false);
    on.pass(Duration.ofSeconds(2));
    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void the_lives_of_grants_stand_still_while_the_database_is_away() {
    on.configure(concurrency(1));
    on.pass(QueueFixture.TIMES.slotsEvery().minusSeconds(1).minus(QueueFixture.KNOWN));
    var a = origin("a", 1).tells();
    var first = on.newGrants().get(0).lease();
    on.store.away(true);
    on.pass(Duration.ofSeconds(2));
    on.pass(LIFE);
    assertThat(on.messages(Revoke.class)).isEmpty();

    on.store.away(false);
    on.pass(Duration.ofSeconds(2));

    assertThat(on.messages(Revoke.class)).isEmpty();
    assertThat(a.begins(first)).isTrue();
  }

  @Test
  void a_statement_that_hangs_stops_the_grants() {
    on.configure(concurrency(5));
    on.store.delay("slots");
    on.pass(QueueFixture.TIMES.slotsEvery());
    assertThat(on.store.waitingCalls()).isEqualTo(1);
    on.pass(QueueFixture.TIMES.storeTimeout());

    origin("a", 1).tells();
    assertThat(on.grants()).isEmpty();

    on.store.goOn();
    on.rest();
    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void a_slot_that_lingers_is_free_when_the_late_report_of_its_attempt_comes() {
    on.configure(concurrency(1));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.ends(first, How.LOST).tells();
    a.hears();
    assertThat(on.newGrants()).isEmpty();
    assertThat(on.view().lingering()).isEqualTo(1);

    on.store.end(first, false);
    a.ends(first, How.LATE).tells();

    assertThat(on.newGrants()).hasSize(1);
    assertThat(on.view().lingering()).isZero();
  }

  @Test
  void a_slot_lingers_whose_attempt_was_told_as_lost_before_its_row_was_read() {
    on.configure(concurrency(1));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.tells();
    a.ends(first, How.LOST);
    on.store.delay("slots");
    on.restart();
    a.tells();

    on.store.goOn();
    on.pass(LIFE);

    assertThat(on.newGrants()).isEmpty();
    assertThat(on.view().lingering()).isEqualTo(1);
  }

  @Test
  void the_late_report_of_another_attempt_frees_no_slot() {
    on.configure(concurrency(1));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.ends(first, How.LOST).tells();
    a.hears();

    a.ends(new Lease("q", 1, first.grantNo() - 1, false, false), How.LATE).tells();

    assertThat(on.newGrants()).isEmpty();
    assertThat(on.view().lingering()).isEqualTo(1);
  }

  @Test
  void a_slot_that_lingers_is_free_when_its_attempt_can_no_longer_run() {
    on.configure(concurrency(1));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);
    a.ends(first, How.CANCELLED).tells();
    a.hears();
    var left = PlayedOrigin.LIMIT.plus(QueueFixture.TIMES.lingerAfter());

    on.pass(left.minusSeconds(2));
    assertThat(on.newGrants()).isEmpty();

    on.pass(QueueFixture.TIMES.lingerEvery().plusSeconds(2));
    assertThat(on.newGrants()).hasSize(1);
    assertThat(on.store.taken()).isZero();
  }

  @Test
  void a_lost_attempt_frees_its_slot_at_once_where_the_settings_say_so() {
    var usual = concurrency(1);
    on.configure(usual.lost(QueueSettings.Lost.FREE));
    var a = origin("a", 2).tells();
    var first = on.newGrants().get(0).lease();
    a.begins(first);

    a.ends(first, How.LOST).tells();

    assertThat(on.newGrants()).hasSize(1);
    assertThat(on.store.taken()).isZero();
  }

  @Test
  void a_new_incarnation_grants_what_is_left() {
    on.configure(concurrency(3));
    var a = origin("a", 5).tells();
    on.newGrants().forEach(it -> assertThat(a.begins(it.lease())).isTrue());
    a.tells();
    a.ends(on.store.rows().get(1).lease(), How.ANSWERED);

    on.restart();
    on.tell(new Look("q"));

    assertThat(on.newGrants()).extracting(it -> it.lease().slot()).containsExactly(2);
    assertThat(on.view().running()).isEqualTo(2);
    assertThat(on.view().moves()).isEqualTo(1);
  }

  @Test
  void grants_of_an_older_incarnation_are_refused_before_a_newer_one_gives_any() {
    on.configure(concurrency(1));
    var a = origin("a", 2).tells();
    var old = on.newGrants().get(0).lease();
    on.store.delay("begin");

    on.restart();
    assertThat(on.newGrants()).isEmpty();
    on.store.goOn();
    on.rest();

    var next = on.newGrants().get(0).lease();
    assertThat(on.store.floor("q")).isGreaterThanOrEqualTo(old.grantNo());
    assertThat(next.grantNo()).isGreaterThan(on.store.floor("q"));
    assertThat(a.begins(old)).isFalse();
    assertThat(a.begins(next)).isTrue();
  }

  @Test
  void the_epoch_is_the_row_of_the_incarnation() {
    on.configure(concurrency(1));
    origin("a", 1).tells();
    on.restart();

    var rows = on.events();
    assertThat(rows.get(rows.size() - 1)).isInstanceOf(QueueEvent.Incarnated.class);
    var last = on.newGrants();
    assertThat(last.get(last.size() - 1).lease().grantNo() >> 32).isEqualTo(rows.size());
  }

  @Test
  void a_queue_that_a_newer_one_has_replaced_grants_nothing_and_leaves() {
    on.configure(concurrency(1));
    on.store.begin("q", 1_000);

    var a = origin("a", 1).tells();
    assertThat(a.begins(on.newGrants().get(0).lease())).isFalse();
    on.operateLater(new Pause(Optional.empty(), "old"));
    on.operateLater(new Resume());
    on.tell(new Look("q"));

    assertThat(on.newGrants()).isEmpty();
    on.shard.receiveMessage();
  }

  @Test
  void a_queue_that_a_newer_one_has_replaced_unheard_leaves_when_a_grant_is_refused() {
    on.configure(concurrency(1));
    var a = origin("a", 1).tells();
    var lease = on.newGrants().get(0).lease();
    on.store.begin("q", 1_000);

    assertThat(a.begins(lease)).isFalse();
    a.returns(lease, Why.STALE).tells();

    on.shard.receiveMessage();
    assertThat(on.newGrants()).isEmpty();
  }

  @Test
  void lines_are_read_in_pages() {
    on.configure(concurrency(1));
    for (var i = 0; i < QueueFixture.TIMES.linesPage() + 1; i++) {
      origin("o" + i, 1);
    }

    on.restart();

    assertThat(on.view().waiting().origins()).isEqualTo(QueueFixture.TIMES.linesPage() + 1);
    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void lines_that_are_not_read_in_time_do_not_hold_up_the_others() {
    on.configure(concurrency(2));
    on.store.delay("lines");
    on.restart();
    origin("a", 1).tells();
    assertThat(on.grants()).isEmpty();

    on.pass(QueueFixture.TIMES.linesWait());

    // A statement that takes too long means that the database is away.
    assertThat(on.grants()).isEmpty();
    on.store.goOn();
    on.rest();
    assertThat(on.grants()).hasSize(1);
  }

  @Test
  void a_queue_leaves_memory_when_nothing_is_left_to_do() {
    on.configure(concurrency(1));

    on.pass(QueueFixture.TIMES.idle());
    on.pass(QueueFixture.TIMES.idle());

    on.shard.receiveMessage();
  }

  @Test
  void a_queue_without_settings_journals_nothing() {
    origin("a", 1).tells();
    on.tell(new Look("q"));

    assertThat(on.events()).isEmpty();
    assertThat(on.grants()).isEmpty();
    assertThat(on.messages(Heard.class)).hasSize(1);
  }
}
