package dev.retriever.executor.parcel;

import static dev.retriever.executor.parcel.ParcelFixture.PIECE;
import static dev.retriever.executor.parcel.ParcelFixture.SILENCE;
import static dev.retriever.executor.parcel.ParcelFixture.TRIES;
import static dev.retriever.executor.parcel.ParcelFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.parcel.ParcelMessage.Contents;
import dev.retriever.executor.parcel.ParcelMessage.Piece;
import dev.retriever.executor.parcel.ParcelMessage.Pull;
import dev.retriever.executor.parcel.ParcelMessage.Pulled;
import dev.retriever.executor.parcel.Parcels.Offer;
import java.time.Duration;
import java.util.Arrays;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One message being pulled; the test is its sender. */
class PullerTest {
  /** Of the serializer of byte arrays. */
  private static final int BYTES = 4;

  private static final byte[] MESSAGE = message(3 * PIECE);
  private static final Contents CONTENTS = contents(MESSAGE);

  private final ParcelFixture it = new ParcelFixture();
  private final TestProbe<Parcel.Command> sender = it.kit.createTestProbe();
  private final TestProbe<String> ended = it.kit.createTestProbe();
  private ActorRef<Puller.Command> puller;

  @BeforeEach
  void start() {
    puller =
        it.kit.spawn(
            Puller.create(
                it.settings,
                new Offer("a message", MESSAGE.length, sender.ref()),
                it.delivered.ref()::tell,
                () -> ended.ref().tell("ended")));
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private static Contents contents(byte[] bytes) {
    return new Contents(bytes.length, Assembly.crc(bytes), BYTES, "");
  }

  private static Piece piece(int number) {
    return piece(CONTENTS, MESSAGE, number);
  }

  private static Piece piece(Contents contents, byte[] message, int number) {
    var bytes = Arrays.copyOfRange(message, number * PIECE, (number + 1) * PIECE);
    return new Piece(contents, number * PIECE, new Body(bytes));
  }

  private void asksFor(int number) {
    assertThat(sender.expectMessageClass(Pull.class)).isEqualTo(new Pull(number * PIECE, puller));
  }

  private void endsWithNothing() {
    ended.expectMessage("ended");
    sender.expectTerminated(puller, Duration.ofSeconds(60));
    it.delivered.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_piece_is_asked_for_when_the_one_before_it_is_there() {
    for (var i = 0; i < 3; i++) {
      asksFor(i);
      sender.expectNoMessage(Duration.ZERO);
      puller.tell(piece(i));
    }

    sender.expectMessageClass(Pulled.class);
    assertThat((byte[]) it.delivered.receiveMessage()).isEqualTo(MESSAGE);
    ended.expectMessage("ended");
    sender.expectTerminated(puller, Duration.ofSeconds(60));
  }

  @Test
  void a_piece_that_is_lost_is_asked_for_again() {
    asksFor(0);
    puller.tell(piece(0));
    asksFor(1);

    it.time.pass(SILENCE);

    asksFor(1);
    puller.tell(piece(1));
    asksFor(2);
    it.time.pass(SILENCE);
    asksFor(2);
    puller.tell(piece(2));
    assertThat((byte[]) it.delivered.receiveMessage()).isEqualTo(MESSAGE);
  }

  @Test
  void it_ends_when_its_sender_is_silent() {
    asksFor(0);
    puller.tell(piece(0));
    for (var i = 0; i < TRIES; i++) {
      asksFor(1);
      it.time.pass(SILENCE);
    }

    endsWithNothing();
  }

  @Test
  void a_sender_that_answers_each_time_may_be_slow() {
    for (var i = 0; i < 3; i++) {
      for (var tries = 1; tries < TRIES; tries++) {
        asksFor(i);
        it.time.pass(SILENCE);
      }
      asksFor(i);
      puller.tell(piece(i));
    }

    assertThat((byte[]) it.delivered.receiveMessage()).isEqualTo(MESSAGE);
  }

  @Test
  void pieces_that_come_twice_too_early_or_of_another_message_change_nothing() {
    var another = message(3 * PIECE + 1);
    asksFor(0);
    puller.tell(piece(1));
    puller.tell(piece(0));
    asksFor(1);
    puller.tell(piece(0));
    puller.tell(piece(2));
    puller.tell(piece(contents(another), another, 1));
    puller.tell(new Piece(CONTENTS, PIECE, Body.EMPTY));
    puller.tell(new Piece(CONTENTS, PIECE, new Body(new byte[3 * PIECE])));
    sender.expectNoMessage(Duration.ZERO);
    puller.tell(piece(1));
    asksFor(2);
    puller.tell(piece(1));
    puller.tell(piece(2));

    assertThat((byte[]) it.delivered.receiveMessage()).isEqualTo(MESSAGE);
    sender.expectMessageClass(Pulled.class);
  }

  @Test
  void a_message_that_came_damaged_is_dropped() {
    var damaged = MESSAGE.clone();
    damaged[2 * PIECE] ^= 1;
    for (var i = 0; i < 3; i++) {
      asksFor(i);
      puller.tell(piece(CONTENTS, damaged, i));
    }

    endsWithNothing();
    sender.expectNoMessage(Duration.ZERO);
  }

  @Test
  void more_than_twice_what_was_offered_is_not_taken() {
    var contents = new Contents(100 * PIECE, 0, BYTES, "");
    asksFor(0);

    puller.tell(new Piece(contents, 0, new Body(new byte[PIECE])));

    endsWithNothing();
  }

  @Test
  void a_message_that_this_node_cannot_read_is_dropped() {
    var unknown = new Contents(MESSAGE.length, CONTENTS.crc(), 4711, "a.newer.Message");
    for (var i = 0; i < 3; i++) {
      asksFor(i);
      puller.tell(piece(unknown, MESSAGE, i));
    }

    endsWithNothing();
  }
}
