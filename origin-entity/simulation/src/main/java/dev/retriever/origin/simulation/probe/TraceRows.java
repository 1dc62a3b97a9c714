package dev.retriever.origin.simulation.probe;

import dev.retriever.origin.OriginEvent.AlarmCancelled;
import dev.retriever.origin.OriginEvent.AlarmFired;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.BodiesErased;
import dev.retriever.origin.OriginEvent.CallbackDropped;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.ErasureDone;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleBackfill;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleMissed;
import dev.retriever.origin.schedules.ScheduleEvent.SchedulePaused;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleRemoved;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleResumed;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleSet;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleTicked;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.simulation.trace.TraceLine;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What traces say of the rows of a journal. */
public final class TraceRows {
  private static final Map<Class<?>, Shown<Object>> ALL = new LinkedHashMap<>();

  static {
    on(FetchAccepted.class, FetchAccepted::fetchId, TraceRows::accepted);
    on(
        FetchScheduled.class,
        FetchScheduled::fetchId,
        row -> "not before " + TraceWords.of(row.notBefore()));
    on(FetchDue.class, FetchDue::fetchId, row -> "");
    on(
        AttemptStarted.class,
        AttemptStarted::fetchId,
        row -> "#%d on %s".formatted(row.attempt(), TraceWords.nodeOf(row.executor())));
    on(AttemptEnded.class, AttemptEnded::fetchId, TraceRows::ended);
    on(
        FetchSettled.class,
        FetchSettled::fetchId,
        row ->
            "%s; attempts made %d%s"
                .formatted(
                    TraceWords.of(row.outcome()),
                    row.attempts().size(),
                    row.exhausted() ? ", exhausted" : ""));
    on(
        LateAnswerKept.class,
        LateAnswerKept::fetchId,
        row -> "#%d %s".formatted(row.attempt(), TraceWords.of(row.report())));
    on(HandlingFailed.class, row -> thingOf(row.cause()), TraceRows::unhandled);
    on(ContinuationHandled.class, row -> thingOf(row.cause()), row -> "");
    on(SettledForgotten.class, row -> "", row -> row.orders().toString());
    on(BodiesErased.class, BodiesErased::fetchId, row -> "");
    on(ErasureDone.class, ErasureDone::fetchId, row -> "");
    on(CallbackDropped.class, row -> row.facts().fetchId(), row -> row.reason());
    on(OriginForgotten.class, row -> "", row -> "nothing is left");
    on(AlarmScheduled.class, AlarmScheduled::alarmId, row -> "due at " + TraceWords.of(row.due()));
    on(AlarmCancelled.class, AlarmCancelled::alarmId, row -> "");
    on(AlarmFired.class, AlarmFired::alarmId, row -> "was due at " + TraceWords.of(row.due()));
    ofSchedules();
    on(ProbeOrigin.Asked.class, ProbeOrigin.Asked::fetchId, row -> "");
    on(ProbeOrigin.Heard.class, ProbeOrigin.Heard::fetchId, row -> TraceWords.label(row.type()));
    on(ProbeOrigin.HeardLate.class, ProbeOrigin.HeardLate::fetchId, row -> "" + row.status());
    on(ProbeOrigin.Rang.class, ProbeOrigin.Rang::alarmId, row -> "");
  }

  private static void ofSchedules() {
    on(
        ScheduleSet.class,
        ScheduleSet::scheduleId,
        row -> "next at " + TraceWords.of(row.next().due()));
    on(ScheduleRemoved.class, ScheduleRemoved::scheduleId, row -> "");
    on(SchedulePaused.class, SchedulePaused::scheduleId, row -> "");
    on(ScheduleResumed.class, ScheduleResumed::scheduleId, row -> "");
    on(ScheduleTicked.class, ScheduleTicked::scheduleId, row -> ticks(row.tick()));
    on(ScheduleMissed.class, ScheduleMissed::scheduleId, row -> ticks(row.ticks()));
    on(
        ScheduleBackfill.class,
        ScheduleBackfill::scheduleId,
        row -> "%d from %s".formatted(row.count(), TraceWords.of(row.first())));
  }

  private static String ticks(TickNote note) {
    return "%d of %s, %s by %s%s"
        .formatted(
            note.count(),
            TraceWords.of(note.nominal()),
            TraceWords.label(note.result()),
            TraceWords.label(note.via()),
            note.reason().map(why -> ", " + why).orElse(""));
  }

  private TraceRows() {}

  /** Which fetch or alarm it is of, and what it says of that. */
  private record Shown<E>(Function<E, String> thing, Function<E, String> words) {}

  @SuppressWarnings("unchecked") // it is asked about rows of its own class only
  private static <E> void on(Class<E> type, Function<E, String> thing, Function<E, String> words) {
    ALL.put(type, (Shown<Object>) new Shown<>(thing, words));
  }

  static Set<Class<?>> known() {
    return ALL.keySet();
  }

  public static TraceLine line(String node, String origin, long number, Object row) {
    var name = row.getClass().getSimpleName();
    var shown = ALL.get(row.getClass());
    if (shown == null) {
      return TraceLine.ofOrigin(node, origin, "%s row %d %s".formatted(origin, number, name));
    }
    var thing = shown.thing().apply(row);
    var words = shown.words().apply(row);
    var text =
        "%s row %d %s %s%s"
            .formatted(
                origin,
                number,
                name,
                thing,
                words.isEmpty() || words.startsWith("#") ? words : ": " + words);
    return TraceLine.ofThing(node, origin, thing, text.stripTrailing());
  }

  private static String accepted(FetchAccepted row) {
    return TraceWords.of(row.spec())
        + row.executor().map(it -> "; #1 on " + TraceWords.nodeOf(it)).orElse("; waits for room");
  }

  private static String ended(AttemptEnded row) {
    return "#%d %s%s; again at %s"
        .formatted(
            row.attempt(),
            row.heard() ? "" : "given up, ",
            TraceWords.of(row.report()),
            TraceWords.of(row.retryAt()));
  }

  private static String unhandled(HandlingFailed row) {
    return row.reason()
        + row.retryAt().map(it -> "; again at " + TraceWords.of(it)).orElse("; parked");
  }

  /** As in {@code outcome/f1}, {@code late/f1/2} and {@code alarm/7/a1}. */
  private static String thingOf(String cause) {
    var parts = cause.split("/");
    return cause.startsWith("alarm/") ? parts[2] : parts[1];
  }
}
