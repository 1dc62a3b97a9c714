package dev.retriever.executor.parcel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParcelSettingsTest {
  private static final long AUTOMATIC = 7_000_000;

  private static ParcelSettings settings(String line) {
    return ParcelSettings.from(
        ConfigFactory.parseString("retriever.executor.parcels." + line)
            .withFallback(ConfigFactory.load()),
        AUTOMATIC);
  }

  @Test
  void the_defaults_are_those_of_the_reference() {
    assertThat(settings("tries = 5"))
        .isEqualTo(
            new ParcelSettings(
                64 << 10, AUTOMATIC, 100, Duration.ofSeconds(1), 5, Duration.ofSeconds(15)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "piece = 1023",
        "piece = 128.1 KiB",
        "piece = 5 GiB",
        "pulled-bytes = 0",
        "pulled-by-one = 0",
        "silence = 0s",
        "tries = 0",
        "kept = -1s"
      })
  void a_bad_value_is_refused_by_its_key(String line) {
    var key = line.substring(0, line.indexOf(' '));
    assertThatThrownBy(() -> settings(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("retriever.executor.parcels." + key);
  }
}
