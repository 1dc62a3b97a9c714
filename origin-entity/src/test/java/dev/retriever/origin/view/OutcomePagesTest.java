package dev.retriever.origin.view;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.Samples;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Cause;
import dev.retriever.origin.core.CoreRun;
import dev.retriever.origin.core.Decision;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What has settled behind a place: all of it, in order, or a gap that says what is gone. */
class OutcomePagesTest {
  private static final Duration RETENTION = Duration.ofHours(1);
  private static final OriginCore CORE =
      new OriginCore(1000, Long.MAX_VALUE, 3, Set.of(), new Retention(Optional.of(RETENTION)));
  private static final int LIMIT = 64;

  private final CoreRun run = new CoreRun(CORE);

  private long settle(String id) {
    run.submit(id, Samples.get());
    run.report(id, 1, answer(200));
    return run.state.row();
  }

  private long settle(int count) {
    for (var i = 0; i < count; i++) {
      settle("f" + i);
    }
    return run.state.row();
  }

  private long settleParked(String id) {
    var then = Optional.of(new StoredContinuation("then", Body.EMPTY));
    run.take(CORE.submit(run.state, id, Samples.get(), then, run.now, Optional.of(CoreRun.POOL)));
    run.report(id, 1, answer(200));
    var row = run.state.row();
    var parked = new HandlingFailed(Cause.keyOf(id), "why", run.now, Optional.empty());
    run.take(new Decision(Verdict.NOTED, List.of(parked), List.of()));
    return row;
  }

  private void forget() {
    var event = CORE.forget(run.state, run.now).orElseThrow();
    run.take(new Decision(Verdict.NOTED, List.of(event), List.of()));
  }

  private OutcomePage after(long row, int limit) {
    return new OutcomePages(CORE, 1000).after(run.state, row, limit, run.now, Map.of());
  }

  private OutcomePage after(long row) {
    return after(row, LIMIT);
  }

  private static List<Long> rows(OutcomePage page) {
    return page.items().stream().map(OutcomePage.Item::row).toList();
  }

  @Test
  void outcomes_after_a_place_come_in_the_order_of_settlement() {
    run.submit("slow", Samples.get());
    var quick = settle("quick");
    run.report("slow", 1, answer(200));
    var slow = run.state.row();

    assertThat(rows(after(0))).containsExactly(quick, slow);
    assertThat(rows(after(quick))).containsExactly(slow);
    assertThat(rows(after(slow - 1))).containsExactly(slow);
    assertThat(after(slow).saysNothing()).isTrue();
    assertThat(after(slow).newest()).isEqualTo(run.state.row());
  }

  @Test
  void pages_hold_each_once_whatever_their_size() {
    settle(50);
    for (var limit : List.of(1, 7, 49, 50, 51)) {
      var seen = new ArrayList<Long>();
      var at = 0L;
      for (var page = after(0, limit); !page.saysNothing(); page = after(at, limit)) {
        assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
        seen.addAll(rows(page));
        at = page.next(at);
      }
      assertThat(seen).hasSize(50).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void unhandled_outcomes_are_listed_like_all_others() {
    var first = settle("a");
    var parked = settleParked("parked");
    var last = settle("b");

    assertThat(rows(after(0))).containsExactly(first, parked, last);
    assertThat(rows(after(0, 2))).containsExactly(first, parked);
  }

  @Test
  void forgotten_outcomes_are_a_gap_for_readers_who_have_not_seen_them() {
    var gone = settle(64);
    run.pass(RETENTION);
    var kept = settle("kept");
    forget();

    assertThat(after(gone - 2).gapTo()).contains(gone);
    assertThat(rows(after(gone - 2))).containsExactly(kept);
    assertThat(after(gone).gapTo()).isEmpty();
    assertThat(rows(after(gone))).containsExactly(kept);
  }

  @Test
  void it_is_a_gap_whether_it_has_been_forgotten_yet_or_not() {
    var gone = settle(3);
    run.pass(RETENTION);
    var kept = settle("kept");

    assertThat(run.state.settled().forgotten()).isZero();
    assertThat(after(0).gapTo()).contains(gone);
    assertThat(rows(after(0))).containsExactly(kept);
  }

  @Test
  void a_gap_is_told_although_nothing_settled_since() {
    var gone = settle(64);
    run.pass(RETENTION);
    forget();

    var page = after(1);

    assertThat(page.gapTo()).contains(gone);
    assertThat(page.items()).isEmpty();
    assertThat(page.next(1)).isEqualTo(gone);
    assertThat(after(gone).saysNothing()).isTrue();
  }

  @Test
  void an_id_that_is_used_again_leaves_a_gap_where_it_settled_before() {
    var before = settle("a");
    run.pass(RETENTION);
    var again = settle("a");

    assertThat(after(0).gapTo()).contains(before);
    assertThat(rows(after(0))).containsExactly(again);
  }

  @Test
  void a_parked_one_whose_rows_may_be_gone_is_a_gap_before_what_follows_it() {
    settle("a");
    run.pass(RETENTION.dividedBy(2));
    var parked = settleParked("parked");
    run.pass(RETENTION);
    var kept = settle("kept");

    assertThat(after(0).gapTo()).contains(parked);
    assertThat(rows(after(0))).containsExactly(kept);
  }

  @Test
  void views_at_hand_are_sent_along_up_to_the_limit() {
    var rows = List.of(settle("a"), settle("b"), settle("c"));
    var views =
        Map.of(
            rows.get(0), view("a", 300),
            rows.get(1), view("b", 5_000),
            rows.get(2), view("c", 1));

    var page = new OutcomePages(CORE, 1000).after(run.state, 0, LIMIT, run.now, views);

    assertThat(page.items().stream().map(item -> item.view().isPresent()))
        .containsExactly(true, false, false);
  }

  private FetchView view(String id, int body) {
    var settled = run.settlement(id).orElseThrow();
    var response = new dev.retriever.executor.Response(200, List.of(), new Body(new byte[body]));
    var event =
        new OriginEvent.FetchSettled(
            id, new Outcome.Answered(response), false, settled.attempts(), settled.at());
    return Views.settled("origin", "o", Samples.START, event);
  }
}
