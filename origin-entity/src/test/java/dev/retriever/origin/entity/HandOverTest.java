package dev.retriever.origin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandOverTest {
  private static final int LOST = 2;

  private final ActorTestKit kit = ActorTestKit.create(VirtualTime.config());
  private final VirtualTime time = new VirtualTime(kit);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final HandOver handOver =
      new HandOver(kit.system(), new Forgetful(), Duration.ofSeconds(10));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void an_origin_with_work_is_loaded_at_once_and_asked_until_it_answers() {
    handOver.bringBack("o-1");
    assertThat(told).containsExactly("RoomMade");

    for (var asked = 1; asked <= LOST + 1; asked++) {
      time.pass(HandOver.PAUSE.minusMillis(1));
      assertThat(told).hasSize(asked);
      time.pass(Duration.ofMillis(1));
      assertThat(told).hasSize(asked + 1).endsWith("Read");
    }

    time.pass(Duration.ofMinutes(10));
    assertThat(told).hasSize(LOST + 2);
  }

  /** Loses the first questions, as if their node died, and answers the others. */
  private final class Forgetful implements Region {
    @Override
    public void tell(String originId, Object message) {
      told.add(message.getClass().getSimpleName());
    }

    @Override
    public <R> CompletionStage<R> ask(
        String originId, Function<ActorRef<R>, Object> message, Duration timeout) {
      tell(originId, message.apply(kit.<R>createTestProbe().ref()));
      return told.size() <= LOST + 1
          ? CompletableFuture.failedFuture(new TimeoutException("the node died"))
          : CompletableFuture.completedFuture(null);
    }
  }
}
