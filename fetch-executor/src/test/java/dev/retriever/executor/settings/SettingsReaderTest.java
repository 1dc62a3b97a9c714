package dev.retriever.executor.settings;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.lessThan;
import static dev.retriever.executor.settings.SettingRules.moreThan;
import static dev.retriever.executor.settings.SettingRules.positive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {
  private enum Colour {
    DARK_RED,
    BLUE
  }

  private static <T> T read(String line, Function<SettingsReader, T> make) {
    var options = ConfigParseOptions.defaults().setOriginDescription("a file");
    return SettingsReader.read(ConfigFactory.parseString("a.b." + line, options), "a.b", make);
  }

  private static void check(String line, Consumer<SettingsReader> rule) {
    read(
        line,
        c -> {
          rule.accept(c);
          return true;
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wait = soon | duration | a.b.wait must be a duration such as 10 s, but is soon",
        "wait = many | count | a.b.wait must be a whole number, but is many",
        "wait = much | bytes | a.b.wait must be a number of bytes such as 64 KiB, but is much",
        "wait = half | number | a.b.wait must be a number, but is half",
        "wait = maybe | flag | a.b.wait must be on or off, but is maybe",
        "wait = red | choice | a.b.wait must be dark-red or blue, but is red",
      })
  void a_value_that_cannot_be_read_is_told_with_its_whole_key_and_where_it_stands(
      String line, String kind, String message) {
    assertThatThrownBy(() -> read(line, c -> value(c, kind)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message + "; change it in a file: 1, or override it");
  }

  private static Object value(SettingsReader c, String kind) {
    return switch (kind) {
      case "duration" -> c.duration("wait");
      case "count" -> c.count("wait");
      case "bytes" -> c.bytes("wait");
      case "number" -> c.number("wait");
      case "flag" -> c.flag("wait");
      default -> c.choice("wait", Colour.class);
    };
  }

  @Test
  void a_key_that_is_missing_is_named() {
    assertThatThrownBy(() -> read("other = 1", c -> c.count("wait")))
        .hasMessage("a.b.wait must be a whole number, but is not set");
  }

  @Test
  void a_rule_that_is_broken_is_told_in_the_units_of_the_settings() {
    assertThatThrownBy(
            () -> check("w = 5 ms", c -> atLeast("w", c.duration("w"), Duration.ofHours(1))))
        .hasMessageStartingWith("a.b.w must be at least 1 h, but is 5 ms; change it in");
    assertThatThrownBy(() -> check("w = 5 GiB", c -> between("w", c.bytes("w"), 1L, 64L << 20)))
        .hasMessageStartingWith("a.b.w must be 1 B to 64 MiB, but is 5 GiB; change it in");
    assertThatThrownBy(() -> check("w = 0", c -> between("w", c.count("w"), 1, 10_000)))
        .hasMessageStartingWith("a.b.w must be 1 to 10000, but is 0; change it in");
    assertThatThrownBy(() -> check("w = 0 s", c -> positive("w", c.duration("w"))))
        .hasMessageStartingWith("a.b.w must be more than 0, but is 0; change it in");
  }

  @Test
  void a_rule_between_two_keys_names_both() {
    assertThatThrownBy(() -> check("w = 1", c -> atLeast("w", c.count("w"), "least", 2)))
        .hasMessageStartingWith("a.b.w must be at least least (2), but is 1; change it in");
    assertThatThrownBy(() -> check("w = 2", c -> moreThan("w", c.count("w"), "least", 2)))
        .hasMessageStartingWith("a.b.w must be more than least (2), but is 2; change it in");
    assertThatThrownBy(() -> check("w = 2", c -> lessThan("w", c.count("w"), "most", 2)))
        .hasMessageStartingWith("a.b.w must be less than most (2), but is 2; change it in");
  }

  @Test
  void bounds_are_inclusive() {
    check("w = 1", c -> atLeast("w", c.count("w"), 1));
    check("w = 1", c -> between("w", c.count("w"), 1, 1));
    check("w = 1", c -> atLeast("w", c.count("w"), "least", 1));
  }

  @Test
  void a_word_may_stand_in_place_of_a_value() {
    Optional<Long> automatic = read("w = auto", c -> c.unless("auto", "w", c::bytes));
    Optional<Long> set = read("w = 1 KiB", c -> c.unless("auto", "w", c::bytes));

    assertThat(automatic).isEmpty();
    assertThat(set).contains(1024L);
  }

  @Test
  void constants_are_spelled_in_lower_case_with_dashes() {
    Colour colour = read("w = dark-red", c -> c.choice("w", Colour.class));

    assertThat(colour).isEqualTo(Colour.DARK_RED);
  }

  @Test
  void more_bytes_than_an_int_can_count_are_the_most_that_it_can() {
    int bytes = read("w = 5 GiB", c -> c.fewBytes("w"));

    assertThat(bytes).isEqualTo(Integer.MAX_VALUE);
  }
}
