package dev.retriever.origin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class SilentShardsTest {
  /** Of another shard than the next one. */
  private static final String A = "a";

  private static final String B = "b";

  private long now = 1;
  private boolean suspected;
  private final SilentShards shards = new SilentShards(100, () -> suspected, () -> now);
  private final List<CompletableFuture<String>> asked = new ArrayList<>();

  private CompletionStage<String> send() {
    var answer = new CompletableFuture<String>();
    asked.add(answer);
    return answer;
  }

  private CompletableFuture<String> ask(String originId) {
    return shards.ask(originId, this::send).toCompletableFuture();
  }

  private void pass(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }

  private static void isRefused(CompletableFuture<String> answer) {
    assertThat(answer).isCompletedExceptionally();
    assertThat(answer.handle((it, failure) -> failure).join()).isInstanceOf(TimeoutException.class);
  }

  @Test
  void answers_and_failures_are_handed_on() {
    var answered = ask(A);
    var failed = ask(A);
    asked.get(0).complete("answer");
    asked.get(1).completeExceptionally(new TimeoutException("time is up"));

    assertThat(answered).isCompletedWithValue("answer");
    isRefused(failed);
  }

  @Test
  void callers_do_not_wait_for_a_silent_shard_while_a_node_cannot_be_reached() {
    var waiting = ask(A);
    pass(700);
    ask(A);
    pass(301);
    shards.look();
    assertThat(waiting).isNotDone();

    suspected = true;
    shards.look();

    isRefused(waiting);
    isRefused(ask(A));
    assertThat(shards.await(A, this::send).toCompletableFuture()).isCompletedExceptionally();
    assertThat(asked).hasSize(2);
  }

  @Test
  void when_the_node_is_removed_its_shards_are_given_15_seconds_to_start_elsewhere() {
    suspected = true;
    shards.look();
    suspected = false;
    ask(A);
    pass(1001);
    shards.look();

    ask(A);
    isRefused(ask(A));
    pass(14_000);
    var next = ask(A);
    shards.look();

    assertThat(next).isNotDone();
  }

  @Test
  void callers_of_another_shard_wait_as_before() {
    ask(A);
    pass(1001);
    suspected = true;

    var other = ask(B);
    shards.look();

    assertThat(other).isNotDone();
    assertThat(shards.await(B, this::send).toCompletableFuture()).isNotDone();
  }

  @Test
  void one_caller_a_second_finds_out_whether_it_is_back() {
    ask(A);
    suspected = true;
    pass(1001);

    ask(A);
    isRefused(ask(A));
    assertThat(asked).hasSize(2);
    shards.look();
    asked.get(1).complete("back");

    var next = ask(A);
    assertThat(asked).hasSize(3);
    shards.look();
    assertThat(next).isNotDone();
  }

  @Test
  void a_shard_that_answers_some_is_not_silent() {
    suspected = true;
    var slow = ask(A);
    pass(900);
    ask(A);
    asked.get(1).complete("quick");
    pass(900);

    shards.look();

    assertThat(slow).isNotDone();
  }

  @Test
  void a_question_left_unanswered_long_ago_does_not_make_a_shard_silent() {
    ask(A);
    asked.get(0).completeExceptionally(new TimeoutException("time is up"));
    pass(60_000);

    var now = ask(A);
    suspected = true;
    shards.look();

    assertThat(now).isNotDone();
  }
}
