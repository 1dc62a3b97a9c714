package dev.retriever.cluster.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionTest {
  private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
  private Connection connection;
  private Connection reader;

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection(url);
    reader = DriverManager.getConnection(url);
    execute(connection, "CREATE TABLE note (text VARCHAR(9))");
  }

  @AfterEach
  void close() throws SQLException {
    reader.close();
    if (!connection.isClosed()) {
      execute(connection, "SHUTDOWN");
    }
  }

  @Test
  void its_work_is_seen_by_others_when_it_is_over_and_its_result_is_returned() throws SQLException {
    var seenInside =
        Transaction.run(
            connection,
            it -> {
              insert(it);
              return notes();
            });

    assertThat(seenInside).isZero();
    assertThat(notes()).isOne();
    assertThat(connection.getAutoCommit()).isTrue();
  }

  @Test
  void work_that_throws_leaves_nothing_whatever_it_throws() throws SQLException {
    for (var thrown :
        new Throwable[] {
          new SQLException(), new IllegalStateException(), new StackOverflowError()
        }) {
      assertThatThrownBy(
              () ->
                  Transaction.write(
                      connection,
                      it -> {
                        insert(it);
                        TransactionTest.<RuntimeException>sneak(thrown);
                      }))
          .isSameAs(thrown);
      assertThat(connection.getAutoCommit()).isTrue();
    }

    assertThat(notes()).isZero();
  }

  @Test
  void the_error_of_the_work_is_thrown_even_if_the_connection_is_lost() {
    assertThatThrownBy(
            () ->
                Transaction.write(
                    connection,
                    it -> {
                      it.close();
                      throw new IllegalStateException("first");
                    }))
        .hasMessage("first")
        .satisfies(it -> assertThat(it.getSuppressed()).hasSize(1));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private static void insert(Connection connection) throws SQLException {
    execute(connection, "INSERT INTO note VALUES ('a')");
  }

  private static void execute(Connection connection, String statement) throws SQLException {
    try (var all = connection.createStatement()) {
      all.execute(statement);
    }
  }

  private int notes() throws SQLException {
    try (var query = reader.createStatement();
        var row = query.executeQuery("SELECT COUNT(*) FROM note")) {
      row.next();
      return row.getInt(1);
    }
  }
}
