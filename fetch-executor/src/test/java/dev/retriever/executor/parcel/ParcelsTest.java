package dev.retriever.executor.parcel;

import static dev.retriever.executor.parcel.ParcelFixture.KEPT;
import static dev.retriever.executor.parcel.ParcelFixture.PIECE;
import static dev.retriever.executor.parcel.ParcelFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.parcel.ParcelMessage.Pull;
import dev.retriever.executor.parcel.ParcelMessage.Refused;
import dev.retriever.executor.parcel.Parcels.Offer;
import dev.retriever.executor.pool.FetchExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of messages that are offered, from their sender to whom they are for. */
class ParcelsTest {
  private final ParcelFixture it = new ParcelFixture();

  @AfterEach
  void stop() {
    it.close();
  }

  private Offer of(String id, long size, TestProbe<Parcel.Command> from) {
    return new Offer(id, size, from.ref());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PIECE - 1, PIECE, PIECE + 1, 10 * PIECE, 20 * 1024 * 1024})
  void a_message_of_any_size_arrives_whole_and_nothing_is_left_of_it(int size) {
    var offer = it.offer(message(size));

    it.receiver.tell(offer);

    assertThat((byte[]) it.delivered.receiveMessage(Duration.ofSeconds(60)))
        .isEqualTo(message(size));
    it.delivered.expectTerminated(offer.from(), Duration.ofSeconds(60));
    it.nothingIsPulled();
    it.undelivered.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_fetch_with_the_largest_body_arrives_whole() {
    var request =
        FetchRequest.post("http://target.example/").body(new Body(message(FetchRequest.MAX_BODY)));
    var execute =
        new FetchExecutor.Execute(
            new AttemptKey("t", "o", "f", 1), request, new TimeLimit(0, Duration.ofSeconds(1)));

    it.receiver.tell(new Offer("the largest", Parcels.size(request), it.parcel(execute)));

    // A failed comparison would print it.
    var arrived = it.delivered.receiveMessage(Duration.ofSeconds(120));
    assertThat(arrived.equals(execute)).isTrue();
  }

  @Test
  void a_small_message_is_sent_as_it_is() {
    var message = message(10);

    assertThat(it.parcels.packed("id", message, PIECE)).isSameAs(message);
    assertThat(it.parcels.packed(message, PIECE, () -> {})).isSameAs(message);
    assertThat(it.parcels.packed("id", message, PIECE + 1)).isInstanceOf(Offer.class);
    assertThat(it.parcels.packed(message, PIECE + 1, () -> {})).isInstanceOf(Offer.class);
  }

  @Test
  void on_the_node_of_its_sender_a_message_is_handed_over_as_it_is() {
    var unserializable = new Object();
    var actor =
        it.kit.spawn(
            Behaviors.<Object>setup(
                ctx ->
                    Behaviors.receiveMessage(
                        message -> {
                          if (message instanceof Offer offer) {
                            it.parcels.take(ctx, Object.class, offer);
                          } else {
                            it.delivered.ref().tell(message);
                          }
                          return Behaviors.same();
                        })));

    var offer =
        (Offer)
            it.parcels.packed(
                unserializable, 1 << 30, () -> it.undelivered.ref().tell("not delivered"));
    actor.tell(offer);

    assertThat(it.delivered.receiveMessage()).isSameAs(unserializable);
    it.delivered.expectTerminated(offer.from(), Duration.ofSeconds(60));
    it.undelivered.expectNoMessage(Duration.ZERO);
  }

  @Test
  void an_offer_that_is_repeated_while_it_is_pulled_is_ignored() {
    var first = it.kit.<Parcel.Command>createTestProbe();
    var again = it.kit.<Parcel.Command>createTestProbe();
    var other = it.kit.<Parcel.Command>createTestProbe();

    it.receiver.tell(of("report on a|b/ü?#1", 5000, first));
    it.receiver.tell(of("report on a|b/ü?#1", 5000, again));
    it.receiver.tell(of("report on another", 5000, other));

    first.expectMessageClass(Pull.class);
    other.expectMessageClass(Pull.class);
    again.expectNoMessage(Duration.ZERO);
    assertThat(it.parcels.stats()).isEqualTo(new Parcels.Stats(10_000, 0));
  }

  @Test
  void an_offer_that_is_repeated_after_it_was_pulled_is_pulled_again() {
    it.receiver.tell(it.offer(message(5000)));
    it.delivered.receiveMessage();
    it.nothingIsPulled();

    it.receiver.tell(it.offer(message(5000)));

    it.delivered.receiveMessage();
  }

  @Test
  void messages_that_are_sent_once_never_pass_for_one_another() {
    var one = (Offer) it.parcels.packed("x", 5000, () -> {});
    var two = (Offer) it.parcels.packed("x", 5000, () -> {});

    assertThat(one.id()).isNotEqualTo(two.id());
  }

  @Test
  void a_message_beyond_the_room_of_one_actor_is_refused() {
    for (var i = 0; i < 3; i++) {
      it.receiver.tell(of("message " + i, 2000, it.kit.createTestProbe()));
    }
    var fourth = it.kit.<Parcel.Command>createTestProbe();
    var elsewhere = it.kit.<Parcel.Command>createTestProbe();

    it.receiver.tell(of("fourth", 2000, fourth));
    it.receiver().tell(of("fourth", 2000, elsewhere));

    fourth.expectMessageClass(Refused.class);
    elsewhere.expectMessageClass(Pull.class);
    assertThat(it.parcels.stats()).isEqualTo(new Parcels.Stats(8000, 1));
  }

  @Test
  void a_message_beyond_the_room_of_the_node_is_refused_until_there_is_room() {
    var elsewhere = it.receiver();
    var first = it.kit.<Parcel.Command>createTestProbe();
    var second = it.kit.<Parcel.Command>createTestProbe();
    elsewhere.tell(of("first", 60 * 1024, first));
    first.expectMessageClass(Pull.class);

    it.receiver.tell(of("second", 60 * 1024, second));
    second.expectMessageClass(Refused.class);

    elsewhere.tell("stop");
    it.nothingIsPulled();
    it.receiver.tell(of("second", 60 * 1024, second));
    second.expectMessageClass(Pull.class);
  }

  @Test
  void the_sender_of_what_is_refused_is_told() {
    var filling = it.kit.<Parcel.Command>createTestProbe();
    it.receiver.tell(of("first", 60 * 1024, filling));
    filling.expectMessageClass(Pull.class);
    var offer =
        (Offer)
            it.parcels.packed(
                message(60 * 1024), 60 * 1024, () -> it.undelivered.ref().tell("not delivered"));

    it.receiver.tell(offer);

    it.undelivered.expectMessage("not delivered");
    it.delivered.expectTerminated(offer.from(), Duration.ofSeconds(60));
  }

  @Test
  void a_message_larger_than_all_the_room_is_pulled_when_it_is_alone() {
    var from = it.kit.<Parcel.Command>createTestProbe();

    it.receiver.tell(of("large", 1 << 30, from));

    from.expectMessageClass(Pull.class);
  }

  @Test
  void a_message_whose_receiver_ends_is_let_go_on_both_sides() {
    var offer = it.offer(message(50_000));
    var from = it.kit.<Parcel.Command>createTestProbe();
    it.receiver.tell(of("a message", 50_000, from));
    var pull = from.expectMessageClass(Pull.class);
    // As if the rest got lost.
    offer.from().tell(pull);
    from.expectMessageClass(Pull.class);

    it.receiver.tell("stop");

    it.nothingIsPulled();
    it.time.pass(KEPT);
    from.expectTerminated(offer.from(), Duration.ofSeconds(60));
    it.undelivered.expectMessage("not delivered");
    it.delivered.expectNoMessage(Duration.ZERO);
  }

  @Test
  void an_actor_knows_whether_it_is_pulling() {
    var asked = it.kit.<Boolean>createTestProbe();
    var from = it.kit.<Parcel.Command>createTestProbe();
    var actor =
        it.kit.spawn(
            Behaviors.<Object>setup(
                ctx ->
                    Behaviors.receiveMessage(
                        message -> {
                          if (message instanceof Offer offer) {
                            it.parcels.pull(ctx, offer, it.delivered.ref()::tell);
                          }
                          asked.ref().tell(it.parcels.isPulling(ctx));
                          return Behaviors.same();
                        })));

    actor.tell("not yet");
    asked.expectMessage(false);
    actor.tell(of("a message", 5000, from));
    asked.expectMessage(true);
  }

  @Test
  void the_size_of_a_parcel_is_its_bodies_and_headers() {
    var headers = List.of(new Header("Name", "value"), new Header("Name", "value"));
    var request =
        FetchRequest.post("http://target.example/")
            .body(new Body(message(1000)))
            .header("Name", "value");
    var response = new Response(200, headers, new Body(message(1000)));

    assertThat(Parcels.size(request)).isEqualTo(1000 + 29 + 22);
    assertThat(Parcels.size(new Report.Answered(response))).isEqualTo(1000 + 2 * 29);
    assertThat(Parcels.size(new Report.NotSent(Stage.TLS, "why"))).isZero();
    assertThat(
            Parcels.size(
                new Report.Ambiguous(Optional.of(Stage.BODY), "why", Optional.of(response))))
        .isEqualTo(1000 + 2 * 29);
  }
}
