package dev.retriever.cluster.storage.facts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.storage.Storage;
import java.time.Clock;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** For operators: what the database says of itself, and what of it is dangerous. Thread-safe. */
public final class DatabaseRoutes extends AllDirectives {
  private static final double NANOS_OF_A_MILLI = 1e6;
  private static final double THOUSAND = 1_000;

  private final DatabaseLook look;
  private final int perNode;
  private final IntSupplier nodes;

  /**
   * @param config of the node
   * @param nodes how many the cluster has
   * @param threads may block
   * @param nanos a clock that never goes back, in nanoseconds
   */
  public DatabaseRoutes(
      Storage storage,
      Config config,
      IntSupplier nodes,
      Executor threads,
      Clock clock,
      LongSupplier nanos) {
    this(new DatabaseLook(storage, threads, clock, nanos), NodeConnections.most(config), nodes);
  }

  DatabaseRoutes(DatabaseLook look, int perNode, IntSupplier nodes) {
    this.look = look;
    this.perNode = perNode;
    this.nodes = nodes;
  }

  /** The caller seals this route. */
  public Route routes() {
    return pathPrefix(
        "admin",
        () ->
            path(
                "database",
                () ->
                    get(
                        () ->
                            completeWithFuture(
                                look.look().thenApply(it -> JsonResponse.of(json(it), 200))))));
  }

  private JsonNode json(DatabaseLook.Seen seen) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("at", FetchWriter.time(seen.at()));
    json.put("answered", seen.facts().isPresent());
    if (seen.facts().isEmpty()) {
      json.put("because", seen.because());
      var silent =
          new DatabaseFinding(
              true,
              seen.because(),
              "See to the database and the network to it. Nothing is accepted meanwhile, and"
                  + " nothing is lost.");
      return findings(json, List.of(silent));
    }
    var facts = seen.facts().get();
    var count = nodes.getAsInt();
    json.put("product", facts.product()).put("version", facts.version());
    json.put("place", facts.place().name().toLowerCase(java.util.Locale.ROOT));
    json.put(
        "tookMillis", Math.round(facts.took().toNanos() / NANOS_OF_A_MILLI * THOUSAND) / THOUSAND);
    json.put("aheadMillis", facts.ahead().toMillis());
    var settings = json.putObject("settings");
    new TreeMap<>(facts.settings()).forEach(settings::put);
    facts
        .connections()
        .ifPresent(
            it ->
                json.putObject("connections")
                    .put("most", it.most())
                    .put("used", it.used())
                    .put("perNode", perNode)
                    .put("nodes", count));
    return findings(json, DatabaseFindings.of(facts, (long) perNode * count));
  }

  private static ObjectNode findings(ObjectNode json, List<DatabaseFinding> findings) {
    var written = json.putArray("findings");
    findings.forEach(
        it ->
            written
                .addObject()
                .put("severity", it.isSevere() ? "severe" : "notice")
                .put("text", it.text())
                .put("nextStep", it.nextStep()));
    return json;
  }
}
