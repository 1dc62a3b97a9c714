package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.retriever.cluster.Retriever;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.origin.Lease;
import dev.retriever.origin.index.IndexRow;
import dev.retriever.origin.index.IndexRows;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.wire.Line;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.jdbc.config.JournalConfig;
import org.apache.pekko.persistence.jdbc.db.SlickExtension;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.stream.SystemMaterializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/** Whatever way a write takes to the database, its wake-ups and rows in queues come with it. */
@ParameterizedClass
@EnumSource
class WakeUpJournalDaoTest {
  private static final String WAKE_UP = "retriever-wake-up|1893499200000|x#1";
  private static final String SMALL_BATCHES = "retriever.node.db.batch-bytes = 10 KiB";

  @TempDir private Path directory;
  @Parameter private TestDatabase kind;
  private Config config;
  private ActorSystem system;
  private WakeUpJournalDao dao;

  @BeforeEach
  void start() {
    config = Retriever.prepare(RunningNode.config(directory, kind.settings(), SMALL_BATCHES));
    system = ActorSystem.create("dao", config);
    var journal = config.getConfig("jdbc-journal");
    var database = SlickExtension.createExtension((ExtendedActorSystem) system).database(journal);
    dao =
        new WakeUpJournalDao(
            database.database(),
            database.profile(),
            new JournalConfig(journal),
            SerializationExtension.get((ClassicActorSystemProvider) system),
            system.dispatcher(),
            SystemMaterializer.get(system).materializer());
  }

  @AfterEach
  void stop() {
    system.terminate();
    FutureConverters.asJava(system.whenTerminated()).toCompletableFuture().join();
  }

  private void write(JournalPekkoSerializationRow row, String... tags) {
    var tagged = new Tuple2<>(row, CollectionConverters.asScala(Set.of(tags)).<String>toSet());
    var written = dao.queueWriteJournalRows(CollectionConverters.asScala(List.of(tagged)).toSeq());
    FutureConverters.asJava(written).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private List<String> all(String columns, String table) throws SQLException {
    var found = new ArrayList<String>();
    try (var connection = Storage.from(config).connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT " + columns + " FROM \"" + table + "\"")) {
      while (rows.next()) {
        found.add(rows.getString(1) + " " + rows.getLong(2));
      }
    }
    return found;
  }

  private List<String> rows() throws SQLException {
    return all("\"persistence_id\", \"sequence_number\"", "event_journal");
  }

  private List<String> wakeUps() throws SQLException {
    return all("\"persistence_id\", \"sequence_number\"", "wake_up");
  }

  @Test
  void a_row_is_written_with_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("http|a", 1), WAKE_UP);

    assertThat(rows()).containsExactly("http|a 1");
    assertThat(wakeUps()).containsExactly("http|a 1");
  }

  @Test
  void a_row_larger_than_a_batch_is_written_with_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("http|a", 1, new byte[100_000]), WAKE_UP);

    assertThat(rows()).containsExactly("http|a 1");
    assertThat(wakeUps()).containsExactly("http|a 1");
  }

  @Test
  void a_row_with_tags_of_other_users_is_written_with_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("shop|a", 1), WAKE_UP, "red");

    assertThat(rows()).containsExactly("shop|a 1");
    assertThat(wakeUps()).containsExactly("shop|a 1");
    assertThat(all("\"tag\", \"event_id\"", "event_tag"))
        .singleElement()
        .asString()
        .startsWith("red");
  }

  @Test
  void a_row_of_an_origin_without_needs_deletes_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("shop|a", 1), WAKE_UP, "red");

    write(PostgresWriteTest.row("shop|a", 2), "retriever-wake-up|never", "red");

    assertThat(wakeUps()).isEmpty();
  }

  private static String waits(int waiting) {
    var now = Instant.parse("2030-01-01T12:00:00Z");
    var line = new Line("k", 3, waiting, 0, now, now, Optional.empty(), now);
    return new QueueRows(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(new QueueRows.LineOf("q", "default", line)),
            List.of())
        .tag();
  }

  /** Of a queue that never began, so the database refuses it. */
  private static String starts() {
    var lease = new Lease("q", 1, 1, false, false);
    return new QueueRows(
            List.of(new QueueRows.Start(lease, "f", 1, "k", 1_000)),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of())
        .tag();
  }

  private static String accepts() {
    var at = Instant.parse("2030-01-01T12:00:00Z");
    var row =
        new IndexRow(
            5,
            1,
            "f",
            at,
            Optional.empty(),
            "GET",
            "h",
            Optional.empty(),
            List.of("a=1"),
            Optional.empty());
    return new IndexRows(List.of(row)).tag();
  }

  @Test
  void whatever_way_a_row_takes_its_rows_in_the_index_come_with_it() throws SQLException {
    write(PostgresWriteTest.row("http|a", 1), WAKE_UP, accepts());
    write(PostgresWriteTest.row("http|b", 1, new byte[100_000]), accepts());
    write(PostgresWriteTest.row("shop|c", 1), accepts(), "red");

    assertThat(all("\"persistence_id\", \"place\"", "fetch_index"))
        .containsExactlyInAnyOrder("http|a 5", "http|b 5", "shop|c 5");
    assertThat(all("\"persistence_id\", \"place\"", "fetch_label"))
        .containsExactlyInAnyOrder("http|a 5", "http|b 5", "shop|c 5");
    assertThat(all("\"tag\", \"event_id\"", "event_tag")).hasSize(1);
    assertThatThrownBy(() -> write(PostgresWriteTest.row("http|a", 1), accepts()))
        .isInstanceOf(CompletionException.class);
  }

  private List<String> lines() throws SQLException {
    return all("\"persistence_id\", \"waiting\"", "queue_line");
  }

  @Test
  void a_row_is_written_with_its_rows_in_queues() throws SQLException {
    write(PostgresWriteTest.row("http|a", 1), WAKE_UP, waits(5));

    assertThat(rows()).containsExactly("http|a 1");
    assertThat(wakeUps()).containsExactly("http|a 1");
    assertThat(lines()).containsExactly("http|a 5");
    assertThat(all("\"tag\", \"event_id\"", "event_tag")).isEmpty();
  }

  @Test
  void a_row_larger_than_a_batch_is_written_with_its_rows_in_queues() throws SQLException {
    write(PostgresWriteTest.row("http|a", 1, new byte[100_000]), waits(5));

    assertThat(rows()).containsExactly("http|a 1");
    assertThat(lines()).containsExactly("http|a 5");
  }

  @Test
  void a_row_with_tags_of_other_users_is_written_with_its_rows_in_queues() throws SQLException {
    write(PostgresWriteTest.row("shop|a", 1), waits(5), "red");

    assertThat(rows()).containsExactly("shop|a 1");
    assertThat(lines()).containsExactly("shop|a 5");
    assertThat(all("\"tag\", \"event_id\"", "event_tag")).hasSize(1);
  }

  @Test
  void a_row_that_begins_an_attempt_without_its_queues_leave_is_not_written() throws SQLException {
    var row = PostgresWriteTest.row("shop|a", 1);

    assertThatThrownBy(() -> write(row, WAKE_UP, starts())).isInstanceOf(CompletionException.class);
    assertThatThrownBy(() -> write(row, WAKE_UP, starts(), "red"))
        .isInstanceOf(CompletionException.class);

    assertThat(rows()).isEmpty();
    assertThat(wakeUps()).isEmpty();
    assertThat(all("\"tag\", \"event_id\"", "event_tag")).isEmpty();
  }
}
