package dev.retriever.cluster.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Eventually;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts as a subscription, or as a connection with some. */
class OutcomeRoutesTest {
  private final ActorTestKit kit = ActorTestKit.create();
  private final AtomicInteger count = new AtomicInteger();
  private final CompletableFuture<String> upstream = new CompletableFuture<>();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private Source<String, ?> counted() {
    return Source.completionStage(upstream).via(OutcomeRoutes.counted(count));
  }

  private void runs() {
    counted().toMat(Sink.ignore(), Keep.right()).run(kit.system());
    assertThat(count).hasValue(1);
  }

  @Test
  void a_stream_that_ends_is_no_longer_counted() {
    runs();
    upstream.complete("the only event");
    Eventually.becomes(0, count::get);
  }

  @Test
  void a_stream_that_fails_is_no_longer_counted() {
    runs();
    upstream.completeExceptionally(new IllegalStateException("scripted"));
    Eventually.becomes(0, count::get);
  }

  @Test
  void a_stream_that_is_cancelled_is_no_longer_counted() {
    counted().toMat(Sink.cancelled(), Keep.right()).run(kit.system());
    Eventually.becomes(0, count::get);
  }
}
