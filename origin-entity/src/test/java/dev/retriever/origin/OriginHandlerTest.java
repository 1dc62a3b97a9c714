package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.Samples.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.origin.Checkout.Accepted;
import dev.retriever.origin.Checkout.NotCharged;
import dev.retriever.origin.Checkout.Paid;
import dev.retriever.origin.Checkout.PaymentAsked;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers of users, in the real entity on a journal in memory. */
class OriginHandlerTest {
  private final Checkout checkout = new Checkout();
  private final OriginFixture it = new OriginFixture(200, checkout);
  private final TestProbe<Accepted> accepted = it.kit.createTestProbe();

  @AfterEach
  void stop() {
    it.close();
  }

  private void pay(String order) {
    it.origin.tell(new Checkout.Pay(order, 100, accepted.ref()));
    accepted.receiveMessage();
  }

  private List<Class<?>> rowTypes() {
    return it.rows().stream().<Class<?>>map(Object::getClass).toList();
  }

  private void rowsBecome(int count) {
    it.eventually(() -> it.rows().size() == count);
  }

  private Optional<String> reason() {
    return it.rows().stream()
        .filter(HandlingFailed.class::isInstance)
        .map(row -> ((HandlingFailed) row).reason())
        .reduce((first, second) -> second);
  }

  @Test
  void a_command_journals_its_events_and_fetches_in_one_write_and_then_replies() {
    it.origin.tell(new Checkout.Pay("a", 100, accepted.ref()));

    assertThat(accepted.receiveMessage()).isEqualTo(new Accepted(1));
    assertThat(rowTypes()).containsExactly(PaymentAsked.class, FetchAccepted.class);
    assertThat(it.here.call("a", 1).request()).isEqualTo(Checkout.charge("a").request());
  }

  @Test
  void an_outcome_and_what_its_handler_asks_for_are_one_write() {
    pay("a");

    it.here.call("a", 1).end(answer(201));

    rowsBecome(4);
    assertThat(it.rows().get(2)).isInstanceOf(FetchSettled.class);
    assertThat(it.rows().get(3)).isEqualTo(new Paid("a", 201));
  }

  @Test
  void a_write_that_fails_leaves_neither_outcome_nor_effects_and_both_come_later() {
    pay("a");
    var call = it.here.call("a", 1);
    it.journal.failNextPersisted(OriginFixture.PERSISTENCE_ID);

    call.end(answer(201));

    it.readAfterRestart("a");
    it.time.pass(Duration.ofSeconds(1));
    rowsBecome(4);
    assertThat(rowTypes().subList(2, 4)).containsExactly(FetchSettled.class, Paid.class);
  }

  @Test
  void an_unknown_outcome_is_looked_up_by_a_fetch_of_its_handler() {
    pay("a");

    it.here.call("a", 1).end(Report.lost());
    it.here.call("look-up-a", 1).end(answer(200));

    rowsBecome(6);
    assertThat(it.rows().get(5)).isEqualTo(new Paid("a", 200));
  }

  @Test
  void a_failed_outcome_reaches_the_handler_with_its_context() {
    pay("a");

    it.here.call("a", 1).end(refused());

    rowsBecome(4);
    assertThat(it.rows().get(3)).isEqualTo(new NotCharged("a", "refused"));
  }

  @Test
  void cancelling_in_a_handler_runs_the_continuation_of_what_it_cancels() {
    pay("a");
    it.here.call("a", 1);

    it.origin.tell(new Checkout.Stop("a"));

    rowsBecome(4);
    assertThat(it.rows().get(3)).isEqualTo(new NotCharged("a", "cancelled"));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Cancelled(true));
  }

  @Test
  void a_handler_may_settle_a_fetch_whose_own_alarm_is_due_in_the_same_turn() {
    checkout.alsoCancels = Optional.of("b");
    pay("a");
    it.here.call("a", 1);
    pay("b");
    it.here.call("b", 1);

    it.time.pass(FetchSpec.TIMEOUT.plus(FetchSpec.GRACE).plusMillis(1));

    assertThat(it.outcome("a").why()).contains(Report.EXECUTOR_LOST);
    assertThat(it.outcome("b")).isEqualTo(new Outcome.Cancelled(true));
  }

  @Test
  void a_hundred_fetches_of_one_command_each_come_back_once() {
    var orders = IntStream.range(0, 100).mapToObj(i -> "o" + i).toList();
    it.origin.tell(new Checkout.PayAll(orders));

    for (var i = 0; i < 100; i++) {
      it.here.wire.receiveMessage().end(answer(200));
    }

    rowsBecome(300);
    assertThat(it.rows().stream().filter(Paid.class::isInstance).map(row -> ((Paid) row).order()))
        .containsExactlyInAnyOrderElementsOf(orders);
  }

  @ParameterizedTest
  @ValueSource(strings = {"throws", "unserializable", "undefined", "no such pool"})
  void a_handler_that_fails_leaves_the_outcome_settled_and_is_tried_again(String trouble) {
    checkout.trouble = Optional.of(trouble);
    pay("a");
    it.here.call("a", 1).end(answer(201));
    rowsBecome(4);
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(201)));
    assertThat(rowTypes().subList(2, 4)).containsExactly(FetchSettled.class, HandlingFailed.class);

    checkout.trouble = Optional.empty();
    it.time.pass(Duration.ofMillis(4_001));

    rowsBecome(6);
    assertThat(rowTypes().get(4)).isEqualTo(ContinuationHandled.class);
    assertThat(it.rows().get(5)).isEqualTo(new Paid("a", 201));
  }

  @Test
  void a_handler_that_asks_for_a_pool_that_there_is_not_fails_by_its_name() {
    checkout.trouble = Optional.of("no such pool");
    pay("a");
    it.here.call("a", 1).end(answer(201));
    rowsBecome(4);

    assertThat(reason().orElseThrow())
        .contains("is refused: there is no pool retriever.executor.pools.gone, there are []");
  }

  @Test
  void a_failure_whose_message_has_no_bytes_is_journaled_with_what_can_be_read_of_it() {
    checkout.trouble = Optional.of("half a pair");
    pay("a");
    it.here.call("a", 1).end(answer(201));
    rowsBecome(4);

    assertThat(reason().orElseThrow()).endsWith("IllegalStateException: half\ufffd");
  }

  @Test
  void after_its_last_try_a_fetch_is_parked_until_it_is_redriven() {
    checkout.trouble = Optional.of("throws");
    pay("a");
    it.here.call("a", 1).end(answer(201));
    rowsBecome(4);
    it.time.pass(Duration.ofMillis(4_001));
    rowsBecome(5);
    it.time.pass(Duration.ofMillis(4_001));
    rowsBecome(6);
    assertThat(((HandlingFailed) it.rows().get(5)).retryAt()).isEmpty();
    assertThat(reason().orElseThrow()).contains("IllegalStateException: scripted");

    it.time.pass(Duration.ofHours(1));
    it.read("a");
    assertThat(it.rows()).hasSize(6);
    checkout.trouble = Optional.empty();
    it.origin.tell(new OriginCommand.Redrive("a", it.replies.ref()));
    it.replies.receiveMessage();

    assertThat(it.rows().get(7)).isEqualTo(new Paid("a", 201));
  }

  @Test
  void other_fetches_are_not_held_up_by_one_that_is_parked() {
    checkout.trouble = Optional.of("throws");
    pay("a");
    it.here.call("a", 1).end(answer(201));
    rowsBecome(4);
    checkout.trouble = Optional.empty();

    pay("b");
    it.here.call("b", 1).end(answer(202));

    it.eventually(() -> it.rows().contains(new Paid("b", 202)));
  }

  @Test
  void a_continuation_that_code_does_not_know_parks_and_runs_after_the_code_is_back() {
    pay("a");
    var call = it.here.call("a", 1);
    var older = new Checkout();
    older.knowsCharged = false;
    it.definition = older;
    it.restart();
    it.read("a");
    call.end(answer(201));
    rowsBecome(4);
    assertThat(reason().orElseThrow()).contains("charged");
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Answered(response(201)));

    it.definition = checkout;
    it.restart();

    rowsBecome(6);
    assertThat(it.rows().get(5)).isEqualTo(new Paid("a", 201));
  }

  @Test
  void an_origin_recovers_its_users_state_and_what_is_unhandled() {
    checkout.trouble = Optional.of("throws");
    pay("a");
    it.here.call("a", 1).end(answer(201));
    rowsBecome(4);

    it.restart();
    checkout.trouble = Optional.empty();
    it.origin.tell(new Checkout.Pay("b", 100, accepted.ref()));
    assertThat(accepted.receiveMessage()).isEqualTo(new Accepted(2));
    it.time.pass(Duration.ofMillis(4_001));

    it.eventually(() -> it.rows().contains(new Paid("a", 201)));
  }

  @Test
  void a_command_without_a_handler_changes_nothing_and_the_origin_goes_on() {
    it.origin.tell("what is this?");

    pay("a");
    assertThat(it.rows()).hasSize(2);
  }

  @Test
  void a_fetch_of_the_same_id_and_content_is_not_accepted_twice() {
    pay("a");
    pay("a");

    assertThat(rowTypes())
        .containsExactly(PaymentAsked.class, FetchAccepted.class, PaymentAsked.class);
  }
}
