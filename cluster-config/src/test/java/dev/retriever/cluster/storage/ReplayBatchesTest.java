package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a recovery reads at a time, on real databases. */
@ParameterizedClass
@EnumSource
class ReplayBatchesTest {
  private static final String INSERT =
      """
      INSERT INTO "event_journal" ("persistence_id", "sequence_number", "writer",
        "write_timestamp", "adapter_manifest", "event_payload", "event_ser_id",
        "event_ser_manifest") VALUES (?, ?, 'w', 0, '', ?, 0, '')
      """;

  @TempDir private Path dataDir;
  @Parameter private TestDatabase database;

  private List<Long> ends(ReplayBatches batches, long from, long to, int... sizes)
      throws SQLException {
    var storage = Storage.from(RunningNode.config(dataDir, database.settings()));
    storage.migrate();
    try (var connection = storage.connect()) {
      try (var insert = connection.prepareStatement(INSERT)) {
        for (var i = 0; i < sizes.length; i++) {
          insert.setString(1, "a");
          insert.setLong(2, i + 1);
          insert.setBytes(3, new byte[sizes[i]]);
          insert.executeUpdate();
        }
      }
      return batches.ends(connection, "a", from, to);
    }
  }

  @Test
  void a_batch_ends_before_the_row_that_does_not_fit() throws SQLException {
    var batches = new ReplayBatches(100, 100_000);

    assertThat(ends(batches, 1, 6, 40_000, 60_000, 1, 99_999, 10, 20)).containsExactly(2L, 4L, 6L);
  }

  @Test
  void a_row_that_is_larger_is_read_alone() throws SQLException {
    var batches = new ReplayBatches(100, 100_000);

    assertThat(ends(batches, 1, 4, 10, 300_000, 300_000, 10)).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void small_rows_are_bounded_by_their_number() throws SQLException {
    var batches = new ReplayBatches(3, 100_000);

    assertThat(ends(batches, 2, 7, 1, 1, 1, 1, 1, 1, 1)).containsExactly(4L);
  }

  @Test
  void there_are_none_behind_the_last_row() throws SQLException {
    assertThat(ends(new ReplayBatches(3, 100_000), 3, 9, 1, 1)).isEmpty();
  }

  @Test
  void only_a_few_rows_are_read_without_their_sizes() {
    assertThat(new ReplayBatches(100, 1).areFew(1, 8)).isTrue();
    assertThat(new ReplayBatches(100, 1).areFew(1, 9)).isFalse();
    assertThat(new ReplayBatches(2, 1).areFew(1, 3)).isFalse();
  }
}
