package dev.retriever.origin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.span.FetchTrace;
import dev.retriever.origin.view.Views;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A recording of fetches in traces, as rows and in a snapshot. It is never changed. */
class TracesOnDiskTest {
  private static final String JOURNAL = "/journal/v12/traced.json";
  private static final String SNAPSHOT = "/snapshot/v14/traced.cbor";
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final TraceContext CONTEXT =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("a=b"));

  private static final List<OriginEvent> ROWS =
      List.of(
          accepted("traced", TraceChoice.OWN.in(CONTEXT)),
          accepted("untold", TraceChoice.OWN.in(CONTEXT).notToTarget()),
          accepted("alone", TraceChoice.OWN.notToTarget()),
          settled("untold", Optional.of(CONTEXT.traceId())),
          settled("alone", Optional.empty()));

  private final ObjectMapper mapper =
      JacksonObjectMapperProvider.get(KIT.system().classicSystem())
          .create("jackson-cbor", Optional.of(new JsonFactory()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static FetchAccepted accepted(String id, TraceChoice choice) {
    return new FetchAccepted(
        id, Samples.get().trace(choice), Samples.START, Optional.empty(), Optional.empty());
  }

  private static FetchSettled settled(String id, Optional<String> traceId) {
    return new FetchSettled(
        id,
        new Outcome.Cancelled(false),
        false,
        List.of(),
        Samples.START,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        traceId);
  }

  private static OriginState state() {
    var state = OriginState.empty();
    for (var row : ROWS) {
      state = state.apply(row);
    }
    return state;
  }

  private JsonNode written() throws IOException {
    return mapper.readTree(mapper.writeValueAsString(ROWS));
  }

  /** Records today's forms into the directory that is the only argument. */
  public static void main(String[] args) throws IOException {
    try {
      var journal = Path.of(args[0] + JOURNAL);
      Files.createDirectories(journal.getParent());
      var test = new TracesOnDiskTest();
      test.mapper.writerWithDefaultPrettyPrinter().writeValue(journal.toFile(), test.written());
      var snapshot = Path.of(args[0] + SNAPSHOT);
      Files.createDirectories(snapshot.getParent());
      var whole = new FullState<>(state(), "");
      Files.write(snapshot, SerializationExtension.get(KIT.system()).serialize(whole).get());
    } finally {
      stop();
    }
  }

  @Test
  void recorded_rows_have_their_traces() throws IOException {
    try (var in = getClass().getResourceAsStream(JOURNAL)) {
      var recorded = mapper.readTree(in);

      for (var row = 0; row < ROWS.size(); row++) {
        var event = ROWS.get(row);
        assertThat(mapper.treeToValue(recorded.get(row), event.getClass())).isEqualTo(event);
      }
      assertThat(recorded).isEqualTo(written());
    }
  }

  @Test
  void a_recorded_snapshot_has_its_traces() throws IOException {
    try (var in = getClass().getResourceAsStream(SNAPSHOT)) {
      var read =
          (FullState<?>)
              SerializationExtension.get(KIT.system())
                  .deserialize(in.readAllBytes(), SnapshotSerializer.ID, "2")
                  .get();

      assertThat(read.fetches().pending("traced").orElseThrow().spec().carried())
          .isEqualTo(TraceChoice.OWN.in(CONTEXT));
    }
  }

  @Test
  void rows_from_before_there_were_traces_are_read_and_written_as_they_were() throws IOException {
    var accepted = (ObjectNode) written().get(0);
    ((ObjectNode) accepted.get("spec")).remove("trace");
    var settled = (ObjectNode) written().get(3);
    settled.remove("traceId");

    var before = mapper.treeToValue(accepted, FetchAccepted.class);
    var after = mapper.treeToValue(settled, FetchSettled.class);

    assertThat(before.spec().carried()).isEqualTo(TraceChoice.OWN);
    assertThat(mapper.readTree(mapper.writeValueAsString(before))).isEqualTo(accepted);
    assertThat(mapper.readTree(mapper.writeValueAsString(after))).isEqualTo(settled);
    assertThat(FetchTrace.id("o", "untold", before.spec()))
        .isEqualTo(new TraceIds("o", "untold").trace());
  }

  @Test
  void a_fetch_is_shown_with_the_trace_of_its_submission_or_its_own() throws IOException {
    var pending = Views.pending("o", state(), state().pending("traced").orElseThrow(), List.of());
    var json = (ObjectNode) mapper.readTree(mapper.writeValueAsString(pending));
    json.remove("traceId");

    assertThat(pending.traceId()).isEqualTo(CONTEXT.traceId());
    assertThat(Views.settled("o", Samples.START, (FetchSettled) ROWS.get(3)).traceId())
        .isEqualTo(CONTEXT.traceId());
    assertThat(Views.settled("o", Samples.START, (FetchSettled) ROWS.get(4)).traceId())
        .isEqualTo(new TraceIds("o", "alone").trace());
    assertThat(mapper.treeToValue(json, FetchView.class).traceId())
        .isEqualTo(new TraceIds("o", "traced").trace());
  }
}
