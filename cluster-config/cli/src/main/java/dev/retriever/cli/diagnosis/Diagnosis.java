package dev.retriever.cli.diagnosis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cli.text.Table;
import dev.retriever.client.NodeProbe;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Judges what nodes told. Decides by its arguments alone. */
public final class Diagnosis {
  private static final Duration CLOCK_DIFFERS = Duration.ofSeconds(2);
  private static final Duration CLOCK_IS_WRONG = Duration.ofSeconds(30);
  private static final Duration CERTIFICATE_ENDS_SOON = Duration.ofDays(14);
  private static final double SLOW_JOURNAL_MILLIS = 50;

  private Diagnosis() {}

  /** The clock of the node beside ours. */
  public static Finding clock(NodeProbe probe) {
    if (probe.ahead().isEmpty()) {
      return Finding.warn("clock", "the answer told no date", "Ask the node, not a cache.");
    }
    var ahead = probe.ahead().get();
    var text =
        "the node is %.1f s %s this machine"
            .formatted(ahead.abs().toMillis() / 1000.0, ahead.isNegative() ? "behind" : "ahead of");
    var next = "Let both machines set their clocks by NTP.";
    if (ahead.abs().compareTo(CLOCK_IS_WRONG) > 0) {
      return Finding.fail("clock", text, next);
    }
    return ahead.abs().compareTo(CLOCK_DIFFERS) > 0
        ? Finding.warn("clock", text, next)
        : Finding.ok("clock", text);
  }

  /** The certificate of the port that answered. */
  public static Finding tls(URI api, NodeProbe probe, Instant now) {
    if (probe.certificateEnds().isPresent()) {
      return certificate("tls", "the certificate", probe.certificateEnds().get(), now);
    }
    var host = String.valueOf(api.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")
        ? Finding.ok("tls", "none, and none is needed on this machine")
        : Finding.warn(
            "tls",
            "none: keys and bodies go over the network in clear",
            "Set RETRIEVER_HTTP_TLS_CERT and RETRIEVER_HTTP_TLS_KEY on the node.");
  }

  private static Finding certificate(String what, String whose, Instant ends, Instant now) {
    var left = Duration.between(now, ends);
    var text = whose + (left.isNegative() ? " ended " : " ends ") + ends;
    var next = "Renew it; nodes read the new file by themselves.";
    if (left.isNegative()) {
      return Finding.fail(what, text, next);
    }
    return left.compareTo(CERTIFICATE_ENDS_SOON) < 0
        ? Finding.warn(what, text, next)
        : Finding.ok(what, text);
  }

  /** What the caller may do. */
  public static Finding caller(JsonNode me) {
    var roles = new ArrayList<String>();
    me.path("roles").forEach(it -> roles.add(it.asText()));
    var text =
        me.path("caller").asText()
            + " of tenant "
            + me.path("tenant").asText()
            + ", roles "
            + String.join(",", roles)
            + ", origins "
            + me.path("origins").asText();
    return me.path("method").asText().equals("open")
        ? Finding.warn(
            "key",
            "the node asks for none: who reaches it may do everything",
            "On other machines than a laptop, make one: retriever key new --append keys.conf")
        : Finding.ok("key", text);
  }

  /** Readiness of the node that answered. */
  public static Finding readiness(NodeProbe probe) {
    return probe.status() == 200
        ? Finding.ok("ready", "the node is a member of its cluster")
        : Finding.fail(
            "ready",
            "the node answers " + probe.status() + ": " + shortened(probe.text()),
            "Wait a minute after its start; then look into its log.");
  }

  private static String shortened(String text) {
    var plain = Table.plain(text.strip());
    return plain.length() > 200 ? plain.substring(0, 200) + "…" : plain;
  }

  /** The cluster, as {@code GET /admin/nodes} tells it. */
  public static List<Finding> nodes(JsonNode nodes, Instant now) {
    var all = new ArrayList<JsonNode>();
    nodes.path("items").forEach(all::add);
    var findings = new ArrayList<Finding>();
    findings.add(members(all));
    findings.add(versions(all));
    findings.add(databases(all));
    all.forEach(node -> certificates(node, now, findings));
    findings.add(stop(nodes));
    return findings;
  }

  private static Finding members(List<JsonNode> nodes) {
    var bad =
        nodes.stream()
            .filter(
                it ->
                    !it.path("status").asText().equals("up")
                        || !it.path("reachable").asBoolean(true)
                        || !it.path("answered").asBoolean(true))
            .map(it -> it.path("name").asText() + " is " + condition(it))
            .toList();
    return bad.isEmpty()
        ? Finding.ok("members", nodes.size() + (nodes.size() == 1 ? " node, up" : " nodes, all up"))
        : Finding.fail(
            "members",
            String.join("; ", bad),
            "Look at that node; the others go on if they are more than half.");
  }

  private static String condition(JsonNode node) {
    if (!node.path("reachable").asBoolean(true)) {
      return "not reachable";
    }
    var status = node.path("status").asText();
    return status.equals("up") ? "up, and did not answer in time" : status;
  }

  private static Finding versions(List<JsonNode> nodes) {
    var versions = new TreeSet<String>();
    nodes.forEach(it -> versions.add(it.path("version").asText("unknown")));
    return versions.size() <= 1
        ? Finding.ok("version", String.join("", versions))
        : Finding.warn(
            "version", "nodes run " + String.join(", ", versions), "Finish the rolling update.");
  }

  private static Finding databases(List<JsonNode> nodes) {
    var away = nodes.stream().filter(it -> it.path("storage").asText().equals("away")).toList();
    if (!away.isEmpty()) {
      return Finding.fail(
          "database",
          "away for " + away.size() + " of " + nodes.size() + " nodes",
          "See to the database; nothing is accepted meanwhile, and nothing is lost.");
    }
    var slowest =
        nodes.stream().mapToDouble(it -> it.at("/journal/meanMillis").asDouble(0)).max().orElse(0);
    var text =
        slowest == 0
            ? "there; nothing was written yet"
            : "there; a journal write takes %.1f ms on average".formatted(slowest);
    return slowest > SLOW_JOURNAL_MILLIS
        ? Finding.warn("database", text, "See docs/tuning.md, and the load of the database.")
        : Finding.ok("database", text);
  }

  private static void certificates(JsonNode node, Instant now, List<Finding> findings) {
    node.path("certificates")
        .forEach(
            it -> {
              var whose = it.path("port").asText() + " of " + node.path("name").asText();
              var ends = Instant.parse(it.path("ends").asText());
              var finding = certificate("tls", whose, ends, now);
              if (finding.level() != Finding.Level.ok) {
                findings.add(finding);
              }
            });
  }

  private static Finding stop(JsonNode nodes) {
    var mayStop = nodes.path("mayStop");
    return mayStop.path("now").asBoolean()
        ? Finding.ok("stop", "one node may be stopped now")
        : Finding.warn(
            "stop",
            "no node may be stopped now: " + mayStop.path("because").asText("not all are well"),
            "Wait, and look again, before a rolling update.");
  }

  /** The database, as {@code GET /admin/database} tells it: what the node found dangerous. */
  public static List<Finding> database(JsonNode database) {
    var findings = new ArrayList<Finding>();
    for (var each : database.path("findings")) {
      var level =
          each.path("severity").asText().equals("severe") ? Finding.Level.fail : Finding.Level.warn;
      findings.add(
          new Finding(
              level, "database", each.path("text").asText(), each.path("nextStep").asText()));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.ok("database", databaseInOrder(database)));
    }
    return findings;
  }

  private static String databaseInOrder(JsonNode database) {
    var text = database.path("product").asText() + " " + database.path("version").asText();
    var connections = database.path("connections");
    if (connections.isObject()) {
      return "%s, no setting is dangerous; %s of %s connections used, %s nodes open up to %s each"
          .formatted(
              text,
              connections.path("used").asText(),
              connections.path("most").asText(),
              connections.path("nodes").asText(),
              connections.path("perNode").asText());
    }
    return database.path("place").asText().equals("embedded")
        ? text + ", embedded: it survives a crash of the node, and not one of the machine"
        : text;
  }

  /** Counts of the node that answered, since its start. */
  public static List<Finding> stats(JsonNode stats) {
    var findings = new ArrayList<Finding>();
    count(
            stats,
            "contradictingReports",
            "reports contradict each other",
            true,
            "Report a bug, with the log.")
        .ifPresent(findings::add);
    count(
            stats,
            "parked",
            "handlers failed for good",
            false,
            "Look at GET /admin/origins/… and redrive.")
        .ifPresent(findings::add);
    count(
            stats,
            "undeliveredReports",
            "reports were given up",
            false,
            "Look for origins that fail in the log.")
        .ifPresent(findings::add);
    count(
            stats,
            "refusedMessages",
            "messages found no room in memory",
            false,
            "See docs/tuning.md, memory.")
        .ifPresent(findings::add);
    stats
        .path("executors")
        .properties()
        .forEach(
            it -> {
              var waiting = it.getValue().path("waiting").asLong();
              if (waiting > 0) {
                findings.add(
                    Finding.warn(
                        "pool",
                        waiting + " origins wait for permits of the pool " + it.getKey(),
                        "Raise its permits, or add executors."));
              }
            });
    if (findings.isEmpty()) {
      findings.add(Finding.ok("figures", "nothing in the counts since the start is bad"));
    }
    return findings;
  }

  private static Optional<Finding> count(
      JsonNode stats, String name, String what, boolean isBroken, String nextStep) {
    var count = stats.path(name).asLong();
    if (count == 0) {
      return Optional.empty();
    }
    var level = isBroken ? Finding.Level.fail : Finding.Level.warn;
    return Optional.of(new Finding(level, "figures", count + " " + what, nextStep));
  }
}
