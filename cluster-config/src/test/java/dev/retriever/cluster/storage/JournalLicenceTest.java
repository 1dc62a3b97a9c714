package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The right to write, in real databases. */
@ParameterizedClass
@EnumSource
class JournalLicenceTest {
  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private Connections.Pool connections;
  private final AtomicInteger lost = new AtomicInteger();
  private final JournalLicence licence = new JournalLicence("here", lost::incrementAndGet);

  @BeforeEach
  void connect() {
    var storage = Storage.from(RunningNode.config(directory, database.settings()));
    storage.migrate();
    connections = storage.connections().pool(ConnectionSettings.Use.JOURNAL, 1);
  }

  @AfterEach
  void close() {
    connections.close();
  }

  private interface Action<T> {
    T on(Connection connection) throws SQLException;
  }

  private <T> T with(Action<T> action) throws SQLException {
    try (var connection = connections.get()) {
      return action.on(connection);
    }
  }

  private void write(JournalLicence by, String id, long row) throws SQLException {
    JournalWrite.Licensed statements =
        database == TestDatabase.H2 ? JournalWrite::rowByRow : PostgresWrite::execute;
    var write =
        new JournalWrite(
            List.of(PostgresWriteTest.row(id, row)), PostgresWriteTest.wakeUp(id, row));
    try (var connection = connections.get()) {
      by.around(statements).execute(connection, write);
    }
  }

  private long count(String table) throws SQLException {
    return with(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery("SELECT count(*) FROM \"" + table + "\"")) {
            rows.next();
            return rows.getLong(1);
          }
        });
  }

  private void revoked(String id) throws SQLException {
    with(
        connection -> {
          JournalLicence.revoke(connection, id);
          return 0;
        });
  }

  private void age(String id, Duration by) throws SQLException {
    with(
        connection -> {
          try (var update =
              connection.prepareStatement(
                  "UPDATE \"journal_writer\" SET \"seen_at\" = \"seen_at\" - ? WHERE \"id\" = ?")) {
            update.setLong(1, by.toMillis());
            update.setString(2, id);
            return update.executeUpdate();
          }
        });
  }

  @Test
  void a_node_writes_with_the_licence_that_its_first_write_takes() throws SQLException {
    write(licence, "a", 1);
    write(licence, "a", 2);

    assertThat(count("event_journal")).isEqualTo(2);
    assertThat(count("journal_writer")).isEqualTo(1);
    assertThat(lost).hasValue(0);
  }

  @Test
  void without_its_licence_nothing_of_a_write_is_stored_and_it_is_not_taken_again()
      throws SQLException {
    write(licence, "a", 1);
    revoked("here");

    for (var row = 2; row <= 3; row++) {
      var number = row;
      assertThatThrownBy(() -> write(licence, "b", number))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getSQLState()).isEqualTo(JournalLicence.MISSING));
      assertThat(lost).hasValue(row - 1);
    }

    assertThat(count("event_journal")).isEqualTo(1);
    assertThat(count("wake_up")).isEqualTo(1);
    assertThat(count("journal_writer")).isZero();
  }

  @Test
  void a_row_below_the_highest_of_its_origin_is_refused_as_one_that_is_there() throws SQLException {
    write(licence, "a", 1);
    write(licence, "a", 3);
    write(licence, "b", 1);

    assertThatThrownBy(() -> write(licence, "a", 2))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));

    assertThat(count("event_journal")).isEqualTo(3);
    write(licence, "b", 2);
    assertThat(lost).hasValue(0);
  }

  @Test
  void other_nodes_write_on() throws SQLException {
    var other = new JournalLicence("there", lost::incrementAndGet);
    write(licence, "a", 1);
    write(other, "b", 1);
    revoked("here");

    write(other, "b", 2);

    assertThat(count("event_journal")).isEqualTo(3);
  }

  @Test
  void a_renewal_says_the_time_of_the_database_and_finds_a_lost_licence() throws SQLException {
    assertThat(with(licence::renew)).as("before the first write").isEqualTo(OptionalLong.empty());
    assertThat(lost).hasValue(0);
    write(licence, "a", 1);
    age("here", Duration.ofHours(1));
    var first = with(licence::renew).orElseThrow();
    assertThat(with(licence::renew).orElseThrow() - first).isBetween(0L, 60_000L);

    revoked("here");

    assertThat(with(licence::renew)).isEqualTo(OptionalLong.empty());
    assertThat(lost).hasValue(1);
  }

  @Test
  void licences_that_were_not_renewed_for_long_are_taken() throws SQLException {
    var other = new JournalLicence("there", lost::incrementAndGet);
    write(licence, "a", 1);
    write(other, "b", 1);
    age("there", Duration.ofMinutes(61));

    int revoked = with(it -> JournalLicence.revokeUnseen(it, Duration.ofHours(1)));
    assertThat(revoked).isEqualTo(1);

    assertThatThrownBy(() -> write(other, "b", 2)).isInstanceOf(SQLException.class);
    write(licence, "a", 2);
  }
}
