package dev.retriever.origin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.ScheduleProtocol;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.schedules.ScheduleEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Schedules in journals and snapshots. Recordings are never changed: when the form changes, a new
 * one is recorded beside them, and all must be read.
 */
class ScheduleStorageTest {
  private static final String JOURNAL = "/journal/v9/";
  private static final String SNAPSHOT = "/snapshot/v11/";
  private static final String OWN = "own";
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Serialization SERIALIZATION = SerializationExtension.get(KIT.system());
  private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

  /** As events are journaled, but for the bytes being text. */
  private static final ObjectMapper MAPPER =
      JacksonObjectMapperProvider.get(KIT.system().classicSystem())
          .create("jackson-cbor", Optional.of(new JsonFactory()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static OriginState after(List<OriginEvent> events) {
    var state = OriginState.empty();
    for (var event : events) {
      state = state.apply(event);
    }
    return state;
  }

  private static byte[] bytes(String name) throws IOException {
    try (var in = ScheduleStorageTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static List<OriginEvent> recorded() throws Exception {
    var events = new ArrayList<OriginEvent>();
    for (var entry : MAPPER.readTree(bytes(JOURNAL + "events.json"))) {
      var name = entry.get("event").asText();
      var root = name.startsWith("Schedule") ? ScheduleEvent.class : OriginEvent.class;
      var type = Class.forName(root.getName() + "$" + name);
      events.add((OriginEvent) MAPPER.treeToValue(entry.get("content"), type));
    }
    return events;
  }

  private static JsonNode journaled(List<OriginEvent> events) throws IOException {
    var array = MAPPER.createArrayNode();
    for (var event : events) {
      array
          .addObject()
          .put("event", event.getClass().getSimpleName())
          .set("content", MAPPER.valueToTree(event));
    }
    return MAPPER.readTree(MAPPER.writeValueAsString(array));
  }

  private static JsonNode schedules(OriginState state) throws IOException {
    return MAPPER.readTree(MAPPER.writeValueAsString(state.schedules().byId().values()));
  }

  private static byte[] saved(OriginState state) {
    return SERIALIZATION.serialize(new FullState<>(state, OWN)).get();
  }

  private static OriginState restored(byte[] bytes, String manifest) {
    return ((FullState<?>) SERIALIZATION.deserialize(bytes, SnapshotSerializer.ID, manifest).get())
        .fetches();
  }

  @Test
  void a_recorded_journal_leads_to_the_recorded_schedules() throws Exception {
    assertThat(schedules(after(recorded())))
        .isEqualTo(MAPPER.readTree(bytes(JOURNAL + "state.json")));
  }

  @Test
  void the_recording_holds_what_is_journaled_today() throws Exception {
    assertThat(recorded()).isEqualTo(ScheduleProtocol.journal());
    assertThat(journaled(ScheduleProtocol.journal()))
        .isEqualTo(MAPPER.readTree(bytes(JOURNAL + "events.json")));
  }

  static IntStream rows() {
    return IntStream.rangeClosed(0, ScheduleProtocol.journal().size());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void a_restored_state_equals_the_saved_one_and_continues_the_same(int row) {
    var journal = ScheduleProtocol.journal();
    var state = after(journal.subList(0, row));

    var restored = OriginSnapshot.of(state).restored();

    assertThat(restored.schedules()).isEqualTo(state.schedules());
    assertThat(restored.nextAlarm(Optional.empty())).isEqualTo(state.nextAlarm(Optional.empty()));
    for (var event : journal.subList(row, journal.size())) {
      restored = restored.apply(event);
    }
    assertThat(restored.schedules()).isEqualTo(after(journal).schedules());
  }

  @Test
  void a_recorded_snapshot_is_restored_and_holds_what_is_saved_today() throws Exception {
    var state = after(ScheduleProtocol.journal());
    var file = bytes(SNAPSHOT + "schedules.cbor");

    assertThat(restored(file, "5").schedules()).isEqualTo(state.schedules());
    assertThat(CBOR.readTree(file)).isEqualTo(CBOR.readTree(saved(state)));
  }

  @Test
  void older_code_does_not_read_a_snapshot_with_schedules_because_these_would_stop() {
    var whole = new FullState<>(after(ScheduleProtocol.journal()), OWN);

    assertThat(Serializers.manifestFor(SERIALIZATION.findSerializerFor(whole), whole))
        .isEqualTo("5");
  }

  /** Records today's forms into the resources directory that is the only argument. */
  public static void main(String[] args) throws IOException {
    try {
      var journal = Files.createDirectories(Path.of(args[0] + JOURNAL));
      var writer = MAPPER.writerWithDefaultPrettyPrinter();
      writer.writeValue(
          journal.resolve("events.json").toFile(), journaled(ScheduleProtocol.journal()));
      writer.writeValue(
          journal.resolve("state.json").toFile(), schedules(after(ScheduleProtocol.journal())));
      var snapshot = Files.createDirectories(Path.of(args[0] + SNAPSHOT));
      Files.write(snapshot.resolve("schedules.cbor"), saved(after(ScheduleProtocol.journal())));
    } finally {
      stop();
    }
  }
}
