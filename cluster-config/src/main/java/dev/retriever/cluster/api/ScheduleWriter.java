package dev.retriever.cluster.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.http.Durations;
import dev.retriever.executor.Target;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleAnswer.InShort;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.TickRule;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Schedules as JSON. Of their fetch, which may hold secrets, only where it goes is shown. */
final class ScheduleWriter {
  private ScheduleWriter() {}

  /** For callers that may not read: that it stands. */
  static ObjectNode receipt(String originId, ScheduleView view) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("originId", originId)
        .put("id", view.id())
        .put("generation", view.generation())
        .put("state", ScheduleReader.word(view.state()));
  }

  static ObjectNode schedule(String originId, ScheduleView view) {
    var json = receipt(originId, view);
    json.put("createdAt", FetchWriter.time(view.createdAt()));
    json.put("changedAt", FetchWriter.time(view.changedAt()));
    spec(json, view);
    json.put("runs", view.runs());
    var counts = view.counts();
    json.putObject("counts")
        .put("fired", counts.fired())
        .put("skipped", counts.skipped())
        .put("missed", counts.missed())
        .put("paused", counts.paused());
    var next = json.putArray("next");
    view.upcoming().forEach(tick -> next.add(upcoming(tick)));
    view.tzdb().ifPresent(version -> json.put("tzdb", version));
    view.running().ifPresent(id -> json.put("running", id));
    view.waiting().ifPresent(at -> json.put("waiting", tick(at)));
    view.backfill()
        .ifPresent(
            it ->
                json.putObject("backfill")
                    .put("next", tick(it.next()))
                    .put("to", tick(it.to()))
                    .put("count", it.count())
                    .put("done", it.done()));
    var recent = json.putArray("recent");
    view.recent().forEach(note -> recent.add(note(note)));
    return json;
  }

  private static void spec(ObjectNode json, ScheduleView view) {
    var spec = view.spec();
    ticks(json, spec.ticks());
    json.put("jitter", Durations.text(spec.jitter()));
    json.put("start", tick(spec.start().orElse(view.anchor())));
    spec.end().ifPresent(at -> json.put("end", tick(at)));
    spec.maxRuns().ifPresent(most -> json.put("maxRuns", most));
    json.put("overlap", ScheduleReader.word(spec.overlap()));
    json.putObject("catchUp")
        .put("policy", ScheduleReader.word(spec.catchUp().policy()))
        .put("within", Durations.text(spec.catchUp().within()))
        .put("max", spec.catchUp().max());
    spec.note().ifPresent(text -> json.put("note", text));
    fetch(json.putObject("fetch"), spec);
  }

  private static void ticks(ObjectNode json, TickRule rule) {
    rule.<Runnable>fold(
            cron -> () -> cron(json, cron),
            every -> () -> json.put("every", Durations.text(every.period())))
        .run();
  }

  private static void cron(ObjectNode json, TickRule.Cron cron) {
    json.put("cron", cron.expression()).put("zone", cron.zone().getId());
    json.putObject("dst")
        .put("gap", ScheduleReader.word(cron.onGap()))
        .put("repeated", ScheduleReader.word(cron.onRepeated()));
  }

  private static void fetch(ObjectNode json, ScheduleSpec spec) {
    var request = spec.fetch().request();
    json.put("method", request.method()).put("host", Target.of(request.url()).host());
    spec.fetch().queue().ifPresent(queue -> json.put("queue", queue.name()));
  }

  private static ObjectNode upcoming(ScheduleView.Upcoming upcoming) {
    var at = upcoming.tick().nominal();
    var local = OffsetDateTime.ofInstant(at, ZoneOffset.of(upcoming.offset()));
    return JsonNodeFactory.instance
        .objectNode()
        .put("at", tick(at))
        .put("local", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(local))
        .put("due", FetchWriter.time(upcoming.tick().due()))
        .put("clocks", ScheduleReader.word(upcoming.clocks()));
  }

  private static ObjectNode note(TickNote note) {
    var json = JsonNodeFactory.instance.objectNode().put("at", tick(note.nominal()));
    note.to().ifPresent(last -> json.put("to", tick(last)).put("count", note.count()));
    json.put("decidedAt", FetchWriter.time(note.at()));
    json.put("via", ScheduleReader.word(note.via()));
    json.put("result", ScheduleReader.word(note.result()));
    note.fetchId().ifPresent(id -> json.put("fetchId", id));
    note.reason().ifPresent(why -> json.put("reason", why));
    return json;
  }

  static ObjectNode inShort(String originId, InShort schedule) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("originId", originId)
            .put("id", schedule.id())
            .put("generation", schedule.generation())
            .put("state", ScheduleReader.word(schedule.state()));
    schedule.next().ifPresent(next -> json.put("next", FetchWriter.time(next.due())));
    return json;
  }

  static ObjectNode backfill(ScheduleAnswer.Backfilled ticks, boolean dryRun) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("dryRun", dryRun)
            .put("count", ticks.count())
            .put("madeBefore", ticks.before());
    var first = json.putArray("first");
    ticks.first().forEach(at -> first.add(tick(at)));
    return json;
  }

  /** The time of a tick, as the id of its fetch has it. */
  private static String tick(Instant at) {
    return at.toString();
  }
}
