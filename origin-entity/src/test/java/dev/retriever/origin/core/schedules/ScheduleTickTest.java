package dev.retriever.origin.core.schedules;

import static dev.retriever.origin.schedules.TickNote.Result.FIRED;
import static dev.retriever.origin.schedules.TickNote.Result.MISSED;
import static dev.retriever.origin.schedules.TickNote.Result.SKIPPED;
import static dev.retriever.origin.schedules.TickNote.Result.WAITS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.calendar.RepeatedTime;
import dev.retriever.alarms.calendar.SkippedTime;
import dev.retriever.executor.Body;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleTicked;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.TickRule;
import dev.retriever.origin.schedules.WhileRunning;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a schedule makes of its ticks. */
class ScheduleTickTest {
  private static final String NOON = "2026-06-01T12:00:00Z";
  private static final ScheduleSpec QUARTERS =
      ScheduleRun.cron("*/15 * * * *", "UTC").overlap(WhileRunning.ALLOW);

  private final ScheduleRun it = new ScheduleRun();

  @Test
  void a_tick_and_its_fetch_are_one_write_at_the_time_of_the_tick() {
    it.put(QUARTERS, NOON);

    it.run("2026-06-01T12:15:00Z");

    assertThat(it.origin.written())
        .extracting(row -> (Object) row.getClass())
        .containsExactly(FetchAccepted.class, ScheduleTicked.class);
    var accepted = (FetchAccepted) it.origin.written().get(0);
    assertThat(accepted.fetchId()).isEqualTo("s~1~2026-06-01T12:15:00Z");
    assertThat(accepted.at()).isEqualTo("2026-06-01T12:15:00Z");
    var since = Long.toString(Instant.parse(NOON).toEpochMilli(), 36);
    assertThat(accepted.spec().request().idempotencyKey())
        .contains("key~1~2026-06-01T12:15:00Z~" + since);
    assertThat(it.view().recent().get(0).fetchId()).contains(accepted.fetchId());
  }

  @Test
  void no_tick_is_early_and_none_moves_because_one_before_it_was_decided_late() {
    it.put(QUARTERS, NOON);
    it.run("2026-06-01T12:14:59.999Z");
    assertThat(it.fetches()).isEmpty();
    it.sleep("2026-06-01T12:15:40Z");

    it.run("2026-06-01T12:30:00Z");

    assertThat(it.fetches()).containsExactly("1~2026-06-01T12:15:00Z", "1~2026-06-01T12:30:00Z");
    it.origin.trigger(1);
    assertThat(it.fetches()).as("with those of ticks before their time").hasSize(2);
  }

  @Test
  void jitter_is_the_same_for_the_same_tick_differs_between_ticks_and_is_shown_before() {
    it.put(QUARTERS.jitter(Duration.ofMinutes(10)), NOON);
    var shown = it.view().upcoming();

    it.run("2026-06-01T13:20:00Z");

    var fired = it.origin.rows(FetchAccepted.class);
    assertThat(fired).hasSizeGreaterThanOrEqualTo(4);
    for (var i = 0; i < fired.size(); i++) {
      var tick = shown.get(i).tick();
      assertThat(fired.get(i).fetchId()).endsWith("~" + tick.nominal());
      assertThat(fired.get(i).at()).isEqualTo(tick.due());
      assertThat(Duration.between(tick.nominal(), tick.due()))
          .isBetween(Duration.ZERO, Duration.ofMinutes(10));
    }
    assertThat(shown.stream().map(u -> Duration.between(u.tick().nominal(), u.tick().due())))
        .doesNotHaveDuplicates();
  }

  @Test
  void jitter_that_is_longer_than_the_gap_between_ticks_does_not_bunch_them() {
    it.put(ScheduleRun.every(Duration.ofSeconds(10)).jitter(Duration.ofHours(1)), NOON);

    var next = it.view().upcoming();

    assertThat(next).hasSize(10);
    assertThat(next)
        .allSatisfy(
            each ->
                assertThat(Duration.between(each.tick().nominal(), each.tick().due()))
                    .isBetween(Duration.ZERO, Duration.ofMillis(9_999)));
    assertThat(next).extracting(each -> each.tick().due()).doesNotHaveDuplicates().isSorted();
    assertThat(next.stream().map(u -> Duration.between(u.tick().nominal(), u.tick().due())))
        .doesNotHaveDuplicates();
  }

  @Test
  void while_its_fetch_runs_a_tick_is_skipped_and_says_why() {
    it.put(QUARTERS.overlap(WhileRunning.SKIP), NOON);
    it.run("2026-06-01T12:30:00Z");

    assertThat(it.results()).containsExactly(SKIPPED, FIRED);
    assertThat(it.view().recent().get(0).reason()).contains("overlap");
    it.answer();
    it.run("2026-06-01T12:45:00Z");
    assertThat(it.fetches()).hasSize(2);
  }

  @Test
  void one_tick_waits_and_starts_in_the_write_that_settles_the_fetch_before() {
    it.put(QUARTERS.overlap(WhileRunning.QUEUE_ONE), NOON);
    it.run("2026-06-01T12:45:00Z");
    assertThat(it.results()).containsExactly(SKIPPED, WAITS, FIRED);
    it.origin.restore();

    it.answer();

    assertThat(it.origin.written())
        .extracting(row -> (Object) row.getClass())
        .containsExactly(FetchSettled.class, FetchAccepted.class, ScheduleTicked.class);
    assertThat(it.fetches()).containsExactly("1~2026-06-01T12:15:00Z", "1~2026-06-01T12:30:00Z");
    assertThat(it.view().waiting()).isEmpty();
    it.answer();
    assertThat(it.fetches()).hasSize(2);
  }

  @Test
  void a_tick_cancels_the_fetch_before_it_in_the_same_write() {
    it.put(QUARTERS.overlap(WhileRunning.CANCEL), NOON);
    it.run("2026-06-01T12:30:00Z");

    assertThat(it.origin.written())
        .extracting(row -> (Object) row.getClass())
        .containsExactly(FetchAccepted.class, ScheduleTicked.class, FetchSettled.class);
    assertThat(it.origin.rows(FetchSettled.class))
        .extracting(FetchSettled::fetchId)
        .containsExactly("s~1~2026-06-01T12:15:00Z");
    assertThat(it.view().running()).contains("s~1~2026-06-01T12:30:00Z");
  }

  @Test
  void a_tick_whose_fetch_is_refused_cancels_nothing() {
    var queued = ScheduleSpec.of(QUARTERS.ticks(), ScheduleRun.FETCH.queue("q"));
    it.put(queued.overlap(WhileRunning.CANCEL), NOON);
    it.run("2026-06-01T12:15:00Z");
    it.origin.queuesSay = Optional.of(Verdict.QUEUE_DRAINING);

    it.run("2026-06-01T12:30:00Z");

    assertThat(it.results()).containsExactly(SKIPPED, FIRED);
    assertThat(it.view().recent().get(0).reason()).contains("queue-draining");
    assertThat(it.origin.rows(FetchSettled.class)).isEmpty();
    assertThat(it.view().running()).contains("s~1~2026-06-01T12:15:00Z");
  }

  @Test
  void only_its_own_latest_fetch_counts_as_running() {
    it.put(QUARTERS.overlap(WhileRunning.SKIP), NOON);
    it.run("2026-06-01T12:15:00Z");
    it.answer();
    it.origin.submit("other", Samples.get());

    it.run("2026-06-01T12:30:00Z");

    assertThat(it.results()).containsExactly(FIRED, FIRED);
  }

  @Test
  void one_run_stands_for_all_late_ticks() {
    it.put(QUARTERS, NOON);
    it.sleep("2026-06-01T14:05:00Z");

    it.run("2026-06-01T14:05:00Z");

    assertThat(it.fetches()).containsExactly("1~2026-06-01T14:00:00Z");
    var missed = it.view().recent().get(1);
    assertThat(missed.result()).isEqualTo(MISSED);
    assertThat(missed.count()).isEqualTo(7);
    assertThat(missed.nominal()).isEqualTo("2026-06-01T12:15:00Z");
    assertThat(missed.to()).contains(Instant.parse("2026-06-01T13:45:00Z"));
    assertThat(it.view().recent().get(0).via()).isEqualTo(TickNote.Via.CATCH_UP);
  }

  @Test
  void of_late_ticks_none_runs_with_none_and_one_that_is_on_time_always_does() {
    it.put(QUARTERS.catchUp(new CatchUp(CatchUp.Policy.NONE, CatchUp.WITHIN, 1)), NOON);
    it.sleep("2026-06-01T13:00:30Z");

    it.run("2026-06-01T13:00:30Z");

    assertThat(it.fetches()).containsExactly("1~2026-06-01T13:00:00Z");
    assertThat(it.view().counts()).isEqualTo(new ScheduleView.Counts(1, 0, 3, 0));
  }

  @Test
  void late_ticks_run_up_to_a_number_and_an_age() {
    it.put(QUARTERS.catchUp(new CatchUp(CatchUp.Policy.ALL, CatchUp.WITHIN, 3)), NOON);
    it.sleep("2026-06-01T14:05:00Z");
    it.run("2026-06-01T14:05:00Z");
    assertThat(it.fetches())
        .containsExactly(
            "1~2026-06-01T13:30:00Z", "1~2026-06-01T13:45:00Z", "1~2026-06-01T14:00:00Z");

    var hour = new CatchUp(CatchUp.Policy.ALL, Duration.ofMinutes(40), 100);
    it.put(QUARTERS.catchUp(hour));
    it.sleep("2026-06-01T16:05:00Z");
    it.run("2026-06-01T16:05:00Z");
    assertThat(it.fetches().subList(3, it.fetches().size())).hasSize(3);
  }

  @Test
  void of_days_of_seconds_a_write_has_at_most_64_ticks_and_what_is_passed_over_is_one_row() {
    var each = ScheduleRun.every(Duration.ofSeconds(1)).overlap(WhileRunning.ALLOW);
    it.put(each.catchUp(new CatchUp(CatchUp.Policy.ALL, CatchUp.WITHIN, 200)), NOON);
    it.sleep("2026-06-04T12:00:00Z");
    var most = 0;

    while (it.view().upcoming().get(0).tick().nominal().isBefore(it.origin.now())) {
      it.origin.fire(64);
      most =
          Math.max(
              most,
              (int) it.origin.written().stream().filter(FetchAccepted.class::isInstance).count());
    }

    assertThat(most).isEqualTo(Ticking.MOST_TICKS);
    // Of the last minute none is late.
    assertThat(it.fetches()).hasSize(200 + 61);
    assertThat(it.view().counts().missed()).isEqualTo(3 * 86_400 - 261);
    assertThat(it.origin.rows(ScheduleTicked.class)).hasSize(261);
  }

  @Test
  void a_refused_fetch_is_a_skipped_tick_and_the_schedule_goes_on() {
    it.put(ScheduleSpec.of(QUARTERS.ticks(), ScheduleRun.FETCH.executor("gone")), NOON);

    it.run("2026-06-01T12:30:00Z");

    assertThat(it.fetches()).isEmpty();
    assertThat(it.results()).containsExactly(SKIPPED, SKIPPED);
    assertThat(it.view().recent().get(0).reason()).contains("no-such-executor");
  }

  @Test
  void a_node_that_has_not_heard_of_queues_yet_skips_no_tick() {
    it.put(ScheduleSpec.of(QUARTERS.ticks(), ScheduleRun.FETCH.queue("q")), NOON);
    it.origin.queuesSay = Optional.of(Verdict.BUSY);

    it.run("2026-06-01T12:15:00Z");

    assertThat(it.results()).containsExactly(FIRED);
  }

  @Test
  void a_fetch_that_somebody_submitted_under_its_id_is_not_taken_for_the_tick() {
    it.put(QUARTERS, NOON);
    it.origin.submit("s~1~2026-06-01T12:15:00Z", Samples.get());
    it.origin.submit(
        "s~1~2026-06-01T12:30:00Z", Ticking.spec(it.schedule(), "~1~2026-06-01T12:30:00Z"));

    it.run("2026-06-01T12:30:00Z");

    assertThat(it.view().recent())
        .extracting(TickNote::reason)
        .containsExactly(Optional.of("fetch-exists"), Optional.of("id-reused"));
    assertThat(it.view().running()).isEmpty();
  }

  @Test
  void a_time_that_comes_twice_has_two_ids_with_both() {
    var rule =
        new TickRule.Cron(
            "30 2 * * *",
            ZoneId.of("Europe/Berlin"),
            Optional.of(SkippedTime.AFTER),
            Optional.of(RepeatedTime.BOTH));
    it.put(
        ScheduleSpec.of(rule, ScheduleRun.FETCH).overlap(WhileRunning.ALLOW),
        "2026-10-24T12:00:00Z");

    assertThat(it.view().upcoming().stream().limit(3))
        .extracting(next -> next.tick().nominal() + " " + next.offset() + " " + next.clocks())
        .containsExactly(
            "2026-10-25T00:30:00Z +02:00 FIRST_OF_TWO",
            "2026-10-25T01:30:00Z +01:00 SECOND_OF_TWO",
            "2026-10-26T01:30:00Z +01:00 RUN");
    it.run("2026-10-25T12:00:00Z");
    assertThat(it.fetches()).containsExactly("1~2026-10-25T00:30:00Z", "1~2026-10-25T01:30:00Z");
  }

  @Test
  void the_rules_for_clocks_follow_from_the_hour_field() {
    var day = (TickRule.Cron) ScheduleRun.cron("30 2 * * *", "UTC").ticks();
    var rhythm = (TickRule.Cron) QUARTERS.ticks();

    assertThat(List.of(day.onGap(), day.onRepeated()))
        .isEqualTo(List.of(SkippedTime.AFTER, RepeatedTime.FIRST));
    assertThat(List.of(rhythm.onGap(), rhythm.onRepeated()))
        .isEqualTo(List.of(SkippedTime.SKIP, RepeatedTime.BOTH));
  }

  @Test
  void it_ends_after_its_runs_or_at_its_end() {
    it.put(QUARTERS.maxRuns(2), NOON);
    assertThat(it.view().upcoming()).hasSize(2);
    it.run("2026-06-01T18:00:00Z");
    assertThat(it.fetches()).hasSize(2);
    assertThat(it.view().state()).isEqualTo(ScheduleView.State.ENDED);

    var last = Instant.parse("2026-06-01T18:30:00Z");
    it.put(QUARTERS.between(Optional.empty(), Optional.of(last)));
    it.run("2026-06-02T18:00:00Z");
    assertThat(it.fetches()).hasSize(4);
    assertThat(it.view().state()).isEqualTo(ScheduleView.State.ENDED);
    assertThat(it.origin.state().nextAlarm(Optional.empty()))
        .as("only time limits of fetches")
        .isNotNull();
  }

  @Test
  void a_tick_that_waits_counts_as_a_run_to_come() {
    it.put(QUARTERS.overlap(WhileRunning.QUEUE_ONE).maxRuns(2), NOON);
    it.run("2026-06-01T14:00:00Z");
    it.answer();
    it.answer();

    it.run("2026-06-01T18:00:00Z");

    assertThat(it.fetches()).containsExactly("1~2026-06-01T12:15:00Z", "1~2026-06-01T12:30:00Z");
  }

  @Test
  void an_origin_with_a_schedule_has_something_to_do_and_is_not_forgotten() {
    it.put(QUARTERS, NOON);

    assertThat(it.origin.state().idle()).isFalse();
    assertThat(it.origin.state().wakeAt(it.origin.now()))
        .contains(Instant.parse("2026-06-01T12:15:00Z"));
    it.origin.ask(new ScheduleRequest.Pause("s"));
    assertThat(it.origin.state().idle()).isTrue();
    assertThat(it.origin.state().wakeAt(it.origin.now())).isEmpty();
  }

  @Test
  void it_says_with_which_version_of_the_tz_database_its_ticks_were_computed() {
    it.put(ScheduleRun.cron("30 2 * * *", "Europe/Berlin"), NOON);
    it.put("elapsed", ScheduleRun.every(Duration.ofHours(1)));
    it.put("offset", ScheduleRun.cron("30 2 * * *", "+02:00"));

    assertThat(it.view().tzdb().orElseThrow()).matches("20\\d\\d[a-z]");
    assertThat(it.view("elapsed").tzdb()).isEmpty();
    assertThat(it.view("offset").tzdb()).isEmpty();
  }

  @Test
  void its_state_does_not_show_the_body_of_its_request() {
    var secret = Samples.POST.body(new Body("hunter2".getBytes()));
    it.put(ScheduleSpec.of(QUARTERS.ticks(), ScheduleRun.FETCH.request(secret)), NOON);

    assertThat(it.schedule().toString() + it.view()).doesNotContain("hunter2");
  }
}
