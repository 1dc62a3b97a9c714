package dev.retriever.cluster.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.outcomes.OutcomeEvent.Begin;
import dev.retriever.cluster.outcomes.OutcomeEvent.End;
import dev.retriever.cluster.outcomes.OutcomeEvent.Gap;
import dev.retriever.cluster.outcomes.OutcomeEvent.Heartbeat;
import dev.retriever.cluster.outcomes.OutcomeEvent.Reset;
import dev.retriever.cluster.outcomes.OutcomeEvent.Settled;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What subscribers are sent, to the letter, and what is kept of it. */
class OutcomeEventTest {
  private static EventId at(long row) {
    return new EventId(row, Optional.empty());
  }

  @Test
  void in_a_stream() {
    var texts =
        Map.of(
            new Begin(at(7), 2000), "retry: 2000\nid: 7\n\n",
            new Settled(at(9), "{\"a\":1}"), "id: 9\nevent: outcome\ndata: {\"a\":1}\n\n",
            new Gap(3, at(5)), "id: 5\nevent: gap\ndata: {\"from\":\"3\",\"to\":\"5\"}\n\n",
            new Gap(3, new EventId(5, Optional.of(1_700_000_000_123L))),
                "id: 5-loyw3v5n\nevent: gap\ndata: {\"from\":\"3\",\"to\":\"5\"}\n\n",
            new Reset(new EventId(0, Optional.of(36L))), "id: 0-10\nevent: reset\ndata: {}\n\n",
            new Heartbeat(), ":\n\n",
            new End(2000, Optional.empty()),
                "event: end\nretry: 2000\ndata: {\"retryMillis\":2000}\n\n");

    texts.forEach((event, text) -> assertThat(event.streamed().utf8String()).isEqualTo(text));
  }

  @Test
  void on_a_socket() {
    var texts =
        Map.of(
            new Begin(at(7), 2000), "{\"event\":\"begin\",\"id\":\"7\",\"data\":{}}",
            new Settled(at(9), "{\"a\":1}"),
                "{\"event\":\"outcome\",\"id\":\"9\",\"data\":{\"a\":1}}",
            new Gap(3, at(5)),
                "{\"event\":\"gap\",\"id\":\"5\",\"data\":{\"from\":\"3\",\"to\":\"5\"}}",
            new Reset(new EventId(0, Optional.of(36L))),
                "{\"event\":\"reset\",\"id\":\"0-10\",\"data\":{}}",
            new Heartbeat(), "{\"event\":\"heartbeat\"}",
            new End(2000, Optional.empty()), "{\"event\":\"end\",\"data\":{\"retryMillis\":2000}}");

    texts.forEach((event, text) -> assertThat(event.message()).isEqualTo(text));
  }

  private final AtomicInteger made = new AtomicInteger();

  private CompletionStage<Optional<OutcomeText>> text() {
    made.incrementAndGet();
    return CompletableFuture.completedFuture(Optional.of(new OutcomeText("0123456789")));
  }

  @Test
  void a_text_is_made_once_for_all_who_ask_at_the_same_time() {
    var texts = new OutcomeTexts(100);
    var coming = new CompletableFuture<Optional<OutcomeText>>();

    var first = texts.text("o", at(1), () -> coming);
    var second = texts.text("o", at(1), this::text);
    coming.complete(Optional.of(new OutcomeText("a")));

    assertThat(first.toCompletableFuture().join()).contains(new OutcomeText("a"));
    assertThat(second.toCompletableFuture().join()).contains(new OutcomeText("a"));
    assertThat(made).hasValue(0);
  }

  @Test
  void no_more_are_kept_than_may_be_and_those_asked_for_last_are() {
    var texts = new OutcomeTexts(35);
    for (var row = 1; row <= 3; row++) {
      texts.text("o", at(row), this::text);
    }
    texts.text("o", at(1), this::text);
    texts.text("o", at(4), this::text);

    assertThat(texts.size()).isEqualTo(30);
    assertThat(made).hasValue(4);
    texts.text("o", at(1), this::text);
    assertThat(made).hasValue(4);
    texts.text("o", at(2), this::text);
    assertThat(made).hasValue(5);
  }

  @Test
  void outcomes_that_failed_or_were_missing_are_asked_for_again() {
    var texts = new OutcomeTexts(100);
    texts.text("o", at(1), () -> CompletableFuture.failedFuture(new IllegalStateException("away")));
    texts.text("o", at(2), () -> CompletableFuture.completedFuture(Optional.empty()));
    texts.text(
        "o",
        at(3),
        () -> {
          throw new IllegalStateException("at once");
        });

    for (var row = 1; row <= 3; row++) {
      assertThat(texts.text("o", at(row), this::text).toCompletableFuture().join()).isPresent();
    }
    assertThat(texts.size()).isEqualTo(30);
  }
}
