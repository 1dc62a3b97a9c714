package dev.retriever.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The whole cluster as {@code top} shows it: an overview, its nodes and its queues. Decides by its
 * arguments alone.
 */
public final class ClusterTop {
  private static final List<String> RATES =
      List.of("accepted", "answered", "failed", "unknown", "cancelled");

  /** Problems that a screen has room for; of more, the number is told. */
  private static final int MOST_PROBLEMS = 8;

  private static final int MOST_NODES = 20;

  private ClusterTop() {}

  /**
   * A screen.
   *
   * @param overview what {@code GET /admin/overview} tells
   * @param nodes what {@code GET /admin/nodes} tells
   * @param queues each as {@code GET /admin/queues/…} tells it
   * @param width of the terminal, in characters; no line is longer
   */
  public static List<String> screen(
      String title, JsonNode overview, JsonNode nodes, List<JsonNode> queues, int width) {
    var lines = new ArrayList<String>();
    lines.add(title + "   " + answered(overview));
    lines.add("");
    var rates = new Table(RATES.stream().map(it -> it + "/s").toArray(String[]::new));
    rates.row(RATES.stream().map(it -> rate(overview, it)).toArray());
    lines.addAll(rates.lines(width));
    lines.add("");
    lines.addAll(gauges(overview).lines(width));
    lines.add("");
    lines.addAll(nodes(nodes).lines(width));
    if (!queues.isEmpty()) {
      var table = new Table("queue", "state", "waiting", "running", "limited by", "drains in");
      queues.forEach(it -> QueueText.row(table, it));
      lines.add("");
      lines.addAll(table.lines(width));
    }
    problems(overview, lines);
    return lines.stream().map(it -> Table.cut(it, width)).toList();
  }

  /** One line, for files and pipes. */
  public static String line(String time, JsonNode overview) {
    var text = new StringBuilder(time).append("  ");
    for (var each : RATES) {
      text.append(each).append("/s ").append(rate(overview, each)).append("   ");
    }
    text.append("pending ").append(overview.path("pending").asText());
    text.append("   in flight ").append(overview.path("inFlight").asText());
    text.append("   ").append(answered(overview));
    return text.append("   problems ").append(overview.path("problems").size()).toString();
  }

  /** The figures are of the nodes that answered, so their number is said with them. */
  private static String answered(JsonNode overview) {
    var nodes = overview.path("nodes");
    return "nodes " + nodes.path("answered").asText() + " of " + nodes.path("members").asText();
  }

  private static String rate(JsonNode overview, String of) {
    return String.format(Locale.ROOT, "%.1f", overview.path("perSecond").path(of).asDouble());
  }

  private static Table gauges(JsonNode overview) {
    return new Table(
            "pending", "in flight", "wait in queues", "origins", "streams", "dead callbacks")
        .row(
            overview.path("pending").asText(),
            overview.path("inFlight").asText(),
            overview.at("/waiting/fetches").asText(),
            overview.path("originsInMemory").asText(),
            overview.path("subscriptions").asText(),
            overview.path("deadCallbacks").asText("-"));
  }

  private static Table nodes(JsonNode nodes) {
    var table =
        new Table(
            "node", "state", "version", "database", "pending", "in flight", "permits", "journal");
    var shown = 0;
    for (var node : nodes.path("items")) {
      if (shown++ == MOST_NODES) {
        var more = nodes.path("items").size() - MOST_NODES;
        return table.row("… " + more + " more", "", "", "", "", "", "", "");
      }
      table.row(
          node.path("name").asText(),
          state(node),
          node.path("version").asText("-"),
          node.path("storage").asText("-"),
          node.path("pending").asText("-"),
          node.path("inFlight").asText("-"),
          permits(node),
          journal(node));
    }
    return table;
  }

  private static String state(JsonNode node) {
    if (!node.path("reachable").asBoolean(true)) {
      return "unreachable";
    }
    var status = node.path("status").asText();
    return status.equals("up") && !node.path("answered").asBoolean() ? "silent" : status;
  }

  private static String permits(JsonNode node) {
    var held = 0;
    var all = 0;
    for (var pool : node.path("pools")) {
      held += pool.path("permitsHeld").asInt();
      all += pool.path("permits").asInt();
    }
    return all == 0 ? "-" : held + "/" + all;
  }

  private static String journal(JsonNode node) {
    var mean = node.at("/journal/meanMillis");
    return mean.isNumber() ? String.format(Locale.ROOT, "%.1f ms", mean.asDouble()) : "-";
  }

  private static void problems(JsonNode overview, List<String> lines) {
    var problems = overview.path("problems");
    if (problems.isEmpty()) {
      return;
    }
    lines.add("");
    for (var i = 0; i < Math.min(MOST_PROBLEMS, problems.size()); i++) {
      var problem = problems.get(i);
      var mark = problem.path("severity").asText().equals("severe") ? "!! " : " ! ";
      lines.add(mark + Table.plain(problem.path("text").asText()));
    }
    if (problems.size() > MOST_PROBLEMS) {
      lines.add("   and " + (problems.size() - MOST_PROBLEMS) + " more problems");
    }
  }
}
