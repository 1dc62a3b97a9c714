package dev.retriever.origin;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.alarms.Schedule;
import dev.retriever.origin.AlarmView.Kind;
import dev.retriever.origin.OriginEvent.AlarmFired;
import dev.retriever.origin.Watch.Fired;
import dev.retriever.origin.core.AlarmCore;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.MachineRun;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Alarms of handlers, in the real entity on a journal in memory. */
class OriginAlarmTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MS = Duration.ofMillis(1);

  private final Watch watch = new Watch();
  private final OriginFixture it = new OriginFixture(200, watch);
  private final TestProbe<Watch.Done> done = it.kit.createTestProbe();
  private final TestProbe<OriginReply.AlarmList> alarms = it.kit.createTestProbe();
  private final TestProbe<OriginReply.AlarmTaken> taken = it.kit.createTestProbe();
  private int number;

  @AfterEach
  void stop() {
    it.close();
  }

  private Watch.Done set(String id, Schedule schedule) {
    it.origin.tell(new Watch.Set(id, schedule, ++number, done.ref()));
    return done.receiveMessage();
  }

  private List<AlarmView> trigger(int count) {
    it.origin.tell(new OriginCommand.Trigger(count, alarms.ref()));
    return alarms.receiveMessage().items();
  }

  private List<AlarmView> trigger(AlarmView shown) {
    it.origin.tell(new OriginCommand.TriggerShown(shown, alarms.ref()));
    return alarms.receiveMessage().items();
  }

  private List<AlarmView> list(AlarmFilter filter, Set<Kind> kinds) {
    it.origin.tell(new OriginCommand.ListAlarms(filter, kinds, alarms.ref()));
    return alarms.receiveMessage().items();
  }

  private Optional<ScheduledAlarm> cancel(String id) {
    it.origin.tell(new OriginCommand.CancelAlarm(id, taken.ref()));
    return taken.receiveMessage().alarm();
  }

  private List<Fired> fired() {
    return it.rows().stream().filter(Fired.class::isInstance).map(Fired.class::cast).toList();
  }

  private void firedBecomes(Fired... expected) {
    it.eventually(() -> fired().size() >= expected.length);
    assertThat(fired()).containsExactly(expected);
  }

  /** What was told before has been handled after this. */
  private void settle() {
    it.read("nobody");
  }

  @Test
  void an_alarm_rings_at_its_time_and_not_before() {
    set("a", Schedule.after(HOUR));

    it.time.pass(HOUR.minus(MS));
    settle();
    assertThat(fired()).isEmpty();
    it.time.pass(MS.multipliedBy(2));

    firedBecomes(new Fired("a", 1, START.plus(HOUR), it.time.instant()));
    it.time.pass(HOUR);
    settle();
    assertThat(fired()).hasSize(1);
  }

  @Test
  void the_alarm_that_was_shown_fires_and_no_other_one_in_its_place() {
    set("b", Schedule.after(HOUR));
    var shown = list(AlarmFilter.ALL, Set.of(Kind.USER)).get(0);
    set("a", Schedule.after(HOUR.minus(MS)));

    assertThat(trigger(shown)).isEmpty();
    settle();
    assertThat(fired()).isEmpty();

    cancel("a");
    var later = new AlarmView(shown.kind(), "b", shown.due().plus(MS), Optional.empty());
    assertThat(trigger(later)).isEmpty();
    assertThat(trigger(new AlarmView(shown.kind(), "a", shown.due(), Optional.empty()))).isEmpty();
    assertThat(trigger(shown)).extracting(AlarmView::id).containsExactly("b");
    it.eventually(() -> fired().size() == 1);
    assertThat(trigger(shown)).isEmpty();
  }

  @Test
  void an_alarm_without_delay_rings_at_once() {
    set("a", Schedule.after(Duration.ZERO));

    it.time.pass(MS);

    it.eventually(() -> fired().size() == 1);
  }

  @Test
  void an_alarm_under_the_same_id_takes_the_place_of_the_first() {
    set("a", Schedule.after(HOUR));
    var before = set("a", Schedule.after(HOUR.multipliedBy(2)));

    it.time.pass(HOUR.plus(MS));
    settle();
    assertThat(fired()).isEmpty();
    it.time.pass(HOUR);

    assertThat(before.dueBefore()).contains(START.plus(HOUR));
    firedBecomes(new Fired("a", 2, START.plus(HOUR.multipliedBy(2)), it.time.instant()));
  }

  @Test
  void the_earlier_of_two_alarms_taken_back_leaves_the_later_to_ring_in_time() {
    set("a", Schedule.after(HOUR));
    set("b", Schedule.after(HOUR.plusMinutes(1)));
    it.origin.tell(new Watch.Drop("a", done.ref()));
    done.receiveMessage();

    it.time.pass(HOUR.plus(MS));
    settle();
    assertThat(fired()).isEmpty();
    it.time.pass(Duration.ofMinutes(1));

    it.eventually(() -> fired().size() == 1);
    assertThat(fired().get(0).id()).isEqualTo("b");
  }

  @Test
  void cancel_returns_the_alarm_with_its_continuation_and_only_to_the_first() {
    set("a", Schedule.after(HOUR));

    var first = cancel("a").orElseThrow();
    var second = cancel("a");

    assertThat(first.schedule()).isEqualTo(Schedule.after(HOUR));
    assertThat(first.due()).isEqualTo(START.plus(HOUR));
    assertThat(first.then().contextOf(Watch.RING)).contains(new Watch.Number(1));
    assertThat(first.then().contextOf(Watch.CAME)).isEmpty();
    assertThat(second).isEmpty();
    it.time.pass(HOUR.multipliedBy(2));
    settle();
    assertThat(fired()).isEmpty();
  }

  @Test
  void an_explicit_alarm_id_may_equal_a_fetch_id_and_guards_nothing() {
    it.origin.tell(new Watch.Ask("a", done.ref()));
    done.receiveMessage();
    set("a", Schedule.after(Duration.ofSeconds(1)));

    it.time.pass(Duration.ofMillis(1_001));

    it.eventually(() -> fired().size() == 1);
    assertThat(cancel("a")).isEmpty();
    it.here.call("a", 1).end(answer(200));
    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.ANSWERED);
  }

  @Test
  void alarms_due_together_ring_in_the_order_in_which_they_were_set() {
    for (var id : List.of("c", "a", "b")) {
      set(id, Schedule.at(START.plus(HOUR)));
    }

    it.time.pass(HOUR.plus(MS));

    it.eventually(() -> fired().size() == 3);
    assertThat(fired().stream().map(Fired::id)).containsExactly("c", "a", "b");
  }

  @Test
  void cron_rings_at_every_tick_and_once_for_all_that_were_missed() {
    set("a", Schedule.cron("0 * * * *", "UTC"));
    it.time.pass(HOUR.plus(MS));
    it.eventually(() -> fired().size() == 1);

    it.kit.stop(it.origin);
    it.time.pass(HOUR.multipliedBy(5).plusMinutes(30));
    it.restart();
    it.time.pass(MS);
    it.eventually(() -> fired().size() == 2);
    it.time.pass(Duration.ofMinutes(30));

    it.eventually(() -> fired().size() == 3);
    assertThat(fired().stream().map(Fired::due))
        .containsExactly(at("01:00"), at("02:00"), at("07:00"));
  }

  private static Instant at(String time) {
    return Instant.parse("2026-01-01T" + time + ":00Z");
  }

  @Test
  void the_last_instant_that_can_be_named_is_no_special_case() {
    set("a", Schedule.at(Schedule.LATEST));
    it.time.pass(Duration.ofDays(3));
    settle();
    assertThat(fired()).isEmpty();

    assertThat(trigger(1)).hasSize(1);

    firedBecomes(new Fired("a", 1, Schedule.LATEST, it.time.instant()));
  }

  @Test
  void trigger_rings_the_earliest_of_all_in_order_and_brings_ticks_forward() {
    it.origin.tell(new Watch.Ask("fetch", done.ref()));
    done.receiveMessage();
    set("cron", Schedule.cron("0 * * * *", "UTC"));
    set("soon", Schedule.after(Duration.ofSeconds(1)));
    set("later", Schedule.after(Duration.ofDays(3)));

    var fired = trigger(3);

    assertThat(fired.stream().map(alarm -> alarm.kind() + " " + alarm.id()))
        .containsExactly("USER soon", "BACKSTOP fetch", "USER cron");
    assertThat(it.outcome("fetch").why()).contains("executor-lost");
    var left = list(AlarmFilter.ALL, EnumSet.allOf(Kind.class));
    assertThat(left.stream().map(AlarmView::id)).containsExactly("cron", "later");
    assertThat(left.get(0).due()).isEqualTo(at("02:00"));
    assertThat(trigger(5)).hasSize(2);
  }

  @Test
  void alarms_are_listed_by_id_kind_and_time() {
    it.origin.tell(new Watch.Ask("a-fetch", done.ref()));
    done.receiveMessage();
    set("a1", Schedule.after(HOUR));
    set("a2", Schedule.after(HOUR.multipliedBy(2)));
    set("b", Schedule.after(HOUR));
    var all = EnumSet.allOf(Kind.class);

    assertThat(ids(AlarmFilter.ALL.withIdPrefix("a"), all))
        .containsExactly("BACKSTOP a-fetch", "DEADLINE a-fetch", "USER a1", "USER a2");
    assertThat(ids(AlarmFilter.ALL, EnumSet.of(Kind.DEADLINE))).containsExactly("DEADLINE a-fetch");
    assertThat(ids(AlarmFilter.ALL.dueFrom(START.plus(HOUR)).atMost(2), all))
        .containsExactly("USER a1", "USER b");
  }

  private List<String> ids(AlarmFilter filter, Set<Kind> kinds) {
    return list(filter, kinds).stream().map(alarm -> alarm.kind() + " " + alarm.id()).toList();
  }

  @Test
  void an_alarm_whose_write_fails_rings_again_and_its_effect_is_persisted_once() {
    set("a", Schedule.after(HOUR));
    it.journal.failNextPersisted(OriginFixture.PERSISTENCE_ID);

    it.time.pass(HOUR.plus(MS));
    it.readAfterRestart("nobody");
    it.time.pass(MS);

    it.eventually(() -> fired().size() == 1);
    assertThat(it.rows().stream().filter(AlarmFired.class::isInstance)).hasSize(1);
  }

  @Test
  void an_alarm_whose_handler_fails_is_tried_again_and_the_next_tick_stands_for_it() {
    watch.broken = Set.of("cron", "once");
    set("cron", Schedule.cron("0 * * * *", "UTC"));
    set("once", Schedule.after(HOUR));
    it.time.pass(HOUR.plus(MS));
    it.countBecomes(Notice.HANDLING_FAILED, 2);
    it.time.pass(Duration.ofMillis(4_001));
    it.countBecomes(Notice.HANDLING_FAILED, 4);
    it.time.pass(Duration.ofMillis(4_001));
    it.countBecomes(Notice.PARKED, 2);

    watch.broken = Set.of();
    it.time.pass(HOUR);

    it.eventually(() -> fired().size() == 1);
    var views = it.kit.<OriginReply.Origin>createTestProbe();
    it.origin.tell(new OriginCommand.ReadOrigin(10, views.ref()));
    var parked = views.receiveMessage().view().unhandled();
    assertThat(parked.stream().map(UnhandledView::alarmId)).containsExactly(Optional.of("once"));
    assertThat(parked.get(0).retryAt()).isEmpty();
    var redriven = it.kit.<OriginReply.Redriven>createTestProbe();
    it.origin.tell(new OriginCommand.RedriveCause(parked.get(0).key(), redriven.ref()));
    assertThat(redriven.receiveMessage().left()).isEmpty();
    assertThat(fired().stream().map(Fired::id)).containsExactly("cron", "once");
  }

  @Test
  void an_origin_with_alarms_stays_in_memory_and_recovers_them() {
    set("a", Schedule.after(HOUR));
    it.time.pass(OriginFixture.IDLE.plus(MS));
    settle();
    it.shard.expectNoMessage(Duration.ZERO);

    it.restart();
    it.time.pass(HOUR);

    it.eventually(() -> fired().size() == 1);
  }

  @Test
  void a_handler_that_asks_for_too_many_alarms_changes_nothing() {
    it.origin.tell(new Watch.SetMany(0, 101, Schedule.after(HOUR), done.ref()));

    settle();
    assertThat(it.rows()).isEmpty();
  }

  @Test
  void handlers_are_told_the_time_and_whose_they_are() {
    it.time.pass(HOUR);

    var seen = set("a", Schedule.after(HOUR));

    assertThat(seen).isEqualTo(new Watch.Done(Optional.empty(), START.plus(HOUR), "o"));
  }

  @Test
  void a_late_answer_reaches_its_handler_after_the_outcome_did() {
    watch.broken = Set.of("a");
    it.origin.tell(new Watch.Ask("a", done.ref()));
    done.receiveMessage();
    var call = it.here.call("a", 1);
    it.time.pass(FetchSpec.TIMEOUT.plus(FetchSpec.GRACE).plus(MS));
    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.UNKNOWN);
    call.end(answer(201));
    it.countBecomes(Notice.LATE, 1);
    settle();
    assertThat(it.rows().stream().filter(Watch.Came.class::isInstance)).isEmpty();

    watch.broken = Set.of();
    it.time.pass(Duration.ofMillis(4_001));

    it.eventually(() -> it.rows().contains(new Watch.Came("a", "late 201")));
    assertThat(it.rows().stream().filter(Watch.Came.class::isInstance))
        .containsExactly(new Watch.Came("a", "UNKNOWN"), new Watch.Came("a", "late 201"));
  }

  @Test
  void a_late_answer_whose_handler_fails_is_tried_again() {
    watch.broken = Set.of("late a");
    it.origin.tell(new Watch.Ask("a", done.ref()));
    done.receiveMessage();
    var call = it.here.call("a", 1);
    it.cancel("a");
    call.end(answer(201));
    it.countBecomes(Notice.HANDLING_FAILED, 1);

    watch.broken = Set.of();
    it.time.pass(Duration.ofMillis(4_001));

    it.eventually(() -> it.rows().contains(new Watch.Came("a", "late 201")));
    assertThat(it.outcome("a")).isEqualTo(new Outcome.Cancelled(true));
  }

  @Test
  void many_alarms_set_in_rapid_succession_all_ring_once_each() {
    var given = Machine.Rules.of(OriginFixture.SETTINGS, Set.of(), event -> {});
    var rules =
        new Machine.Rules(
            given.core(),
            new AlarmCore(10_000),
            given.handling(),
            given.serializes(),
            given.freezes());
    var run = new MachineRun<>(new Machine<>(new Watch(), rules));
    for (var from = 0; from < 10_000; from += 100) {
      run.tell(new Watch.SetMany(from, from + 100, Schedule.after(HOUR), done.ref()));
    }

    run.pass(HOUR);
    while (!run.state().alarms().isEmpty()) {
      run.fire(64);
    }

    assertThat(run.rows(Fired.class).stream().map(Fired::number))
        .containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
    assertThat(run.rows(Fired.class).stream().map(Fired::due).max(Comparator.naturalOrder()))
        .contains(START.plus(HOUR));
  }
}
