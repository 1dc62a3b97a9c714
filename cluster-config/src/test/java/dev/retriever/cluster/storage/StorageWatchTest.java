package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
  void a_database_that_refuses_for_another_reason_is_not_away(String state) {
    assertThat(StorageWatch.isUnreachable(new SQLException("refused", state))).isFalse();
  }

  @Test
  void a_database_that_refuses_without_a_reason_is_not_away() {
    assertThat(StorageWatch.isUnreachable(new SQLException("why"))).isFalse();
  }

  @Test
  void a_caller_who_waits_for_a_write_is_told_when_the_database_is_found_to_be_away() {
    var watch = watchOfNothing();
    var waiting = watch.whileThere(new CompletableFuture<String>());

    watch.look();

    assertIsGivenUp(waiting);
    assertIsGivenUp(watch.whileThere(new CompletableFuture<>()));
  }

  @Test
  void an_answer_that_comes_before_is_passed_on() {
    var watch = watchOfNothing();
    var answer = new CompletableFuture<String>();
    var waiting = watch.whileThere(answer).toCompletableFuture();

    answer.complete("recorded");
    watch.look();

    assertThat(waiting).isCompletedWithValue("recorded");
  }

  private static void assertIsGivenUp(CompletionStage<?> answer) {
    assertThat(answer.toCompletableFuture()).isCompletedExceptionally();
    assertThatThrownBy(answer.toCompletableFuture()::join)
        .cause()
        .isInstanceOfSatisfying(
            Problem.Found.class,
            found -> assertThat(found.problem().type()).isEqualTo(ProblemType.STORAGE_UNAVAILABLE));
  }

  /** No server listens on port 1. */
  private static StorageWatch watchOfNothing() {
    var limits = ConnectionSettings.from(ConfigFactory.load());
    return new StorageWatch(new Storage("jdbc:h2:tcp://127.0.0.1:1/none", "u", "", limits));
  }
}
