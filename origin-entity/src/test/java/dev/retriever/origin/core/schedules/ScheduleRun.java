package dev.retriever.origin.core.schedules;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.BareOrigin;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.AlarmCore;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.MachineRun;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.Retention;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleRequest.Condition;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.TickRule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An origin with one schedule, {@code s}, in virtual time. */
final class ScheduleRun {
  private static final Machine.Rules RULES =
      Machine.Rules.of(OriginFixture.SETTINGS, Set.of(), event -> {});

  /** With room for a large backfill, and with a retention. */
  private static final OriginCore CORE =
      new OriginCore(20_000, 1 << 26, 3, Set.of(), new Retention(Optional.of(Duration.ofHours(2))));

  static final FetchSpec FETCH =
      FetchSpec.of(FetchRequest.post("http://target.example/x").idempotencyKey("key"))
          .within(Duration.ofDays(1));

  final MachineRun<String> origin =
      new MachineRun<>(
          new Machine<>(
              new BareOrigin(),
              new Machine.Rules(CORE, new AlarmCore(0), RULES.handling(), it -> {}, (a, b) -> {})));

  static ScheduleSpec cron(String expression, String zone) {
    return ScheduleSpec.of(TickRule.cron(expression, ZoneId.of(zone)), FETCH);
  }

  static ScheduleSpec every(Duration period) {
    return ScheduleSpec.of(TickRule.every(period), FETCH);
  }

  ScheduleAnswer put(ScheduleSpec spec) {
    return put("s", spec);
  }

  /** Another one. */
  ScheduleAnswer put(String id, ScheduleSpec spec) {
    return origin.ask(new ScheduleRequest.Put(id, spec, Condition.NONE));
  }

  /** At that time. */
  ScheduleAnswer put(ScheduleSpec spec, String at) {
    origin.sleep(Instant.parse(at));
    return put(spec);
  }

  ScheduleAnswer backfill(String from, String to) {
    return backfill(from, to, false, false);
  }

  ScheduleAnswer backfill(String from, String to, boolean dryRun, boolean allowRepeat) {
    return origin.ask(
        new ScheduleRequest.Backfill(
            "s", Instant.parse(from), Instant.parse(to), dryRun, allowRepeat));
  }

  ScheduleView view() {
    return view("s");
  }

  ScheduleView view(String id) {
    return origin.ask(new ScheduleRequest.Read(id)).view().orElseThrow();
  }

  PlannedSchedule schedule() {
    return origin.state().schedules().get("s").orElseThrow();
  }

  void run(String until) {
    origin.run(Instant.parse(until));
  }

  void sleep(String until) {
    origin.sleep(Instant.parse(until));
  }

  /** The running fetch is answered. */
  void answer() {
    origin.report(view().running().orElseThrow(), Samples.answer(200));
  }

  /** The ids of all fetches, without the schedule's id. */
  List<String> fetches() {
    return origin.rows(FetchAccepted.class).stream()
        .map(it -> it.fetchId().substring("s~".length()))
        .toList();
  }

  /** What became of the last ticks, the latest first. */
  List<TickNote.Result> results() {
    return view().recent().stream().map(TickNote::result).toList();
  }
}
