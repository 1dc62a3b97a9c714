package dev.retriever.origin.core.schedules;

import static dev.retriever.origin.schedules.TickNote.Result.FIRED;
import static dev.retriever.origin.schedules.TickNote.Result.PAUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Body;
import dev.retriever.origin.InvalidSpec;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.ScheduleAnswer.Result;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleRequest.Condition;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView.Counts;
import dev.retriever.origin.schedules.ScheduleView.State;
import dev.retriever.origin.schedules.Schedules;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.WhileRunning;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What callers may ask of a schedule. */
class ScheduleChangesTest {
  private static final String NOON = "2026-06-01T12:00:00Z";
  private static final ScheduleSpec QUARTERS =
      ScheduleRun.cron("*/15 * * * *", "UTC").overlap(WhileRunning.ALLOW);

  private final ScheduleRun it = new ScheduleRun();

  @Test
  void the_same_contents_change_nothing_and_others_get_a_new_generation() {
    assertThat(it.put(QUARTERS, NOON).result()).isEqualTo(Result.CREATED);
    it.origin.pass(Duration.ofMinutes(1));
    assertThat(it.put(QUARTERS).result()).isEqualTo(Result.DONE);
    assertThat(it.origin.rows(ScheduleEvent.ScheduleSet.class)).hasSize(1);

    assertThat(it.put(QUARTERS.maxRuns(100)).result()).isEqualTo(Result.CHANGED);

    assertThat(it.view().generation()).isEqualTo(2);
    it.run("2026-06-01T12:15:00Z");
    assertThat(it.fetches()).containsExactly("2~2026-06-01T12:15:00Z");
  }

  @Test
  void made_anew_it_has_other_fetches_for_the_same_times() {
    it.put(QUARTERS, NOON);
    it.run("2026-06-01T12:15:00Z");
    it.origin.ask(new ScheduleRequest.Remove("s", Condition.NONE));
    it.put(QUARTERS);

    it.backfill("2026-06-01T12:15:00Z", "2026-06-01T12:15:00Z");
    it.run("2026-06-01T12:15:00Z");

    assertThat(it.fetches()).containsExactly("1~2026-06-01T12:15:00Z", "5~2026-06-01T12:15:00Z");
  }

  @Test
  void a_change_loses_no_tick_that_is_due() {
    it.put(QUARTERS, NOON);
    it.sleep("2026-06-01T12:15:00.5Z");

    it.put(QUARTERS.maxRuns(100));

    assertThat(it.fetches()).containsExactly("1~2026-06-01T12:15:00Z");
    assertThat(it.view().upcoming().get(0).tick().nominal()).isEqualTo("2026-06-01T12:30:00Z");
  }

  @Test
  void a_change_is_refused_while_more_ticks_are_due_than_one_write_decides() {
    var seconds = ScheduleRun.every(Duration.ofSeconds(1)).overlap(WhileRunning.ALLOW);
    it.put(seconds.catchUp(new CatchUp(CatchUp.Policy.ALL, CatchUp.WITHIN, 100)), NOON);
    it.sleep("2026-06-01T13:00:00Z");

    var early = it.put(QUARTERS);
    assertThat(early.result()).isEqualTo(Result.TICKS_DUE);
    assertThat(early.view().orElseThrow().generation()).isEqualTo(1);
    it.run("2026-06-01T13:00:00Z");

    assertThat(it.put(QUARTERS).result()).isEqualTo(Result.CHANGED);
    assertThat(it.fetches()).hasSize(100 + 61);
    assertThat(it.view().counts()).isEqualTo(new Counts(161, 0, 3_600 - 161, 0));
  }

  @Test
  void a_change_is_refused_while_a_backfill_is_under_way() {
    it.put(QUARTERS, NOON);
    it.backfill("2026-05-31T00:00:00Z", "2026-06-01T11:45:00Z");

    var early = it.put(QUARTERS.maxRuns(100));
    assertThat(early.result()).isEqualTo(Result.BACKFILL_RUNS);
    assertThat(it.put(QUARTERS).result()).as("with the same contents").isEqualTo(Result.DONE);
    it.run(NOON);

    assertThat(it.fetches()).hasSize(144);
    assertThat(it.put(QUARTERS.maxRuns(100)).result()).isEqualTo(Result.CHANGED);
  }

  @Test
  void a_condition_asks_for_a_generation_or_for_none() {
    var first = new Condition(Optional.of(1L), false);
    assertThat(it.origin.ask(new ScheduleRequest.Put("s", QUARTERS, first)).result())
        .isEqualTo(Result.OTHER_GENERATION);
    it.put(QUARTERS);
    assertThat(it.origin.ask(new ScheduleRequest.Put("s", QUARTERS.maxRuns(1), first)).result())
        .isEqualTo(Result.CHANGED);
    assertThat(it.origin.ask(new ScheduleRequest.Put("s", QUARTERS.maxRuns(2), first)).result())
        .isEqualTo(Result.OTHER_GENERATION);
    var onlyNew = new Condition(Optional.empty(), true);
    assertThat(it.origin.ask(new ScheduleRequest.Put("s", QUARTERS, onlyNew)).result())
        .isEqualTo(Result.OTHER_GENERATION);
    assertThat(it.origin.ask(new ScheduleRequest.Remove("s", first)).result())
        .isEqualTo(Result.OTHER_GENERATION);
    assertThat(it.view().spec().maxRuns()).contains(1);
  }

  @Test
  void one_that_would_never_tick_is_refused() {
    var never = QUARTERS.between(Optional.empty(), Optional.of(Instant.parse(NOON).plusSeconds(1)));

    assertThat(it.put(never, NOON).result()).isEqualTo(Result.NEVER_TICKS);
    var far = Instant.parse("9999-01-01T00:00:00Z");
    assertThat(it.put(QUARTERS.between(Optional.of(far), Optional.empty())).result())
        .isEqualTo(Result.NEVER_TICKS);
    assertThatThrownBy(() -> ScheduleRun.cron("0 0 31 2 *", "UTC"))
        .isInstanceOf(InvalidSpec.class)
        .hasMessageContaining("never fires");
    assertThat(it.origin.state().schedules().isEmpty()).isTrue();
  }

  @Test
  void what_is_out_of_range_is_refused_with_its_place() {
    var end = Optional.of(Instant.parse(NOON));
    var start = Optional.of(Instant.parse(NOON).plusSeconds(1));

    assertThatThrownBy(() -> QUARTERS.between(start, end)).hasMessageContaining("end must not");
    assertThatThrownBy(() -> QUARTERS.maxRuns(0)).hasMessageContaining("maxRuns must");
    assertThatThrownBy(() -> ScheduleRun.every(Duration.ZERO)).hasMessageContaining("every must");
    assertThatThrownBy(() -> QUARTERS.jitter(Duration.ofDays(2)))
        .hasMessageContaining("jitter must");
    assertThatThrownBy(() -> new CatchUp(CatchUp.Policy.ALL, CatchUp.WITHIN, 0))
        .hasMessageContaining("max must");
    var delayed = ScheduleRun.FETCH.delay(Duration.ofMinutes(1));
    assertThatThrownBy(() -> ScheduleSpec.of(QUARTERS.ticks(), delayed))
        .hasMessageContaining("delay");
    var large = Samples.POST.body(new Body(new byte[64 * 1024]));
    assertThatThrownBy(() -> ScheduleSpec.of(QUARTERS.ticks(), ScheduleRun.FETCH.request(large)))
        .hasMessageContaining("64 KiB");
  }

  @Test
  void an_origin_has_so_many_and_no_more() {
    for (var i = 0; i < Schedules.MOST; i++) {
      it.origin.ask(new ScheduleRequest.Put("s" + i, QUARTERS, Condition.NONE));
    }

    assertThat(it.put(QUARTERS).result()).isEqualTo(Result.TOO_MANY_SCHEDULES);
    var page = it.origin.ask(new ScheduleRequest.ListAll(Optional.of("s998"), 5)).list();
    assertThat(page).extracting(each -> each.id()).containsExactly("s999");
  }

  @Test
  void ticks_of_a_pause_are_passed_over_unless_they_are_to_be_caught_up_with() {
    it.put(QUARTERS, NOON);
    it.origin.ask(new ScheduleRequest.Pause("s"));
    it.run("2026-06-01T13:05:00Z");
    assertThat(it.view().state()).isEqualTo(State.PAUSED);
    assertThat(it.view().upcoming().get(0).tick().nominal()).isEqualTo("2026-06-01T13:15:00Z");

    it.origin.ask(new ScheduleRequest.Resume("s", false));

    assertThat(it.results()).containsExactly(PAUSED);
    assertThat(it.view().counts().paused()).isEqualTo(4);
    it.run("2026-06-01T13:15:00Z");
    assertThat(it.fetches()).containsExactly("1~2026-06-01T13:15:00Z");

    it.origin.ask(new ScheduleRequest.Pause("s"));
    it.run("2026-06-01T14:05:00Z");
    it.origin.ask(new ScheduleRequest.Resume("s", true));
    it.run("2026-06-01T14:05:00Z");
    assertThat(it.fetches()).hasSize(2).last().isEqualTo("1~2026-06-01T14:00:00Z");
    assertThat(it.view().counts().missed()).isEqualTo(2);
  }

  @Test
  void two_triggers_in_one_moment_are_two_fetches_and_no_runs() {
    it.put(QUARTERS.maxRuns(1), NOON);

    var first = it.origin.ask(new ScheduleRequest.Trigger("s"));
    var second = it.origin.ask(new ScheduleRequest.Trigger("s"));

    assertThat(List.of(first.fetchId().orElseThrow(), second.fetchId().orElseThrow()))
        .containsExactly("s~t2", "s~t4");
    assertThat(first.fetch()).contains(Verdict.ACCEPTED);
    assertThat(it.view().state()).isEqualTo(State.ACTIVE);
    assertThat(it.view().runs()).isZero();
    var gone = new ScheduleRequest.Trigger("other");
    assertThat(it.origin.ask(gone).result()).isEqualTo(Result.NO_SUCH_SCHEDULE);
  }

  @Test
  void a_backfill_makes_what_was_not_made_and_a_repeat_makes_nothing() {
    it.put(QUARTERS, NOON);
    it.run("2026-06-01T12:30:00Z");
    var dry = it.backfill("2026-06-01T11:45:00Z", "2026-06-01T12:30:00Z", true, false);
    assertThat(dry.backfill().orElseThrow().count()).isEqualTo(2);
    assertThat(dry.backfill().orElseThrow().before()).isEqualTo(2);
    assertThat(it.fetches()).hasSize(2);

    it.backfill("2026-06-01T11:45:00Z", "2026-06-01T12:30:00Z");
    it.run("2026-06-01T12:30:00Z");
    it.origin.restore();
    var again = it.backfill("2026-06-01T11:45:00Z", "2026-06-01T12:30:00Z");
    it.run("2026-06-01T12:30:00Z");

    assertThat(again.backfill().orElseThrow().count()).isZero();
    assertThat(it.fetches().subList(2, 4))
        .containsExactly("1~2026-06-01T11:45:00Z", "1~2026-06-01T12:00:00Z");
    assertThat(it.fetches()).hasSize(4);
    assertThat(it.view().backfill()).isEmpty();
  }

  @Test
  void a_backfill_of_thousands_goes_on_in_writes_of_64_and_is_not_repeated_after_the_retention() {
    var minutes = ScheduleRun.cron("* * * * *", "UTC").overlap(WhileRunning.ALLOW);
    it.put(minutes, NOON);
    it.backfill("2026-05-31T00:00:00Z", "2026-05-31T16:39:00Z");
    assertThat(it.view().backfill().orElseThrow().count()).isEqualTo(1000);
    it.origin.fire(64);
    assertThat(it.view().backfill().orElseThrow().done()).isEqualTo(64);
    assertThat(it.backfill(NOON, NOON).result()).isEqualTo(Result.BACKFILL_RUNS);
    it.run(NOON);
    assertThat(it.fetches()).hasSize(1000).doesNotHaveDuplicates();
    assertThat(it.schedule().done().ranges()).hasSize(1);

    it.origin.restore();
    it.sleep("2027-06-01T12:00:00Z");
    it.origin.ask(new ScheduleRequest.Pause("s"));
    var again = it.backfill("2026-05-31T00:00:00Z", "2026-05-31T16:40:00Z", true, false);

    assertThat(again.backfill().orElseThrow().count()).isEqualTo(1);
    assertThat(again.backfill().orElseThrow().first())
        .containsExactly(Instant.parse("2026-05-31T16:40:00Z"));
  }

  @Test
  void a_backfill_is_refused_ahead_of_now_beyond_its_size_and_where_it_may_repeat() {
    it.put(ScheduleRun.cron("* * * * *", "UTC"), NOON);
    assertThat(it.backfill(NOON, "2026-06-01T12:00:01Z").result()).isEqualTo(Result.AHEAD);
    assertThat(it.backfill("2026-05-01T00:00:00Z", NOON).result()).isEqualTo(Result.TOO_MANY_TICKS);

    // Every other minute is a range of its own, and more than are kept.
    it.put(ScheduleRun.cron("*/2 * * * *", "UTC").overlap(WhileRunning.ALLOW));
    for (var i = 1; i <= DoneTimes.MOST + 1; i++) {
      var tick = Instant.parse(NOON).minus(Duration.ofMinutes(4L * i)).toString();
      it.backfill(tick, tick);
      it.run(NOON);
    }
    var first = Instant.parse(NOON).minus(Duration.ofMinutes(4L * (DoneTimes.MOST + 1)));
    var asked = it.backfill(first.toString(), first.toString(), true, false);
    assertThat(asked.result()).isEqualTo(Result.MAY_REPEAT);
    assertThat(it.backfill(first.toString(), first.toString(), true, true).result())
        .isEqualTo(Result.DONE);
  }

  @Test
  void ticks_that_were_backfilled_before_they_are_caught_up_with_are_made_once() {
    it.put(QUARTERS.catchUp(new CatchUp(CatchUp.Policy.ALL, CatchUp.WITHIN, 100)), NOON);
    it.origin.ask(new ScheduleRequest.Pause("s"));
    it.run("2026-06-01T13:05:00Z");
    it.backfill("2026-06-01T12:15:00Z", "2026-06-01T12:30:00Z");
    it.run("2026-06-01T13:05:00Z");

    it.origin.ask(new ScheduleRequest.Resume("s", true));
    it.run("2026-06-01T13:05:00Z");

    assertThat(it.fetches()).hasSize(4).doesNotHaveDuplicates();
    assertThat(it.view().recent()).filteredOn(note -> note.result() == FIRED).hasSize(4);
    assertThat(it.view().recent())
        .filteredOn(note -> note.reason().equals(Optional.of("done")))
        .hasSize(2);
  }

  @Test
  void its_last_ticks_are_kept_and_not_more() {
    it.put(QUARTERS, NOON);
    it.run("2026-06-02T12:00:00Z");

    assertThat(it.view().recent()).hasSize(20);
    assertThat(it.view().recent().get(0).nominal()).isEqualTo("2026-06-02T12:00:00Z");
    assertThat(it.view().recent()).extracting(TickNote::result).containsOnly(FIRED);
    assertThat(it.schedule().done().ranges()).hasSize(1);
  }
}
