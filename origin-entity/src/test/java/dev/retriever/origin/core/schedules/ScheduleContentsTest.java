package dev.retriever.origin.core.schedules;

import static dev.retriever.origin.schedules.TickNote.Result.FIRED;
import static dev.retriever.origin.schedules.TickNote.Result.PAUSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.schedules.ScheduleAnswer.Result;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView.Counts;
import dev.retriever.origin.schedules.ScheduleView.State;
import dev.retriever.origin.schedules.TickRule;
import dev.retriever.origin.schedules.WhileRunning;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of ticks when a schedule gets other contents. */
class ScheduleContentsTest {
  private static final String NOON = "2026-06-01T12:00:00Z";
  private static final TickRule RULE = TickRule.cron("*/15 * * * *", ZoneOffset.UTC);
  private static final ScheduleSpec QUARTERS = ScheduleSpec.of(RULE, ScheduleRun.FETCH);

  /** The same, and it goes elsewhere. */
  private static final ScheduleSpec OTHERS =
      ScheduleSpec.of(RULE, FetchSpec.of(FetchRequest.get("http://target.example/other")));

  private static final Duration JITTER = Duration.ofMinutes(10);

  private final ScheduleRun it = new ScheduleRun();

  @Test
  void a_tick_that_waits_makes_its_fetch_by_the_new_contents() {
    oneWaits(QUARTERS);

    it.put(OTHERS.overlap(WhileRunning.QUEUE_ONE));
    assertThat(it.fetches()).hasSize(1);
    it.answer();

    assertThat(urls()).last().isEqualTo("http://target.example/other");
    assertThat(it.fetches()).last().isEqualTo("6~2026-06-01T12:30:00Z");
    assertThat(it.view().runs()).isEqualTo(1);
  }

  @Test
  void a_tick_that_waits_is_a_run_of_the_new_contents() {
    oneWaits(QUARTERS);

    it.put(QUARTERS.overlap(WhileRunning.QUEUE_ONE).maxRuns(1));
    assertThat(it.view().state()).isEqualTo(State.ENDED);
    it.answer();
    it.run("2026-06-01T18:00:00Z");

    assertThat(it.view().runs()).isEqualTo(1);
  }

  @Test
  void a_tick_that_waits_begins_with_contents_that_let_it() {
    oneWaits(QUARTERS);

    it.put(OTHERS.overlap(WhileRunning.ALLOW));

    assertThat(it.fetches()).hasSize(2);
    assertThat(it.view().waiting()).isEmpty();
    assertThat(it.origin.rows(FetchSettled.class)).isEmpty();
  }

  @Test
  void a_tick_that_waits_cancels_the_one_before_with_contents_that_say_so() {
    oneWaits(QUARTERS);

    it.put(OTHERS.overlap(WhileRunning.CANCEL));

    assertThat(it.fetches()).hasSize(2);
    assertThat(it.origin.rows(FetchSettled.class))
        .extracting(FetchSettled::fetchId)
        .containsExactly("s~1~2026-06-01T12:15:00Z");
    assertThat(it.view().running()).contains("s~6~2026-06-01T12:30:00Z");
  }

  private void oneWaits(ScheduleSpec spec) {
    it.put(spec.overlap(WhileRunning.QUEUE_ONE), NOON);
    it.run("2026-06-01T12:30:00Z");
    assertThat(it.view().waiting()).isPresent();
  }

  @Test
  void a_tick_whose_jitter_is_not_over_is_one_of_the_new_contents_if_they_have_it() {
    var due = jitterRuns();

    it.put(OTHERS.jitter(JITTER));

    assertThat(it.fetches()).isEmpty();
    assertThat(it.view().upcoming().get(0).tick().due()).isEqualTo(due);
    it.run(due.toString());
    assertThat(urls()).containsExactly("http://target.example/other");
    assertThat(it.fetches()).containsExactly("2~2026-06-01T12:15:00Z");
    it.run("2026-06-01T12:45:00Z");
    assertThat(it.fetches()).as("none is made twice or passed over").hasSize(2);
  }

  @Test
  void a_tick_whose_jitter_is_not_over_is_decided_with_a_change_to_other_times() {
    jitterRuns();

    it.put(ScheduleRun.cron("7 * * * *", "UTC"));

    assertThat(it.fetches()).containsExactly("1~2026-06-01T12:15:00Z");
    assertThat(it.results()).containsExactly(FIRED);
    assertThat(it.view().upcoming().get(0).tick().nominal()).isEqualTo("2026-06-01T13:07:00Z");
  }

  @Test
  void new_contents_with_more_times_make_none_of_before_the_change() {
    jitterRuns();
    var change = it.origin.now();

    it.put(ScheduleRun.every(Duration.ofSeconds(1)).overlap(WhileRunning.ALLOW));

    assertThat(it.fetches()).containsExactly("1~2026-06-01T12:15:00Z");
    assertThat(it.view().upcoming().get(0).tick().nominal()).isAfter(change);
  }

  /** Some ms after the time of the first tick. */
  private Instant jitterRuns() {
    it.put(QUARTERS.jitter(JITTER), NOON);
    var first = it.view().upcoming().get(0).tick();
    assertThat(first.due()).isAfter("2026-06-01T12:15:01.5Z");
    it.run("2026-06-01T12:15:01.500Z");
    return first.due();
  }

  @Test
  void ticks_of_a_pause_are_counted_when_the_contents_change_and_not_once_more() {
    it.put(QUARTERS, NOON);
    it.origin.ask(new ScheduleRequest.Pause("s"));
    it.run("2026-06-01T13:05:00Z");

    assertThat(it.put(OTHERS).result()).isEqualTo(Result.CHANGED);
    assertThat(it.view().counts()).isEqualTo(new Counts(0, 0, 0, 4));
    assertThat(it.results()).containsExactly(PAUSED);
    assertThat(it.view().state()).isEqualTo(State.PAUSED);
    it.origin.restore();
    it.origin.ask(new ScheduleRequest.Resume("s", false));

    assertThat(it.view().counts().paused()).isEqualTo(4);
    it.run("2026-06-01T13:15:00Z");
    assertThat(it.fetches()).containsExactly("4~2026-06-01T13:15:00Z");
  }

  @Test
  void a_tick_of_a_pause_whose_jitter_is_not_over_is_kept_or_counted_when_the_contents_change() {
    jitterRuns();
    it.origin.ask(new ScheduleRequest.Pause("s"));

    it.put(OTHERS.jitter(JITTER));
    assertThat(it.view().counts()).isEqualTo(Counts.NONE);
    it.put(ScheduleRun.cron("7 * * * *", "UTC"));

    assertThat(it.view().counts()).isEqualTo(new Counts(0, 0, 0, 1));
    assertThat(it.fetches()).isEmpty();
  }

  @Test
  void keys_of_its_fetches_do_not_come_again_in_another_life_of_its_origin() {
    var later = new ScheduleRun();
    for (var life : List.of(it, later)) {
      life.put(QUARTERS, life == it ? NOON : "2026-09-01T12:00:00Z");
      life.origin.ask(new ScheduleRequest.Trigger("s"));
      life.backfill("2026-05-01T12:00:00Z", "2026-05-01T12:00:00Z");
      life.run(life.origin.now().toString());
    }

    assertThat(later.fetches()).isEqualTo(it.fetches()).hasSize(2);
    assertThat(keys(later)).doesNotContainAnyElementsOf(keys(it)).doesNotHaveDuplicates();
  }

  private List<String> urls() {
    return accepted(it).map(spec -> spec.request().url().toString()).toList();
  }

  private static List<String> keys(ScheduleRun run) {
    return accepted(run).map(spec -> spec.request().idempotencyKey().orElseThrow()).toList();
  }

  private static Stream<FetchSpec> accepted(ScheduleRun run) {
    return run.origin.rows(FetchAccepted.class).stream().map(FetchAccepted::spec);
  }
}
