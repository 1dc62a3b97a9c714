package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.BodiesErased;
import dev.retriever.origin.OriginEvent.ErasureDone;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a settled fetch sent and got is erased. */
class OriginCoreErasureTest {
  private static final FetchSpec SPEC = Samples.get();

  private static final Duration RETENTION = Duration.ofDays(1);

  private final CoreRun run =
      new CoreRun(
          new OriginCore(100, Long.MAX_VALUE, 3, Set.of(), new Retention(Optional.of(RETENTION))));
  private final Erasing erasing = new Erasing(run.core);

  private Verdict erase(String id) {
    return run.take(erasing.erase(run.state, id, run.now)).verdict();
  }

  private Verdict overwritten(String id, long row) {
    return run.take(Erasing.done(run.state, id, row, run.now)).verdict();
  }

  private void settled(String id) {
    run.submit(id, SPEC);
    run.report(id, 1, answer(200));
  }

  private Erased erased(String id) {
    return run.state.settled(id).orElseThrow().erased();
  }

  @Test
  void a_settled_fetch_is_erased_once_its_rows_are_overwritten() {
    settled("a");

    assertThat(erase("a")).isEqualTo(Verdict.NOTED);
    assertThat(erased("a")).isEqualTo(Erased.UNDER_WAY);
    overwritten("a", run.state.row());

    assertThat(erased("a")).isEqualTo(Erased.DONE);
    assertThat(run.state.ownAlarms().next()).isEmpty();
  }

  @Test
  void to_ask_again_changes_nothing() {
    settled("a");
    erase("a");

    assertThat(erasing.erase(run.state, "a", run.now).events()).isEmpty();
    overwritten("a", run.state.row());
    assertThat(erasing.erase(run.state, "a", run.now).events()).isEmpty();
    assertThat(erasing.erase(run.state, "a", run.now).verdict()).isEqualTo(Verdict.NOTED);
  }

  @Test
  void a_pending_one_and_one_that_there_is_not_are_refused() {
    run.submit("a", SPEC);

    assertThat(erase("a")).isEqualTo(Verdict.NOT_SETTLED);
    assertThat(erase("b")).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(run.state.row()).isEqualTo(1);
  }

  @Test
  void it_is_asked_for_again_after_a_minute_and_then_at_times_that_double_up_to_an_hour() {
    settled("a");
    erase("a");
    var row = run.state.row();
    var minutes = new ArrayList<Long>();

    for (var minute = 1L; minute <= 250; minute++) {
      run.pass(Duration.ofMinutes(1));
      if (run.fire().events().contains(new BodiesErased("a", run.now))) {
        minutes.add(minute);
      }
    }

    assertThat(minutes).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 124L, 184L, 244L);
    assertThat(run.state.settled("a").orElseThrow().erasure().orElseThrow().row()).isEqualTo(row);
  }

  @Test
  void one_that_takes_longer_than_until_the_next_request_ends_all_the_same() {
    settled("a");
    erase("a");
    var first = run.state.row();
    run.pass(Erasing.AGAIN);
    run.fire();

    overwritten("a", first);

    assertThat(erased("a")).isEqualTo(Erased.DONE);
    assertThat(run.state.ownAlarms().next()).isEmpty();
  }

  @Test
  void a_redrive_that_has_read_the_request_just_before_is_refused() {
    settled("a");
    erase("a");

    assertThat(run.submit("a~r1", SPEC.redrive("a")).verdict()).isEqualTo(Verdict.ERASED);
  }

  @Test
  void no_checksum_of_an_answer_is_left() {
    settled("a");
    erase("a");

    assertThat(run.state.settled("a").orElseThrow().reportsSeen()).containsExactly(1L);
  }

  @Test
  void its_id_stays_taken_and_any_repeat_is_told_so() {
    settled("a");
    erase("a");

    assertThat(run.submit("a", SPEC).verdict()).isEqualTo(Verdict.ERASED);
    assertThat(run.submit("a", SPEC.timeout(Duration.ofSeconds(3))).verdict())
        .isEqualTo(Verdict.ERASED);
    assertThat(run.state.settled("a").orElseThrow().fingerprint()).isEmpty();
  }

  @Test
  void a_late_answer_is_kept_without_what_it_brought() {
    run.submit("a", SPEC);
    run.cancel("a");
    erase("a");

    var late = run.report("a", 1, answer(200));

    var kept = (LateAnswerKept) late.events().get(0);
    var response = ((Report.Answered) kept.report()).response();
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body().size()).isZero();
    assertThat(response.headers()).isEmpty();
    assertThat(answer(200)).isNotEqualTo(kept.report());
  }

  @Test
  void a_repeated_report_is_no_contradiction() {
    settled("a");
    erase("a");

    var repeated = run.report("a", 1, answer(200));

    assertThat(repeated.effects())
        .containsExactly(Decision.Effect.Note.attempt(Notice.DUPLICATE_REPORTS, "a", 1));
  }

  @Test
  void it_is_not_forgotten_before_it_is_erased() {
    settled("a");
    erase("a");
    for (var i = 0; i < 64; i++) {
      settled("b" + i);
    }
    run.pass(Duration.ofDays(2));

    var forgotten = run.core.forget(run.state, run.now);

    assertThat(forgotten.map(it -> it.orders()).orElse(List.of())).doesNotContain(1L);
    assertThat(run.core.knows(run.state, "a", run.now)).isTrue();
    run.take(Decision.nothing(Verdict.NOTED));
    run.take(new Decision(Verdict.NOTED, List.of(new ErasureDone("a", START)), List.of()));
    assertThat(run.core.knows(run.state, "a", run.now)).isFalse();
  }
}
