package dev.retriever.origin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A recording of a fetch with labels, as a row and in a snapshot. It is never changed. */
class LabelsOnDiskTest {
  private static final String JOURNAL = "/journal/v10/accepted.json";
  private static final String SNAPSHOT = "/snapshot/v12/labelled.cbor";
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final FetchAccepted ACCEPTED =
      new FetchAccepted(
          "labelled",
          Samples.get().label("customer", "42").label("a", "ü"),
          Samples.START,
          Optional.empty(),
          Optional.empty());

  private final ObjectMapper mapper =
      JacksonObjectMapperProvider.get(KIT.system().classicSystem())
          .create("jackson-cbor", Optional.of(new JsonFactory()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private JsonNode written() throws IOException {
    return mapper.readTree(mapper.writeValueAsString(ACCEPTED));
  }

  private static byte[] saved() {
    var state = new FullState<>(OriginState.empty().apply(ACCEPTED), "");
    return SerializationExtension.get(KIT.system()).serialize(state).get();
  }

  /** Records today's forms into the directory that is the only argument. */
  public static void main(String[] args) throws IOException {
    try {
      var journal = Path.of(args[0] + JOURNAL);
      Files.createDirectories(journal.getParent());
      var test = new LabelsOnDiskTest();
      test.mapper.writerWithDefaultPrettyPrinter().writeValue(journal.toFile(), test.written());
      var snapshot = Path.of(args[0] + SNAPSHOT);
      Files.createDirectories(snapshot.getParent());
      Files.write(snapshot, saved());
    } finally {
      stop();
    }
  }

  @Test
  void a_recorded_row_has_its_labels() throws IOException {
    try (var in = getClass().getResourceAsStream(JOURNAL)) {
      var recorded = mapper.readTree(in);

      assertThat(mapper.treeToValue(recorded, FetchAccepted.class)).isEqualTo(ACCEPTED);
      assertThat(recorded).isEqualTo(written());
    }
  }

  @Test
  void a_row_from_before_there_were_labels_has_none() throws IOException {
    var row = (ObjectNode) written();
    ((ObjectNode) row.get("spec")).remove("labels");

    var read = mapper.treeToValue(row, FetchAccepted.class);

    assertThat(read.spec().labels()).isEqualTo(Map.of());
    assertThat(mapper.readTree(mapper.writeValueAsString(read)).get("spec").has("labels"))
        .isFalse();
  }

  @Test
  void a_recorded_snapshot_has_its_labels() throws IOException {
    try (var in = getClass().getResourceAsStream(SNAPSHOT)) {
      var serialization = SerializationExtension.get(KIT.system());
      var read =
          (FullState<?>)
              serialization.deserialize(in.readAllBytes(), SnapshotSerializer.ID, "2").get();

      assertThat(read.fetches().pending("labelled").orElseThrow().spec())
          .isEqualTo(ACCEPTED.spec());
    }
  }
}
