package dev.retriever.executor.parcel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.parcel.ParcelMessage.Contents;
import dev.retriever.executor.parcel.ParcelMessage.Piece;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssemblyTest {
  private static final int SEEDS = 500;

  private static Contents contents(byte[] message) {
    return new Contents(message.length, Assembly.crc(message), 4, "");
  }

  private static Piece any(Random random, byte[] message, int length) {
    var from = random.nextInt(message.length / length + 1) * length;
    var bytes = Arrays.copyOfRange(message, from, Math.min(message.length, from + length));
    return new Piece(contents(message), from, new Body(bytes));
  }

  @Test
  void whatever_pieces_come_in_whatever_order_it_is_the_message_in_the_end() {
    for (var seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      var message = new byte[1 + random.nextInt(200)];
      var another = new byte[message.length];
      random.nextBytes(message);
      random.nextBytes(another);
      var piece = 1 + random.nextInt(50);
      var assembly = new Assembly(contents(message));
      var came = 0;
      while (!assembly.isComplete() && came++ < 1_000_000) {
        assembly.add(any(random, random.nextInt(4) == 0 ? another : message, piece));
      }

      assertThat(assembly.bytes()).as("seed %d", seed).isEqualTo(message);
      assertThat(assembly.isIntact()).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void a_bit_that_has_changed_is_noticed() {
    var message = ParcelFixture.message(100);
    for (var bit = 0; bit < 800; bit++) {
      var changed = message.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      var assembly = new Assembly(contents(message));

      assertThat(assembly.add(new Piece(contents(message), 0, new Body(changed)))).isTrue();

      assertThat(assembly.isIntact()).as("bit %d", bit).isFalse();
    }
  }
}
