package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleRequest.Condition;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.TickRule;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Schedules of a test kit, in virtual time and over crashes. */
class SchedulesInTheKitTest {
  private static final ScheduleSpec HOURLY =
      ScheduleSpec.of(
          TickRule.every(Duration.ofHours(1)),
          FetchSpec.of(FetchRequest.get("http://target.example/")));

  private final OriginTestKit<
          QueuesInTheKitTest.Asker.Ask, QueuesInTheKitTest.Asker.Settled, Integer>
      kit = OriginTestKit.of(new QueuesInTheKitTest.Asker());

  private ScheduleAnswer put() {
    return kit.schedules(new ScheduleRequest.Put("s", HOURLY, Condition.NONE));
  }

  @Test
  void one_ticks_each_hour_of_the_kits_time() {
    kit.otherwise().answers(200);
    assertThat(put().result()).isEqualTo(ScheduleAnswer.Result.CREATED);

    kit.advance(Duration.ofHours(3));

    assertThat(kit.requests()).hasSize(3);
    var view = kit.schedules(new ScheduleRequest.Read("s")).view().orElseThrow();
    assertThat(view.recent()).allMatch(tick -> kit.outcome(tick.fetchId().get()).isPresent());
  }

  @Test
  void a_crash_before_or_after_the_write_of_a_tick_makes_it_neither_twice_nor_never() {
    kit.otherwise().answers(200);
    put();

    kit.crashBeforePersist();
    kit.advance(Duration.ofMinutes(61));
    assertThat(kit.requests()).hasSize(1);
    kit.crashAfterPersist();
    kit.advance(Duration.ofHours(1));

    var view = kit.schedules(new ScheduleRequest.Read("s")).view().orElseThrow();
    assertThat(view.counts().fired()).isEqualTo(2);
    assertThat(view.recent()).extracting(tick -> tick.fetchId()).doesNotHaveDuplicates();
  }
}
