package dev.retriever.origin.core.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.WhileRunning;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How schedules of one origin share its turns. */
class ScheduleTurnsTest {
  private static final String NOON = "2026-06-01T12:00:00Z";
  private static final ScheduleSpec MINUTES =
      ScheduleRun.cron("* * * * *", "UTC").overlap(WhileRunning.ALLOW);

  private final ScheduleRun it = new ScheduleRun();

  @Test
  void no_tick_waits_for_the_backfill_of_another_schedule() {
    it.put(MINUTES, NOON);
    it.put("z", MINUTES);
    it.backfill("2026-05-31T00:00:00Z", "2026-05-31T16:39:00Z");
    it.sleep("2026-06-01T12:01:00Z");

    it.origin.fire(64);

    assertThat(written("z")).isEqualTo(1);
    assertThat(written("s")).as("with its own tick").isEqualTo(63);
    it.run("2026-06-01T12:01:00Z");
    assertThat(it.view().backfill()).isEmpty();
    assertThat(it.fetches().stream().filter(id -> id.startsWith("1~"))).hasSize(1_001);
  }

  @Test
  void no_tick_waits_for_more_backfills_than_alarms_ring_at_once() {
    for (var i = 0; i < 70; i++) {
      it.put("s" + i, MINUTES);
      it.origin.ask(backfill("s" + i));
    }
    it.put("z", MINUTES);
    it.origin.pass(Duration.ofMinutes(1));

    it.origin.fire(64);
    it.origin.fire(64);

    assertThat(it.origin.rows(FetchAccepted.class))
        .extracting(FetchAccepted::fetchId)
        .anyMatch(id -> id.startsWith("z~"));
  }

  @Test
  void no_tick_waits_for_the_late_ticks_of_another_schedule() {
    var seconds = ScheduleRun.every(Duration.ofSeconds(1)).overlap(WhileRunning.ALLOW);
    it.put(seconds.catchUp(new CatchUp(CatchUp.Policy.ALL, CatchUp.WITHIN, 1_000)), NOON);
    it.put("z", MINUTES);
    it.sleep("2026-06-01T13:00:00Z");
    it.origin.fire(64);

    assertThat(written("s")).isEqualTo(32);
    assertThat(written("z")).as("of 12:59 and 13:00").isEqualTo(2);
  }

  private ScheduleRequest backfill(String id) {
    var last = it.origin.now().minus(Duration.ofHours(1));
    var first = last.minus(Duration.ofHours(2));
    return new ScheduleRequest.Backfill(id, Instant.from(first), last, false, false);
  }

  /** How many fetches of that schedule the latest turn accepted. */
  private long written(String scheduleId) {
    return it.origin.written().stream()
        .filter(FetchAccepted.class::isInstance)
        .map(row -> ((FetchAccepted) row).fetchId())
        .filter(id -> id.startsWith(scheduleId + "~"))
        .count();
  }
}
