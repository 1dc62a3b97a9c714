package dev.retriever.cluster.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Nodes as JSON. */
final class NodesWriter {
  /** A minute: means are of the last steps that make it up. */
  private static final int STEPS = 6;

  private static final double THOUSAND = 1_000;

  private final MayStop mayStop;
  private final UnaryOperator<String> names;

  /**
   * @param names how a node is named for the reader
   */
  NodesWriter(MayStop mayStop, UnaryOperator<String> names) {
    this.mayStop = mayStop;
    this.names = names;
  }

  ObjectNode nodes(AllNodes fleet) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("at", FetchWriter.time(fleet.at()));
    var refusal = mayStop.refusal(fleet, names);
    mayStop(json, refusal);
    var items = json.putArray("items");
    fleet.members().forEach(member -> items.add(node(member, fleet, refusal)));
    return json;
  }

  private static void mayStop(ObjectNode json, Optional<String> refusal) {
    var written = json.putObject("mayStop").put("now", refusal.isEmpty());
    refusal.ifPresent(why -> written.put("because", why));
  }

  private ObjectNode node(Member member, AllNodes fleet, Optional<String> refusal) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("name", names.apply(member.node()));
    json.put("self", member.self());
    json.put("status", member.status()).put("reachable", member.reachable());
    var roles = json.putArray("roles");
    member.roles().stream().sorted().forEach(roles::add);
    mayStop(json, mayStop.refusalOf(member, fleet).or(() -> refusal));
    json.put("answered", member.report().isPresent());
    member.report().ifPresent(report -> report(json, report));
    return json;
  }

  private static void report(ObjectNode json, NodeReport report) {
    json.put("version", report.version());
    json.put("startedAt", FetchWriter.time(report.startedAt()));
    report.stopping().ifPresent(why -> json.put("stopping", why));
    json.put("storage", report.storageAway() ? "away" : "there");
    load(json, report);
    regions(json.putArray("regions"), report.regions());
    pools(json.putArray("pools"), report.pools());
    timings(json, report);
    var memory = json.putArray("memory");
    report
        .memory()
        .forEach(
            share ->
                memory
                    .addObject()
                    .put("share", share.name())
                    .put("limit", share.limit())
                    .put("held", share.held()));
    var certificates = json.putArray("certificates");
    report
        .certificates()
        .forEach(
            it ->
                certificates
                    .addObject()
                    .put("port", it.port())
                    .put("ends", FetchWriter.time(it.ends())));
  }

  private static void load(ObjectNode json, NodeReport report) {
    var load = report.load();
    json.put("pending", load.pending()).put("originsInMemory", load.originsInMemory());
    json.put("inFlight", load.inFlight()).put("subscriptions", load.subscriptions());
  }

  private static void regions(ArrayNode json, List<NodeReport.RegionReport> regions) {
    regions.forEach(
        it ->
            json.addObject()
                .put("type", it.type())
                .put("shards", it.shards())
                .put("entities", it.entities()));
  }

  private static void pools(ArrayNode json, List<NodeReport.PoolReport> pools) {
    pools.forEach(
        it ->
            json.addObject()
                .put("name", it.name())
                .put("permits", it.permits())
                .put("permitsHeld", it.permitsHeld())
                .put("inFlight", it.inFlight())
                .put("waiting", it.waiting()));
  }

  /** Without a figure where nothing was measured. */
  private static void timings(ObjectNode json, NodeReport report) {
    var steps = report.steps();
    var last = steps.subList(Math.max(0, steps.size() - STEPS), steps.size());
    var journal = last.stream().map(Step::journal).reduce(Timing.NONE, Timing::plus);
    var wakeUps = steps.stream().map(Step::wakeUps).reduce(Timing.NONE, Timing::plus);
    var written = json.putObject("journal").put("writes", journal.count());
    report.load().journalWaiting().ifPresent(waiting -> written.put("waiting", waiting));
    journal.meanMillis().ifPresent(mean -> written.put("meanMillis", rounded(mean)));
    var late = json.putObject("wakeUps").put("found", wakeUps.count());
    wakeUps.meanMillis().ifPresent(mean -> late.put("meanLateMillis", rounded(mean)));
  }

  static double rounded(double figure) {
    return Math.round(figure * THOUSAND) / THOUSAND;
  }
}
