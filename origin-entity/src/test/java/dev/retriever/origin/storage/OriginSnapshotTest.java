package dev.retriever.origin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.retriever.alarms.Alarms;
import dev.retriever.executor.Body;
import dev.retriever.origin.Checkout;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Protocol;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Serialized;
import dev.retriever.origin.core.CoreRun;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.Retention;
import dev.retriever.origin.core.SettledFetch;
import dev.retriever.origin.core.specs.Fingerprint;
import dev.retriever.origin.core.specs.PendingUse;
import dev.retriever.origin.core.specs.StoredBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A snapshot stands for the rows it was taken of. A recorded one is never changed: when the form
 * changes, a new version is recorded beside it, and both must be read.
 */
class OriginSnapshotTest {
  private static final String LATEST = "v13";
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Serialization SERIALIZATION = SerializationExtension.get(KIT.system());
  private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
  private static final Checkout.State OWN =
      new Checkout.State(List.of("asked", "ü"), List.of("paid"), List.of());

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static OriginState after(List<OriginEvent> events) {
    return onto(OriginState.empty(), events);
  }

  private static OriginState onto(OriginState state, List<OriginEvent> events) {
    for (var event : events) {
      state = state.apply(event);
    }
    return state;
  }

  private static byte[] written(OriginState state, Object own) {
    return SERIALIZATION.serialize(new FullState<>(state, own)).get();
  }

  private static FullState<?> read(byte[] bytes) {
    return read(bytes, "2");
  }

  private static FullState<?> read(byte[] bytes, String manifest) {
    return (FullState<?>) SERIALIZATION.deserialize(bytes, SnapshotSerializer.ID, manifest).get();
  }

  private static final Body LARGE = new Body(new byte[StoredBody.MOST_IN_MEMORY + 1]);

  /** With a fetch whose body stays in the journal. */
  private static List<OriginEvent> withLargeBody() {
    return withLargeBody(Protocol.journal());
  }

  private static List<OriginEvent> withoutCallbacks() {
    return withLargeBody(Protocol.journalWithoutCallbacks());
  }

  private static List<OriginEvent> withoutErasure() {
    return withLargeBody(Protocol.journalWithoutErasure());
  }

  private static List<OriginEvent> withoutLater() {
    return withLargeBody(Protocol.journalWithoutLater());
  }

  private static List<OriginEvent> withoutQueues() {
    return withLargeBody(Protocol.journalWithoutQueues());
  }

  private static List<OriginEvent> withLargeBody(List<OriginEvent> others) {
    var journal = new ArrayList<>(others);
    var spec = FetchSpec.of(Samples.POST.body(LARGE));
    var at = journal.get(journal.size() - 1).at();
    journal.add(
        new OriginEvent.FetchAccepted("large", spec, at, Optional.empty(), Optional.empty()));
    return journal;
  }

  /** All there is to a state, as values that are compared. */
  private static List<Object> parts(OriginState state) {
    return parts(state, fetch -> fetch, fetch -> fetch);
  }

  /**
   * @param pending what a pending fetch is compared as
   * @param as what a settled fetch is compared as
   */
  private static List<Object> parts(
      OriginState state, UnaryOperator<PendingFetch> pending, UnaryOperator<SettledFetch> as) {
    return List.of(
        state.row(),
        state.accepted(),
        state.orders(),
        state.pending().values().stream().map(pending).toList(),
        state.settled().byOrder().values().stream().map(as).toList(),
        state.settled().byRow(),
        state.settled().held(),
        state.unhandled(),
        alarms(state.ownAlarms()),
        state.starts().earliest(Integer.MAX_VALUE),
        alarms(state.alarms()),
        state.lines(),
        state.use(),
        state.schedules());
  }

  private static List<?> alarms(Alarms<?> book) {
    return book.earliest(Integer.MAX_VALUE);
  }

  /**
   * With the fingerprint of today. The recorded one must be of the spec of its fetch: a repeated
   * submission is compared with it.
   */
  private static SettledFetch recognized(SettledFetch fetch, List<OriginEvent> journal) {
    var spec =
        journal.stream()
            .filter(OriginEvent.FetchAccepted.class::isInstance)
            .map(OriginEvent.FetchAccepted.class::cast)
            .filter(accepted -> accepted.fetchId().equals(fetch.id()))
            .reduce((earlier, later) -> later)
            .orElseThrow()
            .spec();
    var isErased = fetch.erasure().isPresent();
    assertThat(isErased || Fingerprint.matches(spec, fetch.fingerprint()))
        .as("of %s", fetch)
        .isTrue();
    return new SettledFetch(
        fetch.id(),
        fetch.order(),
        isErased ? "" : Fingerprint.ofMeaning(spec),
        fetch.acceptedAt(),
        fetch.settledAt(),
        fetch.type(),
        fetch.stage(),
        fetch.status(),
        fetch.reason(),
        fetch.exhausted(),
        fetch.row(),
        fetch.reportsSeen(),
        fetch.lateRows(),
        fetch.then(),
        fetch.lent(),
        fetch.acceptedRow() == 0 ? rowOf(fetch.id(), journal) : fetch.acceptedRow(),
        fetch.callback(),
        fetch.erasure());
  }

  /** With the row of its acceptance, where the recording is from before that was noted. */
  private static PendingFetch withItsRow(PendingFetch fetch, List<OriginEvent> journal) {
    return new PendingFetch(
        fetch.id(),
        fetch.order(),
        fetch.spec(),
        fetch.acceptedAt(),
        fetch.then(),
        fetch.ended(),
        fetch.open(),
        fetch.last(),
        fetch.lateRows(),
        fetch.redirects(),
        fetch.body(),
        fetch.acceptedRow() == 0 ? rowOf(fetch.id(), journal) : fetch.acceptedRow(),
        fetch.notBefore());
  }

  private static long rowOf(String fetchId, List<OriginEvent> journal) {
    return IntStream.rangeClosed(1, journal.size())
        .filter(row -> journal.get(row - 1) instanceof OriginEvent.FetchAccepted)
        .filter(row -> ((OriginEvent.FetchAccepted) journal.get(row - 1)).fetchId().equals(fetchId))
        .max()
        .orElseThrow();
  }

  /** After every row but those that come in one write with the row behind them. */
  static IntStream rows() {
    var journal = Protocol.journal();
    return IntStream.rangeClosed(0, journal.size())
        .filter(
            row ->
                after(journal.subList(0, row)).arising().isEmpty()
                    || row == journal.size()
                    || !(journal.get(row) instanceof OriginEvent.HandlingFailed));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void a_restored_state_equals_the_saved_one_and_continues_the_same(int row) {
    var journal = Protocol.journal();
    var state = after(journal.subList(0, row));

    var restored = read(written(state, OWN));

    assertThat(parts(restored.fetches())).isEqualTo(parts(state));
    assertThat(restored.fetches().settled()).isEqualTo(state.settled());
    assertThat(restored.fetches().born()).isEqualTo(state.born());
    assertThat(restored.own()).isEqualTo(OWN);
    var rest = journal.subList(row, journal.size());
    assertThat(parts(onto(restored.fetches(), rest))).isEqualTo(parts(onto(state, rest)));
  }

  /** The names of the recordings, and what they were taken of. */
  static List<Arguments> recordings() {
    return List.of(
        Arguments.of("v1", "1", Protocol.journalWithoutRedirects()),
        Arguments.of("v2", "1", Protocol.journalWithoutTimelines()),
        Arguments.of("v3", "1", Protocol.journalWithoutQueues()),
        Arguments.of("v4", "1", Protocol.journalWithoutQueues()),
        Arguments.of("v5", "1", Protocol.journalWithoutQueues()),
        Arguments.of("v6", "2 from " + withoutQueues().size(), withoutQueues()),
        Arguments.of("v7", "2 from " + withoutLater().size(), withoutLater()),
        Arguments.of("v8", "3 from " + withoutCallbacks().size(), withoutCallbacks()),
        Arguments.of("v9", "3 from " + withoutCallbacks().size(), withoutCallbacks()),
        Arguments.of("v10", "4 from " + withoutErasure().size(), withoutErasure()),
        Arguments.of(LATEST, "4 from " + withLargeBody().size(), withLargeBody()));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void a_recorded_snapshot_is_restored(String version, String manifest, List<OriginEvent> journal)
      throws IOException {
    var recorded = file(version);

    var restored = read(recorded, manifest);

    assertThat(
            parts(
                restored.fetches(),
                fetch -> withItsRow(fetch, journal),
                fetch -> recognized(fetch, journal)))
        .isEqualTo(parts(after(journal)));
    assertThat(restored.own()).isEqualTo(OWN);
  }

  @Test
  void one_from_before_counts_all_before_the_first_that_is_remembered_as_forgotten()
      throws IOException {
    var settled = after(Protocol.journalWithoutQueues()).settled();

    var restored = read(file("v3"), "1").fetches().settled();

    assertThat(settled.forgotten()).isPositive();
    assertThat(restored.forgotten())
        .isGreaterThanOrEqualTo(settled.forgotten())
        .isLessThan(settled.byRow().firstKey());
  }

  @Test
  void the_latest_recording_holds_what_is_saved_today() throws IOException {
    assertThat(tree(file(LATEST))).isEqualTo(tree(written(after(withLargeBody()), OWN)));
  }

  private static byte[] file(String version) throws IOException {
    var name = "/snapshot/" + version + "/checkout.cbor";
    try (var in = OriginSnapshotTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static JsonNode tree(byte[] bytes) throws IOException {
    return CBOR.readTree(bytes);
  }

  /** Records today's snapshot into the directory that is the only argument. */
  public static void main(String[] args) throws IOException {
    try {
      var directory = Files.createDirectories(Path.of(args[0]));
      Files.write(directory.resolve("checkout.cbor"), written(after(withLargeBody()), OWN));
    } finally {
      stop();
    }
  }

  @Test
  void the_version_is_the_manifest_and_another_one_is_refused_by_name() {
    var whole = new FullState<>(OriginState.empty(), OWN);
    var serializer = SERIALIZATION.findSerializerFor(whole);

    assertThat(serializer).isInstanceOf(SnapshotSerializer.class);
    assertThat(Serializers.manifestFor(serializer, whole)).isEqualTo("2");
    assertThatThrownBy(
            () ->
                SERIALIZATION
                    .deserialize(serializer.toBinary(whole), serializer.identifier(), "9 from 1")
                    .get())
        .hasMessageContaining("version 9")
        .hasMessageContaining("deploy");
  }

  @Test
  void the_manifest_says_from_which_row_on_the_journal_is_still_needed() {
    var journal = withLargeBody();
    var row = journal.size();
    journal.addAll(withLargeBody().subList(row - 1, row));
    var second = new ArrayList<>(journal);
    second.set(row, large("larger"));

    assertThat(manifest(after(second))).isEqualTo("4 from " + row);
    assertThat(manifest(after(Protocol.journal()))).isEqualTo("4");
    assertThat(manifest(after(Protocol.journalWithoutCallbacks()))).isEqualTo("3");
    assertThat(manifest(after(withoutLater()))).isEqualTo("2 from " + withoutLater().size());
  }

  private static OriginEvent large(String id) {
    var accepted = (OriginEvent.FetchAccepted) withLargeBody().get(withLargeBody().size() - 1);
    return new OriginEvent.FetchAccepted(
        id, accepted.spec(), accepted.at(), Optional.empty(), Optional.empty());
  }

  private static String manifest(OriginState state) {
    var whole = new FullState<>(state, OWN);
    return Serializers.manifestFor(SERIALIZATION.findSerializerFor(whole), whole);
  }

  @Test
  void a_large_body_in_a_snapshot_of_version_1_stays_there_because_its_row_may_be_purged() {
    var accepted = (OriginEvent.FetchAccepted) large("old");
    var state = after(List.of(accepted));
    var referring = state.pending().firstEntry();
    var holding =
        new PendingFetch(
            "old",
            1,
            accepted.spec(),
            accepted.at(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            0,
            Optional.empty());
    var old =
        new OriginState(
            1,
            1,
            state.orders(),
            state.pending().plus(referring.getKey(), holding),
            state.settled(),
            state.unhandled(),
            state.arising(),
            state.ownAlarms(),
            state.starts(),
            state.alarms(),
            state.lines(),
            new PendingUse(holding.bytes(), 0, 0),
            Optional.empty(),
            state.schedules());

    var restored = read(written(old, OWN), "1").fetches();

    var fetch = restored.pending("old").orElseThrow();
    assertThat(fetch.request().body()).contains(LARGE);
    assertThat(fetch.storedBody()).isEmpty();
    assertThat(fetch.fingerprint()).isEqualTo(referring.getValue().fingerprint());
    assertThat(manifest(restored)).isEqualTo("2");
    assertThat(read(written(restored, OWN)).fetches().pending("old")).contains(fetch);
  }

  @Test
  void of_a_manifest_that_is_not_understood_all_rows_stay() {
    assertThat(SnapshotManifest.of("1").from()).isEmpty();
    assertThat(SnapshotManifest.of("").from()).isEmpty();
    assertThat(SnapshotManifest.of("2 from 57")).hasToString("2 from 57");
    assertThat(SnapshotManifest.of("2 from 57").from()).contains(57L);
    assertThat(SnapshotManifest.of("4 to 7").from()).contains(1L);
  }

  /** Can be written, and not read: nothing says what it is. */
  interface Anything {}

  record Thing(Anything any) implements Serialized {}

  record Some(int number) implements Anything {}

  @Test
  void a_state_that_could_not_be_read_again_is_not_written() {
    var state = new Thing(new Some(1));
    assertThat(SERIALIZATION.serialize(state).isSuccess()).isTrue();

    assertThatThrownBy(() -> written(OriginState.empty(), state))
        .hasMessageContaining(Anything.class.getName());
  }

  @Test
  void an_origin_type_whose_state_does_not_serialize_is_not_saved_and_says_so() {
    record Unbound(String text) {}
    var empty = new FullState<>(OriginState.empty(), new Unbound("x"));

    var snapshots =
        LoggingTestKit.warn("are not saved as snapshots")
            .withMessageContains(Unbound.class.getName())
            .withMessageContains(Serialized.class.getName())
            .expect(KIT.system(), () -> Snapshots.of(KIT.system(), "shop", empty, 10));

    assertThat(snapshots).isEqualTo(new Snapshots(0, false));
    assertThat(Snapshots.of(KIT.system(), "shop", new FullState<>(OriginState.empty(), OWN), 10))
        .isEqualTo(new Snapshots(10, true));
  }

  @Test
  void with_few_fetches_it_is_taken_every_so_many_rows_and_never_when_switched_off() {
    var taken = new ArrayList<Long>();
    var state = OriginState.empty();
    for (var row = 1L; row <= 35; row++) {
      assertThat(OriginSnapshot.isDue(state, row, 0)).isFalse();
      if (OriginSnapshot.isDue(state, row, 10)) {
        taken.add(row);
      }
    }

    assertThat(taken).containsExactly(10L, 20L, 30L);
  }

  @Test
  void however_many_fetches_there_are_a_row_costs_two_of_them_at_most() {
    var run = new CoreRun(new OriginCore(10_000, Long.MAX_VALUE, 3, Set.of(), Retention.FOREVER));
    var written = 0L;
    var before = 0L;
    for (var i = 0; i < 3_000; i++) {
      run.submit("f" + i, Samples.get());
      if (i % 3 == 0) {
        run.cancel("f" + i);
      }
      if (OriginSnapshot.isDue(run.state, run.state.row(), 100)) {
        var size = run.state.pending().size() + run.state.settled().size();
        assertThat(size).isLessThanOrEqualTo((int) (2 * (run.state.row() - before)));
        before = run.state.row();
        written += size;
      }
    }

    assertThat(written).isPositive().isLessThan(2 * run.state.row());
    assertThat(run.state.row() - before).as("none for too long").isLessThan(2 * 3_000L);
  }
}
