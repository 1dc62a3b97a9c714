package dev.retriever.origin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Protocol;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.specs.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded journals are replayed by every build. A file is never changed: when events change, a new
 * version is recorded beside it, and both must be read.
 */
class JournalCompatibilityTest {
  private static final String LATEST = "v11";
  private static final ActorTestKit KIT = ActorTestKit.create();

  /** As events are journaled, but for the bytes being text. */
  private final ObjectMapper mapper =
      JacksonObjectMapperProvider.get(KIT.system().classicSystem())
          .create("jackson-cbor", Optional.of(new JsonFactory()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private JsonNode file(String version, String name) throws IOException {
    try (var in = getClass().getResourceAsStream("/journal/" + version + "/" + name)) {
      return mapper.readTree(in);
    }
  }

  private List<OriginEvent> recorded(String version) throws Exception {
    var events = new ArrayList<OriginEvent>();
    for (var entry : file(version, "events.json")) {
      var type = Class.forName(OriginEvent.class.getName() + "$" + entry.get("event").asText());
      events.add((OriginEvent) mapper.treeToValue(entry.get("content"), type));
    }
    return events;
  }

  private JsonNode written(List<OriginEvent> events) throws IOException {
    var array = mapper.createArrayNode();
    for (var event : events) {
      array
          .addObject()
          .put("event", event.getClass().getSimpleName())
          .set("content", mapper.valueToTree(event));
    }
    return asRead(array);
  }

  /** What a caller would see of the state that the events lead to. */
  private JsonNode summary(List<OriginEvent> events) throws IOException {
    var state = OriginState.empty();
    for (var event : events) {
      state = state.apply(event);
    }
    var summary = mapper.createObjectNode();
    summary.put("row", state.row()).put("accepted", state.accepted());
    summary.set("pending", mapper.valueToTree(state.pending().values()));
    summary.set("settled", mapper.valueToTree(state.settled().values()));
    summary.set(
        "unhandled", mapper.valueToTree(new java.util.TreeMap<>(state.unhandled()).values()));
    var end = Samples.START.plus(FetchSpec.MAX_WITHIN.multipliedBy(2));
    summary.set("guards", mapper.valueToTree(state.ownAlarms().due(end, 1000)));
    summary.set("starts", mapper.valueToTree(state.starts().due(end, 1000)));
    summary.set("alarms", mapper.valueToTree(state.alarms().due(end, 1000)));
    return asRead(summary);
  }

  /** With bytes as text, and numbers as small as they are. */
  private JsonNode asRead(JsonNode node) throws IOException {
    return mapper.readTree(mapper.writeValueAsString(node));
  }

  /** Records today's events into the directory that is the only argument. */
  public static void main(String[] args) throws IOException {
    try {
      var test = new JournalCompatibilityTest();
      var directory = Files.createDirectories(Path.of(args[0]));
      var writer = test.mapper.writerWithDefaultPrettyPrinter();
      writer.writeValue(
          directory.resolve("events.json").toFile(), test.written(Protocol.journal()));
      writer.writeValue(directory.resolve("state.json").toFile(), test.summary(Protocol.journal()));
    } finally {
      stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", LATEST})
  void a_recorded_journal_leads_to_the_recorded_state(String version) throws Exception {
    var events = recorded(version);

    assertThat(summary(events)).isEqualTo(recognized(file(version, "state.json"), events));
  }

  /**
   * With the fingerprints of today in place of recorded ones, each of which must be of the spec of
   * its fetch: snapshots have them, and a repeated submission is compared with them.
   */
  private static JsonNode recognized(JsonNode state, List<OriginEvent> events) {
    state.get("pending").forEach(fetch -> withItsRow(fetch, events));
    state.get("settled").forEach(fetch -> withItsRow(fetch, events));
    for (var settled : state.get("settled")) {
      if (settled.has("erasure")) {
        assertThat(settled.get("fingerprint").asText()).isEmpty();
        continue;
      }
      var spec =
          events.stream()
              .filter(OriginEvent.FetchAccepted.class::isInstance)
              .map(OriginEvent.FetchAccepted.class::cast)
              .filter(accepted -> accepted.fetchId().equals(settled.get("id").asText()))
              .reduce((earlier, later) -> later)
              .orElseThrow()
              .spec();
      assertThat(Fingerprint.matches(spec, settled.get("fingerprint").asText()))
          .as("of %s", settled)
          .isTrue();
      ((ObjectNode) settled).put("fingerprint", Fingerprint.ofMeaning(spec));
    }
    return state;
  }

  /** With the row of its acceptance, where the recording is from before that was noted. */
  private static void withItsRow(JsonNode fetch, List<OriginEvent> events) {
    for (var row = events.size(); row > 0 && !fetch.has("acceptedRow"); row--) {
      if (events.get(row - 1) instanceof OriginEvent.FetchAccepted accepted
          && accepted.fetchId().equals(fetch.get("id").asText())) {
        ((ObjectNode) fetch).put("acceptedRow", row);
      }
    }
  }

  @Test
  void the_latest_recording_holds_what_is_journaled_today() throws Exception {
    assertThat(recorded(LATEST)).isEqualTo(Protocol.journal());
    assertThat(written(Protocol.journal())).isEqualTo(file(LATEST, "events.json"));
  }
}
