package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import dev.retriever.cluster.storage.PurgeSettings;
import dev.retriever.cluster.storage.PurgeTask;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Origins;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.Serialized;
import dev.retriever.origin.Verdict;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Origins of which nothing is needed any more leave one small row, in real databases. */
@ParameterizedClass
@EnumSource
class ForgottenOriginTest {
  private static final Duration RETENTION = Duration.ofDays(1);
  private static final Duration LATER = Duration.ofHours(26);

  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private final TestTarget target = new TestTarget();
  private Config config;
  private ActorSystem<Void> system;
  private Retriever retriever;
  private Origins<Void> orders;
  private Origins<Command> notes;

  sealed interface Command extends Serialized {}

  /** A command, an event and a state. */
  record Note(String text) implements Command {}

  record Read(ActorRef<Note> replyTo) implements Command {}

  /** Its state is all notes, one after the other. */
  private static final class Notes extends Origin<Command, Note, Note> {
    @Override
    protected Note emptyState() {
      return new Note("");
    }

    @Override
    protected Note apply(Note state, Note event) {
      return new Note(state.text() + event.text());
    }

    @Override
    protected void define(Definition<Command, Note, Note> on) {
      on.command(Note.class, (state, note, next) -> next.persist(note));
      on.command(Read.class, (state, it, next) -> next.thenReply(it.replyTo(), after -> after));
    }
  }

  @BeforeEach
  void configure() {
    config =
        Retriever.prepare(
            RunningNode.config(directory, database.settings(), RunningNode.MAY_CALL_LOOPBACK));
    start();
  }

  private void start() {
    system = ActorSystem.create(Behaviors.empty(), "forgetful", config);
    retriever = Retriever.on(system);
    orders = retriever.origins(Tenant.ORIGIN_TYPE, new HttpOrigin());
    notes = retriever.origins("notes", new Notes());
    retriever.joinAlone();
    retriever.start();
  }

  @AfterEach
  void stop() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    target.close();
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private FetchSpec spec(String path) {
    return FetchSpec.of(FetchRequest.get(target.url(path))).within(Duration.ofHours(48));
  }

  private Verdict submitted(Origins<?> to, String origin, String fetch, String path) {
    return now(to.submit(origin, fetch, spec(path))).verdict();
  }

  /** A caller repeats what was not answered. */
  private void settled(Origins<?> to, String origin, String fetch) {
    Eventually.becomes(
        true,
        () -> {
          try {
            submitted(to, origin, fetch, "/ok");
            return now(to.await(origin, fetch, Duration.ofSeconds(10)))
                .fetch()
                .flatMap(it -> it.outcome())
                .isPresent();
          } catch (RuntimeException e) {
            return false;
          }
        });
  }

  private Storage storage() {
    return Storage.from(system.settings().config());
  }

  private PurgeTask purge(Duration later) {
    var then = Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC);
    return PurgeSettings.from(system.settings().config())
        .task(system, storage(), Optional.of(RETENTION), retriever::types, then);
  }

  private long forgotten(Duration later) {
    var task = purge(later);
    task.run();
    return task.total().origins();
  }

  private List<Long> numbers(String sql, String id) throws SQLException {
    var found = new ArrayList<Long>();
    try (var connection = storage().connect();
        var query = connection.prepareStatement(sql)) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  private List<Long> rows(String id) throws SQLException {
    return numbers(
        "SELECT \"sequence_number\" FROM \"event_journal\" WHERE \"persistence_id\" = ? ORDER BY 1",
        id);
  }

  private void sql(String statement) throws SQLException {
    try (var connection = storage().connect();
        var sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  @Test
  void one_row_of_a_few_bytes_is_left_and_the_origin_goes_on_after_it() throws SQLException {
    settled(orders, "a", "x");
    settled(orders, "b", "x");
    var before = rows("http|a");

    assertThat(forgotten(LATER.minusHours(2))).as("too soon").isZero();
    assertThat(forgotten(LATER)).isEqualTo(2);

    var row = before.get(before.size() - 1) + 1;
    assertThat(rows("http|a")).containsExactly(row);
    assertThat(rows("http|b")).hasSize(1);
    assertThat(
            numbers(
                "SELECT OCTET_LENGTH(\"event_payload\") + LENGTH(\"event_ser_manifest\")"
                    + " FROM \"event_journal\" WHERE \"persistence_id\" = ?",
                "http|a"))
        .allMatch(bytes -> bytes < 30);
    assertThat(forgotten(LATER)).as("it is not forgotten again").isZero();

    settled(orders, "c", "z");
    assertThat(forgotten(LATER)).as("written after that row").isEqualTo(1);

    // It may be in memory: its next write is refused, and it recovers.
    settled(orders, "a", "y");
    settled(orders, "a", "x");
    assertThat(target.hits("x")).hasSize(3);
    assertThat(rows("http|a")).first().isEqualTo(row);
    assertThat(rows("http|a")).hasSizeGreaterThan(1);
    assertThat(forgotten(LATER.multipliedBy(8))).as("a week later").isEqualTo(1);
    assertThat(rows("http|a")).hasSize(1);
  }

  @Test
  void after_the_second_time_nothing_is_left_and_another_life_begins_at_row_1()
      throws SQLException {
    settled(orders, "a", "x");
    settled(orders, "b", "x");
    var bornOfA = page("a").born();
    var bornOfB = page("b").born();
    assertThat(forgotten(LATER)).isEqualTo(2);
    // It recovers from the row that stands for it, and is in memory when that row is deleted.
    restart();
    assertThat(now(orders.read("b", "x")).fetch()).isEmpty();
    var base = rows("http|b").get(0);

    assertThat(deleted(Duration.ofDays(29))).as("too soon").isZero();
    assertThat(deleted(Duration.ofDays(40))).isEqualTo(2);

    assertThat(rows("http|a")).isEmpty();
    assertThat(page("a").newest()).isZero();
    settled(orders, "a", "x");
    assertThat(page("a").born()).isPresent().isNotEqualTo(bornOfA);
    assertThat(rows("http|a")).startsWith(1L, 2L);
    settled(orders, "b", "y");
    assertThat(rows("http|b")).startsWith(base + 1, base + 2);
    restart();
    assertThat(now(orders.read("b", "y")).fetch().flatMap(it -> it.outcome())).isPresent();
    assertThat(now(orders.read("a", "x")).fetch().flatMap(it -> it.outcome())).isPresent();
    settled(orders, "b", "z");
    assertThat(page("b").born()).as("its rows go on").isEqualTo(bornOfB).isPresent();
  }

  private OutcomePage page(String origin) {
    return now(orders.outcomes(origin, Optional.of(0L), 10, Duration.ZERO)).orElseThrow();
  }

  private long deleted(Duration later) {
    var task = purge(later);
    task.run();
    return task.total().rows();
  }

  private void restart() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    start();
  }

  @Test
  void what_is_still_needed_stays() throws Exception {
    submitted(orders, "pending", "p", "/held/p");
    target.awaitHits("p", 1);
    settled(notes, "empty", "x");

    assertThat(forgotten(LATER)).isEqualTo(1);

    assertThat(rows("notes|empty")).hasSize(1);
    assertThat(rows("http|pending")).hasSizeGreaterThanOrEqualTo(1);
    target.release("p");
    Eventually.becomes(
        true,
        () -> now(orders.read("pending", "p")).fetch().flatMap(it -> it.outcome()).isPresent());
  }

  @Test
  void the_state_of_the_users_is_saved_and_all_rows_before_it_are_deleted() throws SQLException {
    settled(notes, "noted", "x");
    for (var n = 0; n < 10; n++) {
      notes.tell("noted", new Note("" + n));
    }
    Eventually.becomes(12, () -> count("notes|noted"));

    assertThat(forgotten(LATER.minusHours(2))).as("too soon").isZero();
    assertThat(rows("notes|noted")).hasSize(12);
    assertThat(forgotten(LATER)).as("it is not forgotten").isZero();
    assertThat(rows("notes|noted")).containsExactly(13L);
    assertThat(snapshots("notes|noted")).containsExactly(13L);
    assertThat(forgotten(LATER.multipliedBy(8))).isZero();
    assertThat(rows("notes|noted")).as("it is not saved again").containsExactly(13L);

    // It is in memory: its next write is refused, and it recovers from what was saved.
    settled(notes, "noted", "y");
    settled(notes, "noted", "x");
    assertThat(target.hits("x")).as("the first one is forgotten").hasSize(2);
    assertThat(now(notes.ask("noted", Read::new)).text()).isEqualTo("0123456789");
    assertThat(rows("notes|noted")).startsWith(13L, 14L);

    restart();
    assertThat(now(notes.ask("noted", Read::new)).text()).isEqualTo("0123456789");
    assertThat(now(notes.read("noted", "x")).fetch()).isPresent();
  }

  @Test
  void a_state_that_would_take_as_much_as_its_rows_is_not_saved() throws SQLException {
    notes.tell("small", new Note("paid"));
    Eventually.becomes(1, () -> count("notes|small"));

    assertThat(forgotten(LATER)).isZero();

    assertThat(rows("notes|small")).containsExactly(1L);
    assertThat(snapshots("notes|small")).isEmpty();
  }

  private List<Long> snapshots(String id) throws SQLException {
    return numbers("SELECT \"sequence_number\" FROM \"snapshot\" WHERE \"persistence_id\" = ?", id);
  }

  private int count(String id) {
    try {
      return rows(id).size();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void without_its_licence_a_node_forgets_nothing() throws SQLException {
    settled(orders, "a", "x");
    var before = rows("http|a");
    sql("DELETE FROM \"journal_writer\"");

    assertThat(forgotten(LATER)).isZero();

    assertThat(rows("http|a")).isEqualTo(before);
  }

  @Test
  void an_origin_that_is_to_be_woken_stays() throws SQLException {
    settled(orders, "a", "x");
    var before = rows("http|a");
    sql(
        "INSERT INTO \"wake_up\" (\"persistence_id\", \"executor\", \"slice\", \"wake_at\","
            + " \"sequence_number\") VALUES ('http|a', '', 0, 9999999999999, 2)");

    assertThat(forgotten(LATER)).isZero();

    assertThat(rows("http|a")).isEqualTo(before);
  }
}
