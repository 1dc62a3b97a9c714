package dev.retriever.cluster.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.OriginView;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.UnhandledView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Origins and their alarms as JSON. Contexts are not shown, because they may hold secrets. */
final class AdminWriter {
  private AdminWriter() {}

  static ObjectNode origin(String type, OriginView view) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("type", type).put("originId", view.originId()).put("rows", view.rows());
    json.putObject("counts")
        .put("pending", view.pending())
        .put("settled", view.settled())
        .put("alarms", view.alarms());
    var pending = json.putArray("pending");
    view.pendingFetches().forEach(fetch -> pending.add(FetchWriter.fetch(fetch)));
    var alarms = json.putArray("alarms");
    view.nextAlarms().forEach(alarm -> alarms.add(alarm(alarm)));
    var unhandled = json.putArray("unhandled");
    view.unhandled().forEach(each -> unhandled.add(unhandled(each)));
    return json;
  }

  static ObjectNode fired(List<AlarmView> alarms) {
    var json = JsonNodeFactory.instance.objectNode();
    var fired = json.putArray("rang");
    alarms.forEach(alarm -> fired.add(alarm(alarm)));
    return json;
  }

  static ObjectNode redriven(String key, Optional<UnhandledView> left) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("key", key).put("handled", left.isEmpty());
    left.ifPresent(unhandled -> json.set("unhandled", unhandled(unhandled)));
    return json;
  }

  private static ObjectNode alarm(AlarmView view) {
    var json = view.scheduled().map(AdminWriter::alarm).orElseGet(() -> bare(view));
    return json.put("kind", view.kind().name().toLowerCase(Locale.ROOT));
  }

  private static ObjectNode bare(AlarmView view) {
    var json = JsonNodeFactory.instance.objectNode();
    return json.put("id", view.id()).put("due", FetchWriter.time(view.due()));
  }

  static ObjectNode alarm(ScheduledAlarm alarm) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("id", alarm.id()).put("due", FetchWriter.time(alarm.due()));
    json.put("continuation", alarm.then().name());
    alarm.cron().ifPresent(cron -> json.put("cron", cron));
    return json;
  }

  private static ObjectNode unhandled(UnhandledView view) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("key", view.key());
    view.fetchId().ifPresent(id -> json.put("fetchId", id));
    view.alarmId().ifPresent(id -> json.put("alarmId", id));
    json.put("continuation", view.continuation());
    json.put("tries", view.tries()).put("reason", view.reason());
    json.put("parked", view.retryAt().isEmpty());
    view.retryAt().ifPresent(at -> json.put("retryAt", FetchWriter.time(at)));
    return json;
  }
}
