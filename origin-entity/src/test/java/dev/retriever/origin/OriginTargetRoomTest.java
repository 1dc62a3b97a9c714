package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Stage;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each target has room for one attempt, and the pool for many. */
class OriginTargetRoomTest {
  private static final FetchSpec BUSY = FetchSpec.of(FetchRequest.get("http://busy.example/"));
  private static final FetchSpec FREE = FetchSpec.of(FetchRequest.get("http://free.example/"));
  private static final int MANY = 50;

  private final OriginFixture it = new OriginFixture(1000, new BareOrigin(), Map.of(), 1);

  @AfterEach
  void stop() {
    it.close();
  }

  private void nothingIsSent() {
    it.time.pass(Duration.ofMillis(1));
    it.read("x");
    it.here.executorIsIdle();
    it.here.wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_full_target_holds_up_nobody_who_wants_another_one() {
    it.submit("a", BUSY);
    it.here.call("a", 1);
    it.submit("b", BUSY);
    it.submit("c", BUSY);

    it.submit("free", FREE);

    it.here.call("free", 1).end(answer(200));
    it.outcome("free");
    nothingIsSent();
  }

  @Test
  void one_that_retries_at_a_free_target_is_not_behind_those_that_wait_for_a_full_one() {
    it.submit("free", FREE.retry(Samples.attempts(2)));
    it.here.call("free", 1).end(answer(503));
    it.submit("a", BUSY);
    it.here.call("a", 1);
    it.submit("b", BUSY);
    it.submit("c", BUSY);
    nothingIsSent();

    it.time.pass(Duration.ofSeconds(10));

    it.here.call("free", 2).end(answer(200));
    it.outcome("free");
  }

  @Test
  void however_many_wait_each_journals_three_rows_and_they_go_in_order() {
    it.submit("0", BUSY);
    for (var i = 1; i < MANY; i++) {
      it.submit("" + i, BUSY);
    }
    for (var second = 0; second < 5; second++) {
      it.time.pass(Duration.ofMillis(1001));
      it.read("x");
    }

    for (var i = 0; i < MANY; i++) {
      it.here.call("" + i, 1).end(answer(200));
    }

    for (var i = 0; i < MANY; i++) {
      assertThat(it.outcome("" + i)).isEqualTo(new Outcome.Answered(Samples.response(200)));
    }
    assertThat(it.events()).hasSize(3 * MANY - 1);
    it.permitsHeldBecome(0);
  }

  @Test
  void a_fetch_that_finds_no_room_has_failed_at_deadline_and_grace_with_no_attempt() {
    it.submit("a", BUSY.timeout(Duration.ofHours(1)).within(Duration.ofHours(1)));
    it.here.call("a", 1);
    it.submit("b", BUSY);
    nothingIsSent();

    it.time.pass(FetchSpec.WITHIN.plus(FetchSpec.GRACE).plusMillis(1));

    assertThat(it.outcome("b"))
        .isEqualTo(new Outcome.Failed(Stage.QUEUED, OriginCore.DEADLINE_PASSED));
    assertThat(it.settlements("b").get(0).attempts()).isEmpty();
  }

  @Test
  void a_redirect_to_a_full_target_waits_for_it_as_others_do() {
    it.submit("a", BUSY);
    var held = it.here.call("a", 1);
    it.submit("r", FREE.redirects(1));
    it.here.call("r", 1).end(answer(302, new Header("Location", "http://busy.example/there")));
    nothingIsSent();
    it.submit("free", FREE);
    it.here.call("free", 1).end(answer(200));

    held.end(answer(200));

    it.here.call("r", 2).end(answer(200));
    it.outcome("r");
    assertThat(it.events().stream().filter(AttemptEnded.class::isInstance)).hasSize(1);
  }

  @Test
  void room_that_an_earlier_incarnation_left_behind_is_found_again() {
    it.submit("a", BUSY);
    var held = it.here.call("a", 1);
    it.submit("b", BUSY);
    nothingIsSent();

    it.restart();
    it.read("x");
    held.end(answer(200));

    it.here.call("b", 1).end(answer(200));
    it.outcome("b");
    it.permitsHeldBecome(0);
  }
}
