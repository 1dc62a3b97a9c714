package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import dev.retriever.origin.Samples;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.entity.OriginReply;
import dev.retriever.origin.entity.Replies;
import dev.retriever.origin.view.Listing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Settled fetches are remembered for the retention, and forgotten after it. */
class OriginCoreRetentionTest {
  private static final Duration RETENTION = Duration.ofHours(1);
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final OriginCore CORE =
      new OriginCore(1000, Long.MAX_VALUE, 3, Set.of(), new Retention(Optional.of(RETENTION)));

  private final CoreRun run = new CoreRun(CORE);

  private void settle(String id) {
    run.submit(id, Samples.get());
    run.report(id, 1, answer(200));
  }

  private void settle(int count) {
    for (var i = 0; i < count; i++) {
      settle("f" + i);
    }
  }

  private Optional<SettledForgotten> forget() {
    var event = CORE.forget(run.state, run.now);
    event.ifPresent(
        forgotten ->
            run.take(new Decision(Verdict.NOTED, List.of(forgotten), List.<Decision.Effect>of())));
    return event;
  }

  private void fails(String id) {
    var parked = new HandlingFailed(Cause.keyOf(id), "why", run.now, Optional.empty());
    run.take(new Decision(Verdict.NOTED, List.of(parked), List.of()));
  }

  private void settleUnhandled(String id) {
    var then = Optional.of(new StoredContinuation("then", Body.EMPTY));
    run.take(CORE.submit(run.state, id, Samples.get(), then, run.now, Optional.of(CoreRun.POOL)));
    run.report(id, 1, answer(200));
    fails(id);
  }

  private List<String> listed() {
    return Listing.page(
            "o", run.state, Optional.empty(), 0, 500, f -> CORE.remembers(run.state, f, run.now))
        .items()
        .stream()
        .map(FetchSummary::id)
        .toList();
  }

  @Test
  void within_the_retention_the_same_again_is_the_same_fetch() {
    settle("a");
    run.pass(RETENTION.minus(MOMENT));

    assertThat(run.submit("a", Samples.get()).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(run.submit("a", Samples.post()).verdict()).isEqualTo(Verdict.ID_REUSED);
    assertThat(run.cancel("a").verdict()).isEqualTo(Verdict.SETTLED_OTHERWISE);
    assertThat(CoreRun.notices(run.report("a", 1, answer(200))))
        .containsExactly(Notice.DUPLICATE_REPORTS);
    assertThat(CORE.knows(run.state, "a", run.now)).isTrue();
    assertThat(listed()).containsExactly("a");
  }

  @Test
  void after_it_there_is_no_such_fetch_although_it_is_not_forgotten_yet() {
    settle("a");
    run.pass(RETENTION);

    assertThat(run.state.settled("a")).isPresent();
    assertThat(CORE.knows(run.state, "a", run.now)).isFalse();
    assertThat(listed()).isEmpty();
    assertThat(run.cancel("a").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(CoreRun.notices(run.report("a", 1, answer(200))))
        .containsExactly(Notice.STRAY_REPORTS);
  }

  @Test
  void its_id_is_free_again_and_leaves_nothing_of_the_former_behind() {
    settle("a");
    run.pass(RETENTION);

    var again = run.submit("a", Samples.post());

    assertThat(again.verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(run.state.settled().size()).isZero();
    assertThat(run.state.settled().byRow()).isEmpty();
    assertThat(run.state.pending("a").orElseThrow().order()).isEqualTo(2);
    run.report("a", 1, answer(201));
    assertThat(run.state.settled("a").orElseThrow().status()).contains(201);
    assertThat(run.state.orders()).hasSize(1);
  }

  @Test
  void for_good_means_that_nothing_is_ever_over() {
    var forever = new OriginCore(10, Long.MAX_VALUE, 3, Set.of(), Retention.FOREVER);
    settle("a");
    run.pass(Duration.ofDays(36_500));

    assertThat(forever.knows(run.state, "a", run.now)).isTrue();
    assertThat(forever.forget(run.state, run.now)).isEmpty();
  }

  @Test
  void many_are_forgotten_in_bounded_steps_the_oldest_first() {
    settle(150);
    run.pass(RETENTION);

    assertThat(forget().orElseThrow().orders())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 64).boxed().toList());
    assertThat(forget().orElseThrow().orders())
        .containsExactlyElementsOf(LongStream.rangeClosed(65, 128).boxed().toList());

    assertThat(forget()).as("a row for few is not worth it").isEmpty();
    assertThat(run.state.settled().size()).isEqualTo(22);
    assertThat(run.state.orders()).hasSize(22);
  }

  @Test
  void a_fetch_younger_than_the_retention_stays() {
    settle(63);
    run.pass(MOMENT);
    settle("young");
    run.pass(RETENTION.minus(MOMENT));

    assertThat(forget()).isEmpty();
    run.pass(MOMENT);
    assertThat(forget().orElseThrow().orders()).hasSize(64);
    assertThat(run.state.orders()).isEmpty();
  }

  @Test
  void one_that_settles_late_does_not_hold_up_those_accepted_after_it() {
    run.submit("slow", Samples.get().within(Duration.ofDays(1)));
    settle(64);
    run.pass(RETENTION.minus(MOMENT));
    run.report("slow", 1, answer(200));
    run.pass(MOMENT);

    assertThat(forget().orElseThrow().orders()).hasSize(64).doesNotContain(1L);
    assertThat(run.state.settled("slow")).isPresent();
  }

  @Test
  void a_parked_one_is_kept_and_holds_up_no_other() {
    settleUnhandled("parked");
    settle(64);
    run.pass(RETENTION.multipliedBy(10));

    assertThat(forget().orElseThrow().orders()).hasSize(64).doesNotContain(1L);
    assertThat(run.state.unhandled()).hasSize(1);
    assertThat(run.submit("parked", Samples.get()).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(run.submit("parked", Samples.post()).verdict()).isEqualTo(Verdict.ID_REUSED);
    assertThat(listed()).containsExactly("parked");
    // Its rows may be gone, so nothing of it is to be read.
    var replies = new Replies("origin", "o", 1000, CORE);
    assertThat(replies.fetch(run.state, Verdict.NOTED, "parked", run.now))
        .isEqualTo(new OriginReply.Fetch(Verdict.NOTED, Optional.empty(), Optional.empty()));
  }

  @Test
  void once_handled_it_may_be_forgotten() {
    settleUnhandled("parked");
    fails("parked");
    run.pass(RETENTION);
    handled(Cause.keyOf("parked"));

    assertThat(CORE.knows(run.state, "parked", run.now)).isFalse();
    assertThat(run.state.settled().byRow()).hasSize(1);
  }

  @Test
  void it_is_kept_until_all_that_came_of_it_is_handled() {
    var then = Optional.of(new StoredContinuation("then", Body.EMPTY));
    run.take(CORE.submit(run.state, "a", Samples.post(), then, run.now, Optional.of(CoreRun.POOL)));
    run.pass(Duration.ofMinutes(10)).fire();
    fails("a");
    run.report("a", 1, answer(200));
    var late = new HandlingFailed(Cause.keyOf("a", 1), "why", run.now, Optional.empty());
    run.take(new Decision(Verdict.NOTED, List.of(late), List.of()));
    run.pass(RETENTION.multipliedBy(2));

    handled(Cause.keyOf("a"));
    assertThat(CORE.knows(run.state, "a", run.now)).isTrue();
    handled(Cause.keyOf("a", 1));

    assertThat(CORE.knows(run.state, "a", run.now)).isFalse();
  }

  private void handled(String cause) {
    var handled = new ContinuationHandled(cause, run.now);
    run.take(new Decision(Verdict.NOTED, List.of(handled), List.of()));
  }

  @Test
  void a_late_answer_does_not_make_it_younger_twice() {
    run.submit("a", Samples.post());
    run.pass(Duration.ofMinutes(10)).fire();
    run.report("a", 1, answer(200));

    assertThat(run.state.settled("a").orElseThrow().lateRows()).hasSize(1);
    assertThat(run.state.settled().byRow()).hasSize(1);
    run.pass(RETENTION);
    assertThat(CORE.knows(run.state, "a", run.now)).isFalse();
  }

  @Test
  void replay_gives_the_same_whatever_the_retention_is_by_then() {
    settle(70);
    run.pass(RETENTION);
    forget();
    settle("f1");

    var replayed = OriginState.empty();
    for (var event : run.journal) {
      replayed = replayed.apply(event);
    }

    assertThat(replayed.settled()).isEqualTo(run.state.settled());
    assertThat(replayed.orders()).isEqualTo(run.state.orders());
    assertThat(replayed.row()).isEqualTo(run.state.row());
  }
}
