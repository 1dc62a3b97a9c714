package dev.retriever.loadtest.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.result.ResultDraft;
import java.net.BindException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FailureTallyTest {
  private final FailureTally tally = new FailureTally();

  @Test
  void failures_of_one_kind_count_together_whatever_their_numbers() {
    tally.add("publish", new IllegalStateException("submission to channel-1 was answered 503: a"));
    tally.add("publish", new IllegalStateException("submission to channel-2 was answered 503: b"));
    tally.add("publish", new IllegalStateException("submission to channel-2 was answered 429: c"));

    assertThat(tally.counts())
        .containsOnly(
            java.util.Map.entry("publish: answered 503", 2L),
            java.util.Map.entry("publish: answered 429", 1L));
    assertThat(tally.sum("publish")).isEqualTo(3);
    assertThat(tally.sum("subscribe")).isZero();
  }

  @Test
  void the_kind_is_that_of_the_cause() {
    assertThat(FailureTally.kind(new CompletionException(new TimeoutException())))
        .isEqualTo("timed out");
    assertThat(FailureTally.kind(new ConnectException("Connection refused: /127.0.0.1:80")))
        .isEqualTo("connection refused");
    assertThat(FailureTally.kind(new BindException("Cannot assign requested address")))
        .isEqualTo("no local address or port left");
    assertThat(FailureTally.kind(new IllegalStateException("closed before it began")))
        .isEqualTo("closed before it began");
  }

  @Test
  void the_result_lists_each_kind_and_there_are_not_more_kinds_than_can_be_read() {
    for (var i = 0; i < 26 * 26; i++) {
      tally.add("publish", "kind " + (char) ('a' + i / 26) + (char) ('a' + i % 26), 1);
    }
    var draft = new ResultDraft(false);

    tally.into(draft, "drops");

    assertThat(draft.tables).hasSize(1);
    assertThat(draft.tables.get(0).rows())
        .hasSize(51)
        .contains(List.of("publish: other kinds", 626L));
  }
}
