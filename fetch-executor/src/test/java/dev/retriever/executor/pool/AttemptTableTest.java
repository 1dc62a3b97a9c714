package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Body;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Room;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.Transport.Exchange;
import dev.retriever.executor.memory.ByteAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttemptTableTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration RESERVATION = Duration.ofSeconds(5);
  private static final Instant LAST_CHANCE = NOW.plus(RESERVATION);
  private static final Instant TOO_LATE = LAST_CHANCE.plusMillis(1);

  /** A full table is not looked through each time that it is asked. */
  private static final Instant SWEPT_AGAIN = TOO_LATE.plusMillis(100);

  private static final Target TARGET = Target.of("http://target.example/");
  private static final Exchange EXCHANGE = reason -> {};

  private final TargetRoom targets = new TargetRoom(100, 10);
  private final ByteAccount sending = new ByteAccount(1_000);
  private final ByteAccount answers = new ByteAccount(1_000);
  private final AttemptTable table =
      new AttemptTable(2, 100, RESERVATION, targets, sending, answers);

  private static AttemptKey key(String fetchId) {
    return new AttemptKey("origin", "o", fetchId, 1);
  }

  private static Report answer(int bodySize) {
    return new Report.Answered(new Response(200, List.of(), new Body(new byte[bodySize])));
  }

  private boolean reserve(AttemptKey key, Instant now) {
    return table.reserve(key, TARGET, now) == Room.RESERVED;
  }

  private BeginResult begin(String fetchId, Instant now) {
    return table.begin(key(fetchId), "executor", now, now.plusSeconds(30));
  }

  private void running(String fetchId) {
    assertThat(reserve(key(fetchId), NOW)).isTrue();
    assertThat(begin(fetchId, NOW)).isEqualTo(BeginResult.BEGUN);
    table.exchangeStarted(key(fetchId), EXCHANGE);
  }

  private void reported(String fetchId, int bodySize) {
    running(fetchId);
    assertThat(table.ended(key(fetchId), answer(bodySize), NOW)).isTrue();
  }

  @Test
  void there_are_as_many_reservations_as_permits() {
    assertThat(reserve(key("a"), NOW)).isTrue();
    assertThat(reserve(key("b"), NOW)).isTrue();

    assertThat(table.hasRoom(NOW)).isFalse();
    assertThat(reserve(key("c"), NOW)).isFalse();
    assertThat(table.size()).isEqualTo(2);
  }

  @Test
  void while_request_bodies_take_all_the_memory_for_them_there_is_no_room() {
    var bodies = sending.acquire(1_000).orElseThrow();
    assertThat(table.hasRoom(NOW)).isFalse();
    assertThat(table.free(NOW)).isZero();

    bodies.close();
    assertThat(table.hasRoom(NOW)).isTrue();
  }

  @Test
  void a_report_counts_until_it_is_acknowledged() {
    reported("a", 30);
    assertThat(answers.held()).isEqualTo(60);

    table.forget(key("a"));
    assertThat(answers.held()).isZero();
  }

  @Test
  void a_key_is_reserved_only_once() {
    reserve(key("a"), NOW);

    assertThat(reserve(key("a"), NOW)).isFalse();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void a_lapsed_reservation_of_the_same_key_does_not_stand_in_the_way() {
    reserve(key("a"), NOW);

    assertThat(reserve(key("a"), LAST_CHANCE)).isFalse();
    assertThat(reserve(key("a"), TOO_LATE)).isTrue();
    assertThat(begin("a", TOO_LATE.plus(RESERVATION))).isEqualTo(BeginResult.BEGUN);
  }

  @Test
  void a_key_that_runs_or_is_reported_is_never_reserved_again() {
    running("a");
    reported("b", 0);

    assertThat(reserve(key("a"), TOO_LATE)).isFalse();
    assertThat(reserve(key("b"), TOO_LATE)).isFalse();
  }

  @Test
  void when_full_lapsed_reservations_make_room_and_running_attempts_do_not() {
    running("a");
    reserve(key("b"), NOW);

    assertThat(reserve(key("c"), LAST_CHANCE)).isFalse();
    assertThat(reserve(key("c"), SWEPT_AGAIN)).isTrue();
    assertThat(begin("b", SWEPT_AGAIN)).isEqualTo(BeginResult.FENCED);
  }

  @Test
  void a_fenced_attempt_is_reported_once_and_holds_no_room_for_its_target() {
    reserve(key("a"), NOW);
    table.standing(key("a"), NOW);

    assertThat(begin("a", NOW)).isEqualTo(BeginResult.FENCED);
    assertThat(begin("a", NOW)).isEqualTo(BeginResult.REFUSED);
    assertThat(table.ended(key("a"), new Report.NotSent(Stage.QUEUED, "late"), NOW)).isTrue();
    assertThat(table.forget(key("a"))).isTrue();
    assertThat(table.size()).isZero();
    assertThat(targets.free(TARGET)).isEqualTo(100);
  }

  @Test
  void an_attempt_begins_once() {
    reserve(key("a"), NOW);

    assertThat(begin("a", NOW)).isEqualTo(BeginResult.BEGUN);
    assertThat(begin("a", NOW)).isEqualTo(BeginResult.REFUSED);
    assertThat(table.running()).isEqualTo(1);
  }

  @Test
  void an_attempt_without_a_reservation_does_not_begin() {
    assertThat(begin("a", NOW)).isEqualTo(BeginResult.REFUSED);
    assertThat(table.size()).isZero();
  }

  @Test
  void a_reservation_is_good_until_its_last_millisecond() {
    reserve(key("a"), NOW);
    reserve(key("b"), NOW);

    assertThat(begin("a", LAST_CHANCE)).isEqualTo(BeginResult.BEGUN);
    assertThat(begin("b", TOO_LATE)).isEqualTo(BeginResult.TOO_LATE);
  }

  @Test
  void a_late_attempt_can_be_reported_and_holds_its_permit_until_then() {
    reserve(key("a"), NOW);
    begin("a", TOO_LATE);

    assertThat(table.exchange(key("a"))).isEmpty();
    assertThat(table.ended(key("a"), new Report.NotSent(Stage.QUEUED, "late"), TOO_LATE)).isTrue();
    assertThat(table.running()).isZero();
    assertThat(table.size()).isEqualTo(1);
    assertThat(table.forget(key("a"))).isTrue();
    assertThat(table.size()).isZero();
  }

  @Test
  void only_a_reservation_can_be_released() {
    reserve(key("a"), NOW);
    running("b");

    assertThat(table.release(key("a"))).isTrue();
    assertThat(table.release(key("a"))).isFalse();
    assertThat(table.release(key("b"))).isFalse();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void an_attempt_ends_once_and_only_when_running() {
    reserve(key("a"), NOW);
    assertThat(table.ended(key("a"), answer(0), NOW)).isFalse();
    begin("a", NOW);

    assertThat(table.ended(key("a"), answer(1), NOW)).isTrue();
    assertThat(table.ended(key("a"), answer(2), NOW)).isFalse();
    assertThat(table.nextSending(key("a"), NOW).orElseThrow().report()).isEqualTo(answer(1));
    assertThat(table.running()).isZero();
  }

  @Test
  void an_exchange_can_be_had_while_it_runs() {
    running("a");
    assertThat(table.exchange(key("a"))).contains(EXCHANGE);

    table.ended(key("a"), answer(0), NOW);

    assertThat(table.exchange(key("a"))).isEmpty();
  }

  @Test
  void sendings_are_counted_and_know_their_age() {
    running("a");
    assertThat(table.nextSending(key("a"), NOW)).isEmpty();
    table.ended(key("a"), answer(0), NOW);

    var first = table.nextSending(key("a"), NOW).orElseThrow();
    var second = table.nextSending(key("a"), NOW.plusSeconds(7)).orElseThrow();

    assertThat(first.timesSent()).isEqualTo(1);
    assertThat(first.age()).isZero();
    assertThat(second.timesSent()).isEqualTo(2);
    assertThat(second.age()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void a_report_over_the_byte_budget_is_kept_and_keeps_new_attempts_out() {
    reported("a", 99);
    assertThat(table.hasRoom(NOW)).isTrue();

    reported("b", 1);
    table.forget(key("a"));
    assertThat(table.hasRoom(NOW)).isTrue();
    reported("c", 99);
    table.forget(key("b"));
    assertThat(table.hasRoom(NOW)).isTrue();

    assertThat(table.forget(key("c"))).isTrue();
    reported("d", 100);
    assertThat(table.size()).isEqualTo(1);
    assertThat(reserve(key("e"), NOW)).isFalse();

    table.forget(key("d"));
    assertThat(reserve(key("e"), NOW)).isTrue();
  }

  @Test
  void a_partial_response_counts_towards_the_byte_budget() {
    running("a");
    var partial = new Response(200, List.of(), new Body(new byte[100]));
    table.ended(
        key("a"), new Report.Ambiguous(Optional.of(Stage.BODY), "x", Optional.of(partial)), NOW);

    assertThat(table.hasRoom(NOW)).isFalse();
  }

  @Test
  void only_a_reported_attempt_is_forgotten_and_only_once() {
    running("a");
    assertThat(table.forget(key("a"))).isFalse();
    table.ended(key("a"), answer(0), NOW);

    assertThat(table.forget(key("a"))).isTrue();
    assertThat(table.forget(key("a"))).isFalse();
  }

  @Test
  void asking_about_a_reservation_keeps_it_from_beginning() {
    reserve(key("a"), NOW);

    assertThat(table.standing(key("a"), NOW)).isEqualTo(AttemptStatus.NEVER_BEGAN);
    assertThat(begin("a", NOW)).isEqualTo(BeginResult.FENCED);
    assertThat(table.ended(key("a"), answer(0), NOW)).isTrue();
    assertThat(table.forget(key("a"))).isTrue();
    assertThat(table.size()).isZero();
  }

  @Test
  void asking_about_an_attempt_that_began_changes_nothing() {
    running("a");
    reported("b", 0);

    assertThat(table.standing(key("a"), NOW)).isEqualTo(AttemptStatus.RUNNING);
    assertThat(table.standing(key("b"), NOW)).isEqualTo(AttemptStatus.REPORTED);
    assertThat(table.standing(key("c"), NOW)).isEqualTo(AttemptStatus.NEVER_BEGAN);
    assertThat(table.exchange(key("a"))).isPresent();
    assertThat(table.size()).isEqualTo(2);
  }

  @Test
  void an_executor_finds_what_it_holds_and_nothing_else() {
    running("a");
    reserve(key("b"), NOW);
    table.begin(key("b"), "other", NOW, NOW);

    assertThat(table.heldBy("executor"))
        .containsExactly(new AttemptTable.Held(key("a"), false, true, NOW.plusSeconds(30)));

    table.ended(key("a"), answer(0), NOW);
    assertThat(table.heldBy("executor")).extracting(AttemptTable.Held::reported).containsOnly(true);
    assertThat(table.heldBy("nobody")).isEmpty();
  }
}
