package dev.retriever.cluster.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** An overview as JSON. */
final class OverviewWriter {
  /** Queues that are shown; of more, the first by name. */
  private static final int MOST_QUEUES = 100;

  private OverviewWriter() {}

  /**
   * @param names how a node is named for the reader
   * @param last how many steps of the history are told
   */
  static ObjectNode overview(Overview overview, UnaryOperator<String> names, int last) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("at", FetchWriter.time(overview.fleet().at()));
    json.putObject("nodes")
        .put("members", overview.fleet().members().size())
        .put("up", overview.up())
        .put("answered", overview.answered());
    rates(json.putObject("perSecond"), overview);
    json.put("pending", overview.sum(NodeReport.Load::pending));
    json.put("inFlight", overview.sum(NodeReport.Load::inFlight));
    json.put("originsInMemory", overview.sum(NodeReport.Load::originsInMemory));
    json.put("subscriptions", overview.sum(NodeReport.Load::subscriptions));
    var waiting = json.putObject("waiting").put("fetches", overview.waiting());
    overview.oldest().ifPresent(at -> waiting.put("oldest", FetchWriter.time(at)));
    overview.dead().ifPresent(dead -> json.put("deadCallbacks", dead));
    var queues = json.putArray("queues");
    overview.queues().stream().limit(MOST_QUEUES).forEach(queue -> queues.add(queue(queue)));
    problems(json.putArray("problems"), overview, names);
    var history = json.putObject("history").put("stepSeconds", Recorder.STEP.toSeconds());
    var steps = history.putArray("steps");
    var all = overview.steps();
    all.stream().skip(Math.max(0, all.size() - last)).forEach(step -> steps.add(step(step)));
    return json;
  }

  private static void rates(ObjectNode json, Overview overview) {
    json.put("accepted", NodesWriter.rounded(overview.rate(Counts::accepted)));
    json.put("answered", NodesWriter.rounded(overview.rate(Counts::answered)));
    json.put("failed", NodesWriter.rounded(overview.rate(Counts::failed)));
    json.put("unknown", NodesWriter.rounded(overview.rate(Counts::unknown)));
    json.put("cancelled", NodesWriter.rounded(overview.rate(Counts::cancelled)));
  }

  private static ObjectNode queue(QueueReport queue) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("name", queue.name()).put("state", word(queue.state()));
    queue.until().ifPresent(until -> json.put("until", FetchWriter.time(until)));
    json.put("waiting", queue.waiting());
    queue.oldest().ifPresent(at -> json.put("oldest", FetchWriter.time(at)));
    return json.put("running", queue.running());
  }

  private static void problems(ArrayNode json, Overview overview, UnaryOperator<String> names) {
    for (var finding : Troubles.of(overview, names)) {
      var about = JsonNodeFactory.instance.objectNode().put("kind", word(finding.about()));
      finding.name().ifPresent(name -> about.put("name", name));
      json.addObject()
          .put("severity", finding.isSevere() ? "severe" : "notice")
          .put("text", finding.text())
          .set("about", about);
    }
  }

  private static ObjectNode step(Step step) {
    var counts = step.counts();
    return JsonNodeFactory.instance
        .objectNode()
        .put("at", FetchWriter.time(Instant.ofEpochSecond(step.at())))
        .put("accepted", counts.accepted())
        .put("answered", counts.answered())
        .put("failed", counts.failed())
        .put("unknown", counts.unknown())
        .put("cancelled", counts.cancelled())
        .put("parked", counts.parked())
        .put("pending", step.pending())
        .put("inFlight", step.inFlight())
        .put("nodes", step.nodes());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
