package dev.retriever.executor.parcel;

import static dev.retriever.executor.parcel.ParcelFixture.KEPT;
import static dev.retriever.executor.parcel.ParcelFixture.PIECE;
import static dev.retriever.executor.parcel.ParcelFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.parcel.ParcelMessage.Contents;
import dev.retriever.executor.parcel.ParcelMessage.Piece;
import dev.retriever.executor.parcel.ParcelMessage.Pull;
import dev.retriever.executor.parcel.ParcelMessage.Pulled;
import dev.retriever.executor.parcel.ParcelMessage.Refused;
import dev.retriever.executor.parcel.Parcels.Offer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One message at its sender; the test pulls. */
class ParcelTest {
  private static final byte[] MESSAGE = message(2 * PIECE + 1);

  private final ParcelFixture it = new ParcelFixture();
  private final TestProbe<Puller.Command> puller = it.kit.createTestProbe();

  @AfterEach
  void stop() {
    it.close();
  }

  private Piece pull(ActorRef<Parcel.Command> parcel, int offset) {
    parcel.tell(new Pull(offset, puller.ref()));
    return puller.expectMessageClass(Piece.class);
  }

  private void ends(ActorRef<Parcel.Command> parcel) {
    puller.expectTerminated(parcel, Duration.ofSeconds(60));
  }

  @Test
  void each_piece_can_be_had_again_until_all_have_arrived() {
    var parcel = it.parcel(MESSAGE);

    var first = pull(parcel, 0);
    assertThat(pull(parcel, 0)).isEqualTo(first);
    var last = pull(parcel, 2 * PIECE);
    assertThat(pull(parcel, 2 * PIECE)).isEqualTo(last);
    parcel.tell(new Pulled());

    assertThat(first.bytes().bytes()).isEqualTo(Arrays.copyOf(MESSAGE, PIECE));
    assertThat(last.bytes().size()).isOne();
    assertThat(last.contents()).isEqualTo(first.contents());
    ends(parcel);
    it.undelivered.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_piece_outside_the_parcel_is_not_sent() {
    var parcel = it.parcel(MESSAGE);

    parcel.tell(new Pull(-1, puller.ref()));
    parcel.tell(new Pull(MESSAGE.length + 1, puller.ref()));

    assertThat(pull(parcel, PIECE).offset()).isEqualTo(PIECE);
  }

  @Test
  void a_parcel_without_a_pull_ends_undelivered() {
    var parcel = it.parcel(MESSAGE);

    it.undelivered.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          // It may not have begun to wait yet.
          it.time.pass(KEPT);
          return it.undelivered.expectMessage(Duration.ofMillis(50), "not delivered");
        });
    ends(parcel);
  }

  @Test
  void it_stays_while_it_is_pulled_and_ends_undelivered_when_that_stops_half_way() {
    var parcel = it.parcel(MESSAGE);
    for (var i = 0; i < 3; i++) {
      it.time.pass(KEPT.minusMillis(1));
      pull(parcel, PIECE);
    }

    it.time.pass(KEPT);

    it.undelivered.expectMessage("not delivered");
    ends(parcel);
  }

  @Test
  void when_the_last_piece_has_left_nobody_is_told_that_it_did_not_arrive() {
    var parcel = it.parcel(MESSAGE);
    pull(parcel, 2 * PIECE);

    it.time.pass(KEPT);

    ends(parcel);
    it.undelivered.expectNoMessage(Duration.ZERO);
  }

  @Test
  void it_ends_undelivered_when_it_is_refused_or_cannot_be_serialized() {
    var refused = it.parcel(MESSAGE);
    refused.tell(new Refused());
    it.undelivered.expectMessage("not delivered");
    ends(refused);

    var unserializable = it.parcel(new Object());
    unserializable.tell(new Pull(0, puller.ref()));
    it.undelivered.expectMessage("not delivered");
    ends(unserializable);
    puller.expectNoMessage(Duration.ZERO);
  }

  @Test
  void all_that_goes_between_nodes_is_cbor_and_what_stays_has_no_serializer() {
    var sender = it.kit.<Parcel.Command>createTestProbe().ref();
    var contents = new Contents(5, -1, 4, "manifest");
    var wire =
        List.of(
            new Offer("id", 5, sender),
            new Pull(7, puller.ref()),
            new Piece(contents, 7, new Body(new byte[] {0, -1, 10})),
            new Pulled(),
            new Refused());
    var serialization = SerializationExtension.get(it.kit.system());

    for (var message : wire) {
      assertThat(serialization.findSerializerFor(message).getClass().getSimpleName())
          .isEqualTo("JacksonCborSerializer");
      new SerializationTestKit(it.kit.system()).verifySerialization(message, true);
    }
    assertThat(serialization.serialize(new Parcel.HandOver(message -> {})).isFailure()).isTrue();
    assertThat(serialization.serialize(wire.get(2)).get()).hasSizeLessThan(150);
  }
}
