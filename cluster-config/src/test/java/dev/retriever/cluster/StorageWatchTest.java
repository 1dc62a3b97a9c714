package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which refusals mean that nobody can store: those, and no others, refuse submissions. */
class StorageWatchTest {
  @ParameterizedTest
  @ValueSource(strings = {"08001", "08006", "57P01", "57P03", "90067"})
  void a_database_that_is_not_there_or_comes_and_goes_is_away(String state) {
    assertThat(StorageWatch.isUnreachable(new SQLException("away", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"53300", "28P01", "57014", "42P01", "XX000"})
  void one_that_refuses_for_another_reason_may_serve_the_journal_well(String state) {
    assertThat(StorageWatch.isUnreachable(new SQLException("refused", state))).isFalse();
  }

  @Test
  void one_that_says_nothing_of_why_is_there() {
    assertThat(StorageWatch.isUnreachable(new SQLException("why"))).isFalse();
  }
}
