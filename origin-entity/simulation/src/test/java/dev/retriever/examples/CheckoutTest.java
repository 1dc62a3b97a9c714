package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.examples.Checkout.ChargeUnclear;
import dev.retriever.examples.Checkout.Charged;
import dev.retriever.examples.Checkout.Confirm;
import dev.retriever.examples.Checkout.Confirmed;
import dev.retriever.examples.Checkout.NotCharged;
import dev.retriever.examples.Checkout.NotReserved;
import dev.retriever.examples.Checkout.Noted;
import dev.retriever.examples.Checkout.Place;
import dev.retriever.examples.Checkout.Placed;
import dev.retriever.examples.Checkout.Reserved;
import dev.retriever.examples.Checkout.State;
import dev.retriever.examples.Checkout.Status;
import dev.retriever.executor.Stage;
import dev.retriever.origin.testkit.NoReply;
import dev.retriever.origin.testkit.OriginTestKit;
import dev.retriever.origin.testkit.WireRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckoutTest {
  private final OriginTestKit<Checkout.Command, Checkout.Event, State> kit = checkout();

  private static OriginTestKit<Checkout.Command, Checkout.Event, State> checkout() {
    return OriginTestKit.of(new Checkout(), "order-17");
  }

  private Status place() {
    return kit.ask(State.class, replyTo -> new Place("book", 1299, replyTo)).status();
  }

  private Status confirm() {
    return kit.ask(State.class, Confirm::new).status();
  }

  private List<String> requested() {
    return requested(kit);
  }

  private static List<String> requested(OriginTestKit<?, ?, ?> kit) {
    return kit.requests().stream().map(WireRequest::fetchId).toList();
  }

  @Test
  void an_order_is_charged_and_its_item_reserved() {
    kit.whenFetch("charge").answers(201);
    kit.whenFetch("reserve").answers(200);

    assertThat(place()).isEqualTo(Status.PLACED);
    confirm();

    assertThat(kit.events())
        .containsExactly(new Placed("book", 1299), new Confirmed(), new Charged(), new Reserved());
    assertThat(kit.state().status()).isEqualTo(Status.RESERVED);
    assertThat(kit.requests().get(0).request().idempotencyKey()).contains("order-17");
  }

  @Test
  void a_charge_of_unknown_fate_is_looked_up_and_not_made_again() {
    kit.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    kit.whenFetch("look-up").answers(200);
    kit.whenFetch("reserve").answers(200);

    place();
    confirm();

    assertThat(requested()).containsExactly("charge", "look-up", "reserve");
    assertThat(kit.events())
        .contains(new ChargeUnclear("connection-closed"), new Charged(), new Reserved());
  }

  @Test
  void a_charge_that_never_arrived_cancels_the_order() {
    kit.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    kit.whenFetch("look-up").answers(404);

    place();
    confirm();

    assertThat(kit.events()).endsWith(new NotCharged("the charge never arrived"));
    assertThat(kit.state().status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void the_look_up_is_repeated_until_the_provider_is_back() {
    kit.whenFetch("charge").answers(500);
    kit.whenFetch("look-up")
        .fails(Stage.CONNECTING, "connection-refused")
        .answers(503)
        .answers(200);
    kit.whenFetch("reserve").answers(200);
    place();

    confirm();
    assertThat(kit.state().status()).isEqualTo(Status.UNCLEAR);
    kit.advance(Duration.ofHours(1));

    assertThat(kit.state().status()).isEqualTo(Status.RESERVED);
  }

  @Test
  void a_provider_that_is_away_for_a_day_leaves_the_order_to_people() {
    kit.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    kit.whenFetch("look-up").answers(503);
    place();
    confirm();

    kit.advance(Duration.ofHours(25));

    assertThat(kit.events()).contains(new Noted("look-up: status 503"));
    assertThat(kit.state().status()).isEqualTo(Status.UNCLEAR);
  }

  @Test
  void a_charge_that_is_declined_or_did_not_leave_cancels_the_order() {
    kit.whenFetch("charge").answers(402);
    place();
    confirm();
    assertThat(kit.events()).endsWith(new NotCharged("status 402"));

    var another = checkout();
    another.whenFetch("charge").fails(Stage.CONNECTING, "connection-refused");
    another.ask(State.class, replyTo -> new Place("book", 1299, replyTo));
    another.ask(State.class, Confirm::new);
    assertThat(another.events()).endsWith(new NotCharged("connection-refused"));
  }

  @Test
  void a_payment_is_refunded_when_the_item_cannot_be_had() {
    kit.whenFetch("charge").answers(201);
    kit.whenFetch("reserve").answers(409);
    kit.whenFetch("release").answers(204);
    kit.whenFetch("refund").answers(503).answers(201);

    place();
    confirm();
    kit.advance(Duration.ofHours(1));

    assertThat(kit.events())
        .endsWith(
            new NotReserved("status 409"),
            new Noted("release: status 204"),
            new Noted("refund: status 201"));
    assertThat(kit.state().status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void a_late_answer_to_a_charge_that_was_taken_for_lost_is_refunded() {
    kit.whenFetch("charge").answersLate(Duration.ofMinutes(1), 201);
    kit.whenFetch("look-up").answers(404);
    kit.whenFetch("refund").answers(201);

    place();
    confirm();
    kit.advance(Duration.ofHours(1));

    assertThat(kit.events())
        .endsWith(
            new NotCharged("the charge never arrived"),
            new Noted("late answer 201"),
            new Noted("refund: status 201"));
  }

  @Test
  void a_late_answer_to_a_charge_that_was_found_is_noted() {
    kit.whenFetch("charge").answersLate(Duration.ofMinutes(1), 201);
    kit.whenFetch("look-up").answers(200);
    kit.whenFetch("reserve").answers(200);

    place();
    confirm();
    kit.advance(Duration.ofHours(1));

    assertThat(kit.events()).endsWith(new Noted("late answer 201"));
    assertThat(requested()).containsExactly("charge", "look-up", "reserve");
  }

  @Test
  void an_order_that_nobody_confirms_is_reminded_of_after_a_day() {
    kit.whenFetch("remind").answers(202);
    place();

    kit.advance(Duration.ofHours(24).minusNanos(1));
    assertThat(kit.requests()).isEmpty();
    kit.advance(Duration.ofNanos(1));

    assertThat(requested()).containsExactly("remind");
    assertThat(kit.events()).endsWith(new Noted("reminder: status 202"));
  }

  @Test
  void an_order_that_is_paid_is_not_reminded_of() {
    kit.otherwise().answers(200);
    place();
    kit.advance(Duration.ofHours(23));

    confirm();
    assertThat(kit.alarms()).isEmpty();
    kit.advance(Duration.ofDays(2));

    assertThat(requested()).doesNotContain("remind");
  }

  @Test
  void commands_that_come_twice_do_nothing_twice() {
    kit.otherwise().answers(200);

    place();
    place();
    confirm();
    assertThat(confirm()).isEqualTo(Status.RESERVED);

    assertThat(requested()).containsExactly("charge", "reserve");
  }

  // The way with the most steps: unclear, found, sold out, given back.

  private static final int WRITES = 7;

  /** A caller who hears nothing asks again. */
  private static void ask(
      OriginTestKit<Checkout.Command, Checkout.Event, State> kit,
      Function<ActorRef<State>, Checkout.Command> command) {
    try {
      kit.ask(State.class, command);
    } catch (NoReply e) {
      kit.ask(State.class, command);
    }
  }

  private static OriginTestKit<Checkout.Command, Checkout.Event, State> longWay(
      OriginTestKit<Checkout.Command, Checkout.Event, State> kit) {
    kit.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    kit.whenFetch("reserve").answersAfter(Duration.ofSeconds(2), 409);
    kit.otherwise().answersAfter(Duration.ofSeconds(1), 200);
    ask(kit, replyTo -> new Place("book", 1299, replyTo));
    ask(kit, Confirm::new);
    kit.advance(Duration.ofDays(2));
    return kit;
  }

  private void endsAsUndisturbed() {
    var undisturbed = longWay(checkout());
    assertThat(undisturbed.writes()).isEqualTo(WRITES);

    longWay(kit);

    assertThat(kit.events()).containsExactlyInAnyOrderElementsOf(undisturbed.events());
    assertThat(kit.state()).isEqualTo(undisturbed.state());
    assertThat(requested()).containsExactlyInAnyOrderElementsOf(requested(undisturbed));
    assertThat(kit.unhandled()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, WRITES})
  void a_crash_before_any_write_changes_nothing(int write) {
    kit.crashBeforePersist(write);

    endsAsUndisturbed();
    assertThat(kit.writes()).isGreaterThan(WRITES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, WRITES})
  void a_crash_after_any_write_changes_nothing(int write) {
    kit.crashAfterPersist(write);

    endsAsUndisturbed();
  }
}
