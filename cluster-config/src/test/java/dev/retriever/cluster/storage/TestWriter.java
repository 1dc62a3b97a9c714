package dev.retriever.cluster.storage;

import java.sql.SQLException;

/** A writer with a licence, for tests that write to the journal without a node. */
final class TestWriter {
  static final String WRITER = "test";

  private TestWriter() {}

  /** Brings the schema up to date, and gives the writer its licence. */
  static void migrated(Storage storage) {
    storage.migrate();
    try (var connection = storage.connect()) {
      new JournalLicence(WRITER, () -> {}).issue(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
