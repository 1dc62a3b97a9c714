package dev.retriever.origin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Samples;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.CallbackFacts;
import dev.retriever.origin.callback.CallbackSubject;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.span.FetchTrace;
import dev.retriever.origin.view.Views;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
  private static final String TOLD = "/journal/v13/told.json";
  private static final String TOLD_SNAPSHOT = "/snapshot/v15/told.cbor";
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final TraceContext CONTEXT =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("a=b"));

  private static final Instant TOLD_AT = Samples.START.minusMillis(1_500);

  private static final List<OriginEvent> ROWS =
      List.of(
          accepted("traced", TraceChoice.OWN.in(CONTEXT)),
          accepted("untold", TraceChoice.OWN.in(CONTEXT).notToTarget()),
          accepted("alone", TraceChoice.OWN.notToTarget()),
          settled("untold", Optional.of(CONTEXT.traceId())),
          settled("alone", Optional.empty()));

  /** A callback in the trace of its fetch, and one that has settled. */
  private static final List<OriginEvent> TOLD_ROWS =
      List.of(
          new FetchAccepted("~cb:2", callback(), Samples.START, Optional.empty(), Optional.empty()),
          new FetchSettled(
              "~cb:3",
              new Outcome.Cancelled(false),
              false,
              List.of(),
              Samples.START,
              Optional.empty(),
              Optional.empty(),
              Optional.of(subject()),
              Optional.empty()));

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

  private static Callback told() {
    return new Callback(
        new CallbackChoice("orders", 3, 1),
        Callback.VERSION,
        Callback.Payload.THIN,
        List.of(Duration.ZERO),
        new CallbackFacts(
            "alone",
            "answered",
            Optional.empty(),
            Optional.empty(),
            Optional.of(200),
            0,
            1,
            Samples.START,
            2,
            Samples.START));
  }

  private static CallbackSubject subject() {
    return CallbackSubject.of(told(), Optional.of(TOLD_AT));
  }

  private static FetchSpec callback() {
    return new FetchSpec(
        Samples.POST,
        FetchSpec.TIMEOUT,
        FetchSpec.WITHIN,
        FetchSpec.GRACE,
        RetryPolicy.DEFAULT,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.of(told()),
        Optional.of(TraceChoice.OWN.tellingOf(TOLD_AT)));
  }

  private static TraceIds ids(String id) {
    return new TraceIds("origin", "o", id, Samples.START);
  }

  private static OriginState state() {
    return state(ROWS);
  }

  private static OriginState state(List<OriginEvent> rows) {
    var state = OriginState.empty();
    for (var row : rows) {
      state = state.apply(row);
    }
    return state;
  }

  private JsonNode written() throws IOException {
    return written(ROWS);
  }

  private JsonNode written(List<OriginEvent> rows) throws IOException {
    return mapper.readTree(mapper.writeValueAsString(rows));
  }

  /** Records today's forms into the directory that is the only argument. */
  public static void main(String[] args) throws IOException {
    try {
      new TracesOnDiskTest()
          .record(Path.of(args[0] + TOLD), TOLD_ROWS, Path.of(args[0] + TOLD_SNAPSHOT));
    } finally {
      stop();
    }
  }

  private void record(Path journal, List<OriginEvent> rows, Path snapshot) throws IOException {
    Files.createDirectories(journal.getParent());
    mapper.writerWithDefaultPrettyPrinter().writeValue(journal.toFile(), written(rows));
    Files.createDirectories(snapshot.getParent());
    var whole = new FullState<>(state(rows.subList(0, 1)), "");
    Files.write(snapshot, SerializationExtension.get(KIT.system()).serialize(whole).get());
  }

  private void isRecorded(List<OriginEvent> rows, String file) throws IOException {
    try (var in = getClass().getResourceAsStream(file)) {
      var recorded = mapper.readTree(in);

      for (var row = 0; row < rows.size(); row++) {
        var event = rows.get(row);
        assertThat(mapper.treeToValue(recorded.get(row), event.getClass())).isEqualTo(event);
      }
      assertThat(recorded).isEqualTo(written(rows));
    }
  }

  private OriginState snapshot(String file) throws IOException {
    try (var in = getClass().getResourceAsStream(file)) {
      var read =
          (FullState<?>)
              SerializationExtension.get(KIT.system())
                  .deserialize(in.readAllBytes(), SnapshotSerializer.ID, "2")
                  .get();
      return read.fetches();
    }
  }

  @Test
  void recorded_rows_have_their_traces() throws IOException {
    isRecorded(ROWS, JOURNAL);
  }

  @Test
  void recorded_rows_of_callbacks_are_in_the_traces_of_their_fetches() throws IOException {
    isRecorded(TOLD_ROWS, TOLD);
    var trace = ids("alone").of("alone", TOLD_AT).trace();
    assertThat(FetchTrace.id(ids("~cb:2"), ((FetchAccepted) TOLD_ROWS.get(0)).spec()))
        .isEqualTo(trace);
    assertThat(FetchTrace.id(ids("~cb:3"), (FetchSettled) TOLD_ROWS.get(1))).isEqualTo(trace);
  }

  @Test
  void a_callback_of_a_recorded_snapshot_is_in_the_trace_of_its_fetch() throws IOException {
    var callback = snapshot(TOLD_SNAPSHOT).pending("~cb:2").orElseThrow();

    assertThat(FetchTrace.id(ids("~cb:2"), callback.spec()))
        .isEqualTo(ids("alone").of("alone", TOLD_AT).trace());
  }

  @Test
  void a_recorded_snapshot_has_its_traces() throws IOException {
    assertThat(snapshot(SNAPSHOT).pending("traced").orElseThrow().spec().carried())
        .isEqualTo(TraceChoice.OWN.in(CONTEXT));
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
    assertThat(FetchTrace.id(ids("untold"), before.spec())).isEqualTo(ids("untold").trace());
  }

  @Test
  void a_fetch_is_shown_with_the_trace_of_its_submission_or_its_own() throws IOException {
    var pending =
        Views.pending("origin", "o", state(), state().pending("traced").orElseThrow(), List.of());
    var json = (ObjectNode) mapper.readTree(mapper.writeValueAsString(pending));
    json.remove("traceId");

    assertThat(pending.traceId()).hasValue(CONTEXT.traceId());
    assertThat(Views.settled("origin", "o", Samples.START, (FetchSettled) ROWS.get(3)).traceId())
        .hasValue(CONTEXT.traceId());
    assertThat(Views.settled("origin", "o", Samples.START, (FetchSettled) ROWS.get(4)).traceId())
        .hasValue(ids("alone").trace());
    assertThat(mapper.treeToValue(json, FetchView.class).traceId()).isEmpty();
  }
}
