package dev.retriever.origin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.origin.OriginEvent.OriginForgotten;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The row of a forgotten origin, as it is on disk: what is written here is never changed. */
class ForgottenSerializerTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final OriginForgotten EVENT =
      new OriginForgotten(58, 12, 57, Instant.parse("2030-01-01T12:00:00.123456Z"));
  private static final String STORED = "58 12 57 1893499200123";

  private final org.apache.pekko.serialization.Serialization serialization =
      SerializationExtension.get(KIT.system());

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void it_takes_a_few_bytes() {
    var serializer = serialization.findSerializerFor(EVENT);

    assertThat(serializer.identifier()).isEqualTo(1_972_012);
    assertThat(Serializers.manifestFor(serializer, EVENT)).isEqualTo("F");
    assertThat(serialization.serialize(EVENT).get()).asString().isEqualTo(STORED);
  }

  @Test
  void it_is_read_again() {
    assertThat(read(STORED, "F")).isEqualTo(EVENT);
  }

  @Test
  void the_time_since_which_rows_are_counted_is_a_fifth_number_and_all_are_shorter_then() {
    var born = Instant.parse("2029-12-31T12:00:00.5Z");
    var event = new OriginForgotten(58, 12, 57, Optional.of(born), EVENT.at());
    var stored = "1m c 1l o5v0j9ff o5tl3f1w";

    assertThat(serialization.serialize(event).get()).asString().isEqualTo(stored);
    assertThat(read(stored, "F")).isEqualTo(event);
  }

  @Test
  void one_of_newer_code_is_not_read() {
    assertThatThrownBy(() -> read(STORED + " 1 2", "F")).hasMessageContaining("6 numbers");
    assertThatThrownBy(() -> read(STORED, "G")).hasMessageContaining("manifest G");
  }

  private Object read(String stored, String manifest) {
    var bytes = stored.getBytes(StandardCharsets.US_ASCII);
    return serialization.deserialize(bytes, 1_972_012, manifest).get();
  }
}
