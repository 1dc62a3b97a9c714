package dev.retriever.alarms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.NotSerializableException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The on-disk format. These texts are in journals: add some, change none. */
class ScheduleFormatTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
              """
              pekko.actor.serialization-bindings {
                "dev.retriever.alarms.ScheduleFormatTest$Readable" = jackson-json
                "dev.retriever.alarms.ScheduleFormatTest$Binary" = jackson-cbor
              }
              """));

  private static final Readable SAMPLE = new Readable(Schedule.after(Duration.ZERO));

  private final SerializerWithStringManifest serializer =
      (SerializerWithStringManifest)
          SerializationExtension.get(KIT.system().classicSystem()).findSerializerFor(SAMPLE);

  record Readable(Schedule schedule) {}

  record Binary(Schedule schedule, Optional<Schedule> other) {}

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of(
            Schedule.at(Instant.parse("2026-01-01T00:00:00.000000001Z")),
            "{'type':'at','time':'2026-01-01T00:00:00.000000001Z'}"),
        Arguments.of(Schedule.at(Schedule.EARLIEST), "{'type':'at','time':'0000-01-01T00:00:00Z'}"),
        Arguments.of(
            Schedule.at(Schedule.LATEST), "{'type':'at','time':'9999-12-31T23:59:59.999999999Z'}"),
        Arguments.of(Schedule.after(Duration.ZERO), "{'type':'after','delay':'PT0S'}"),
        Arguments.of(
            Schedule.after(Duration.ofSeconds(Long.MAX_VALUE)),
            "{'type':'after','delay':'PT2562047788015215H30M7S'}"),
        Arguments.of(
            Schedule.cron("*/5 * * * *", ZoneId.of("Europe/Berlin")),
            "{'type':'cron','expression':'*/5 * * * *','zone':'Europe/Berlin'}"),
        Arguments.of(
            Schedule.cron("0 9 * * MON-FRI", ZoneOffset.UTC),
            "{'type':'cron','expression':'0 9 * * MON-FRI','zone':'Z'}"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void every_schedule_has_this_text_and_comes_back_equal(Schedule schedule, String text)
      throws NotSerializableException {
    var json = "{'schedule':" + text + "}";

    assertThat(serializer.toBinary(new Readable(schedule))).asString(UTF_8).isEqualTo(quoted(json));
    assertThat(read(json)).isEqualTo(new Readable(schedule));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void every_schedule_comes_back_equal_from_cbor(Schedule schedule, String text) {
    KIT.serializationTestKit()
        .verifySerialization(new Binary(schedule, Optional.of(schedule)), true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'cron','expression':'61 * * * *','zone':'UTC'} | Value 61 not in range",
        "{'type':'cron','expression':'0 0 * * *'} | zone is missing",
        "{'type':'cron','expression':'0 0 * * *','zone':'Mars/Phobos'} | Mars/Phobos",
        "{'type':'after','delay':'PT-1S'} | is negative",
        "{'type':'dev.retriever.alarms.Schedule$At'} | Could not resolve type id"
      })
  void a_schedule_that_cannot_be_made_cannot_be_read(String text, String reason) {
    assertThatThrownBy(() -> read("{'schedule':" + text + "}")).hasMessageContaining(reason);
  }

  private Object read(String json) throws NotSerializableException {
    var manifest = serializer.manifest(SAMPLE);
    return serializer.fromBinary(quoted(json).getBytes(UTF_8), manifest);
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
