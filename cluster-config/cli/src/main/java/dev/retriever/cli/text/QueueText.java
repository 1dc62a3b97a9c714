package dev.retriever.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Queues as people read them. */
public final class QueueText {
  private QueueText() {}

  /** A row of name, state, waiting, running, what limits it, and when it is drained. */
  public static void row(Table table, JsonNode queue) {
    table.row(
        queue.path("name").asText(),
        queue.path("state").asText(),
        queue.at("/waiting/fetches").asText(),
        queue.path("running").asText(),
        limitedBy(queue),
        queue.path("drainsIn").asText("-"));
  }

  /** What held it most in the last minute, such as {@code rate 61 %}. */
  private static String limitedBy(JsonNode queue) {
    var most = "-";
    var share = 0.0;
    for (var each : queue.path("limitedBy").properties()) {
      if (each.getValue().asDouble() > share && !each.getKey().equals("idle")) {
        share = each.getValue().asDouble();
        most = each.getKey() + " " + Math.round(share * 100) + " %";
      }
    }
    return most;
  }

  /** All about one, over several lines. */
  public static List<String> lines(JsonNode queue) {
    var lines = new ArrayList<String>();
    lines.add(
        Table.plain(
            queue.path("name").asText()
                + ": "
                + queue.path("state").asText()
                + (queue.has("because") ? ", " + queue.path("because").asText() : "")
                + (queue.has("until") ? ", until " + queue.path("until").asText() : "")));
    if (queue.has("effective") && !queue.path("effective").asBoolean()) {
      lines.add("The change is not effective on all nodes yet: look again.");
    }
    lines.add(
        "waiting "
            + queue.at("/waiting/fetches").asText()
            + ", running "
            + queue.path("running").asText()
            + ", limited by "
            + limitedBy(queue)
            + ", drains in "
            + queue.path("drainsIn").asText("-"));
    lines.addAll(ObjectText.lines(queue.path("settings")));
    return lines;
  }
}
