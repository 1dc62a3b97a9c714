package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool has one permit, and more wants to start. */
class OriginRoomTest {
  private final OriginFixture it = new OriginFixture(1);

  @AfterEach
  void stop() {
    it.close();
  }

  private void nothingIsSent() {
    it.read("x");
    it.here.executorIsIdle();
    it.here.wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void without_room_a_fetch_is_accepted_without_an_attempt_and_starts_when_there_is_some() {
    it.submit("a", Samples.get());
    var first = it.here.call("a", 1);

    var reply = it.submit("b", Samples.get());
    assertThat(reply.verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(reply.view().orElseThrow().attempts()).isEmpty();
    it.time.pass(Duration.ofMillis(1));
    nothingIsSent();

    first.end(answer(200));
    it.here.call("b", 1).end(answer(200));
    it.outcome("b");
    assertThat(it.events().get(1))
        .isEqualTo(
            new FetchAccepted(
                "b", Samples.get(), Samples.START, Optional.empty(), Optional.empty()));
    assertThat(it.events()).hasAtLeastOneElementOfType(AttemptStarted.class);
    it.permitsHeldBecome(0);
  }

  @Test
  void those_that_wait_start_in_the_order_of_their_acceptance() {
    it.submit("a", Samples.get());
    var first = it.here.call("a", 1);
    it.submit("b", Samples.get());
    it.submit("c", Samples.get());
    it.time.pass(Duration.ofMillis(1));
    it.read("x");

    first.end(answer(200));
    it.here.call("b", 1).end(answer(200));
    it.here.call("c", 1).end(answer(200));

    it.outcome("c");
    it.permitsHeldBecome(0);
  }

  @Test
  void room_that_nobody_tells_of_is_found_by_looking_again() {
    var foreign = new AttemptKey(OriginFixture.TYPE, "other", "x", 1);
    it.here.pool.reserve(foreign, Target.of(Samples.GET.url()));
    it.submit("a", Samples.get());
    it.time.pass(Duration.ofMillis(1));
    nothingIsSent();

    // The foreign permit lapses, and nobody is told of that.
    for (var second = 0; second < 5; second++) {
      it.time.pass(Duration.ofMillis(1_001));
      it.read("x");
    }

    it.here.call("a", 1);
  }

  @Test
  void a_fetch_that_is_cancelled_while_it_waits_for_room_does_not_start() {
    it.submit("a", Samples.get());
    var first = it.here.call("a", 1);
    it.submit("b", Samples.get());
    it.time.pass(Duration.ofMillis(1));
    it.read("x");

    it.cancel("b");
    first.end(answer(200));
    it.outcome("a");
    it.permitsHeldBecome(0);

    nothingIsSent();
    assertThat(it.outcome("b")).isEqualTo(new Outcome.Cancelled(false));
  }

  @Test
  void a_fetch_that_finds_no_room_at_all_has_failed_at_deadline_and_grace() {
    it.submit("a", Samples.get().timeout(Duration.ofHours(1)).within(Duration.ofHours(1)));
    it.here.call("a", 1);
    it.submit("b", Samples.get());
    it.time.pass(Duration.ofMillis(1));
    nothingIsSent();

    it.time.pass(FetchSpec.WITHIN.plus(FetchSpec.GRACE).plusMillis(1));

    assertThat(it.outcome("b"))
        .isEqualTo(new Outcome.Failed(Stage.QUEUED, OriginCore.DEADLINE_PASSED));
  }
}
