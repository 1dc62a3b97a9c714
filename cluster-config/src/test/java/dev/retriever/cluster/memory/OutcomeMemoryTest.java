package dev.retriever.cluster.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.Eventually;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.memory.MemoryBudget.Share;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.JavaFlowSupport;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The bytes of outcomes on their way to readers, in order, and given back on every way out. */
class OutcomeMemoryTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Materializer MATERIALIZER = Materializer.matFromSystem(KIT.system());
  private static final Duration LONG = Duration.ofMinutes(10);

  private final MemoryBudget budget =
      MemoryBudget.of(
          ConfigFactory.parseString("retriever.memory.total = 10000000")
              .withFallback(ConfigFactory.load()));
  private final long limit = budget.account(Share.OUTCOMES).limit();
  private final OutcomeMemory memory = new OutcomeMemory(budget);
  private final ReaderMemory reader = new ReaderMemory(memory);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private long held() {
    return budget.account(Share.OUTCOMES).held();
  }

  @Test
  void waiting_readers_are_served_in_order_when_there_is_room() {
    var all = memory.now(limit).orElseThrow();
    var large = memory.later(limit);
    var small = memory.later(1);

    assertThat(memory.now(0)).isEmpty();
    all.close();
    assertThat(large).isCompleted();
    assertThat(small).isNotCompleted();
    large.join().close();
    assertThat(small).isCompleted();
    assertThat(memory.isWaitedFor()).isFalse();
  }

  @Test
  void a_reader_that_gives_up_lets_the_readers_behind_it_pass() {
    var most = memory.now(limit - 1).orElseThrow();
    var large = memory.later(limit);
    var small = memory.later(1);

    large.cancel(false);

    assertThat(small).isCompleted();
    small.join().close();
    most.close();
    assertThat(held()).isZero();
  }

  @Test
  void a_reader_who_has_gone_holds_nothing_and_is_granted_nothing() {
    var other = memory.now(limit).orElseThrow();
    var waits = reader.later(5).toCompletableFuture();
    reader.end();
    other.close();

    assertThat(waits).isCompletedExceptionally();
    assertThat(reader.later(7)).isDone();
    reader.now(9);
    assertThat(held()).isZero();
  }

  @Test
  void text_beyond_latin_1_takes_twice_as_much() {
    assertThat(OutcomeMemory.of("caf\u00e9")).isEqualTo(8);
    assertThat(OutcomeMemory.of("caf\u0119")).isEqualTo(16);
  }

  private Taken<ByteGrant, ByteGrant> taken(Duration patience) {
    return new Taken<>(reader, Optional::of, Function.identity(), patience);
  }

  @Test
  void memory_of_a_sent_event_is_held_until_the_connection_asks_for_more() {
    var connection =
        Source.range(1, 3)
            .map(n -> reader.now(10).orElseThrow())
            .via(taken(LONG))
            .runWith(Sink.queue(), MATERIALIZER);

    for (var n = 0; n < 3; n++) {
      connection.pull().toCompletableFuture().join();
    }
    connection.pull().toCompletableFuture().join();
    Eventually.becomes(0L, this::held);
  }

  @Test
  void memory_of_events_that_a_lost_connection_has_not_taken_is_given_back() {
    var ends =
        Source.repeat(1)
            .map(n -> reader.now(10).orElseThrow())
            .via(taken(LONG))
            .toMat(Sink.queue(), Keep.right())
            .run(MATERIALIZER);
    Eventually.becomes(true, () -> held() > 0);

    ends.cancel();

    Eventually.becomes(0L, this::held);
  }

  @Test
  void a_connection_that_takes_nothing_ends_when_others_wait() {
    var ended = new CompletableFuture<Object>();
    Source.repeat(1)
        .map(n -> reader.now(limit).orElseThrow())
        .take(1)
        .concat(Source.maybe())
        .via(taken(Duration.ofMillis(1)))
        .runWith(neverAsksAgain(ended), MATERIALIZER);
    Eventually.becomes(limit, this::held);

    var other = memory.later(1);

    assertThat(other).succeedsWithin(Duration.ofSeconds(30));
    assertThat(ended)
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(Taken.Stalled.class);
    other.join().close();
    assertThat(held()).isZero();
  }

  private static Sink<ByteGrant, NotUsed> neverAsksAgain(CompletableFuture<Object> ended) {
    return JavaFlowSupport.Sink.fromSubscriber(
        new Subscriber<>() {
          @Override
          public void onSubscribe(Subscription subscription) {
            subscription.request(1);
          }

          @Override
          public void onNext(ByteGrant element) {}

          @Override
          public void onError(Throwable failure) {
            ended.completeExceptionally(failure);
          }

          @Override
          public void onComplete() {
            ended.complete(1);
          }
        });
  }
}
