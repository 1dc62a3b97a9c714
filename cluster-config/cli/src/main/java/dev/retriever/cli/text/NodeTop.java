package dev.retriever.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Two looks at one node as figures in a second. Decides by its arguments alone. */
public final class NodeTop {
  private static final List<String> OUTCOMES =
      List.of("answered", "failed", "unknown", "cancelled");

  private NodeTop() {}

  /**
   * A screen.
   *
   * @param seconds between the two looks
   */
  public static List<String> screen(
      String title, JsonNode before, JsonNode now, double seconds, int width) {
    var lines = new ArrayList<String>();
    lines.add(title);
    lines.add("");
    var rates = new Table("accepted/s", "answered/s", "failed/s", "unknown/s", "cancelled/s");
    rates.row(
        rate(before, now, "/accepted", seconds),
        rate(before, now, "/settled/answered", seconds),
        rate(before, now, "/settled/failed", seconds),
        rate(before, now, "/settled/unknown", seconds),
        rate(before, now, "/settled/cancelled", seconds));
    lines.addAll(rates.lines(width));
    lines.add("");
    var gauges = new Table("pending", "in flight", "waiting for targets", "origins", "streams");
    gauges.row(
        now.path("pending").asText(),
        now.path("inFlight").asText(),
        now.path("waitingForTargets").asText(),
        now.path("originsInMemory").asText(),
        now.path("subscriptions").asText());
    lines.addAll(gauges.lines(width));
    lines.add("");
    var pools = new Table("pool", "in flight", "permits", "waiting");
    now.path("executors")
        .properties()
        .forEach(
            it ->
                pools.row(
                    it.getKey(),
                    it.getValue().path("inFlight").asText(),
                    it.getValue().path("permitsHeld").asText(),
                    it.getValue().path("waiting").asText()));
    lines.addAll(pools.lines(width));
    return lines.stream().map(it -> Table.cut(it, width)).toList();
  }

  /** One line, for files and pipes. */
  public static String line(String time, JsonNode before, JsonNode now, double seconds) {
    return time
        + "  "
        + rates(before, now, seconds)
        + "   pending "
        + now.path("pending").asText()
        + "   in flight "
        + now.path("inFlight").asText();
  }

  private static String rates(JsonNode before, JsonNode now, double seconds) {
    var text = new StringBuilder("accepted/s " + rate(before, now, "/accepted", seconds));
    for (var outcome : OUTCOMES) {
      text.append("   ").append(outcome).append("/s ");
      text.append(rate(before, now, "/settled/" + outcome, seconds));
    }
    return text.toString();
  }

  /** A node that was started again counts from zero. */
  private static String rate(JsonNode before, JsonNode now, String pointer, double seconds) {
    var later = now.at(pointer).asLong();
    var earlier = before.at(pointer).asLong();
    var made = later >= earlier ? later - earlier : later;
    return String.format(Locale.ROOT, "%.1f", made / seconds);
  }
}
