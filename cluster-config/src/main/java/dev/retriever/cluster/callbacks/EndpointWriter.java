package dev.retriever.cluster.callbacks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.callbacks.rows.DeadCallback;
import dev.retriever.cluster.callbacks.rows.EndpointStore.Counts;
import dev.retriever.cluster.callbacks.rows.StoredEndpoint;
import dev.retriever.cluster.http.Durations;
import dev.retriever.executor.Header;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.callback.EndpointSettings;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Endpoints and dead callbacks as JSON. Keys are names of secrets. */
final class EndpointWriter {
  private EndpointWriter() {}

  /**
   * @param endpoint that was not removed
   */
  static ObjectNode endpoint(StoredEndpoint endpoint, Optional<Counts> counts) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("name", endpoint.key().name());
    json.put("generation", endpoint.generation()).put("version", endpoint.version());
    json.put("state", endpoint.disabledAt().isPresent() ? "disabled" : "enabled");
    endpoint.disabledAt().ifPresent(at -> json.put("disabledAt", time(at)));
    var settings = endpoint.settings().orElseThrow();
    settings(json, settings);
    json.put("ordered", CallbackQueues.isOrdered(endpoint.key(), settings));
    counts.ifPresent(
        it -> json.putObject("callbacks").put("pending", it.pending()).put("dead", it.dead()));
    return json;
  }

  private static void settings(ObjectNode json, EndpointSettings settings) {
    json.put("url", settings.url());
    var keys = json.putArray("keys");
    settings.keys().forEach(key -> keys.addObject().put("secret", key));
    json.put("algorithm", settings.algorithm().label());
    var events = json.putArray("events");
    new TreeSet<>(settings.events()).forEach(events::add);
    json.put("payload", settings.payload().name().toLowerCase(Locale.ROOT));
    var schedule = json.putArray("schedule");
    settings.schedule().forEach(wait -> schedule.add(Durations.text(wait)));
    json.put("timeout", Durations.text(settings.timeout()));
    if (!settings.headers().isEmpty()) {
      var headers = json.putObject("headers");
      settings.headers().forEach(header -> header(headers, header));
    }
    settings.queue().ifPresent(queue -> json.put("queue", queue));
  }

  private static void header(ObjectNode headers, Header header) {
    header
        .secret()
        .ifPresentOrElse(
            secret ->
                headers
                    .putObject(header.name())
                    .put("secret", secret)
                    .put("prefix", header.value()),
            () -> headers.put(header.name(), header.value()));
  }

  static ObjectNode dead(DeadCallback dead) {
    var type = dead.originType();
    var row = dead.row();
    var json = JsonNodeFactory.instance.objectNode();
    if (!type.equals(Tenant.ORIGIN_TYPE)) {
      json.put("originType", type);
    }
    json.put("originId", dead.originId()).put("id", row.fetchId());
    json.put("fetchId", row.told()).put("generation", row.generation());
    row.reason().ifPresent(reason -> json.put("reason", reason));
    row.status().ifPresent(status -> json.put("status", status));
    json.put("at", time(row.at()));
    return json;
  }

  /** RFC 3339 in UTC, to the millisecond. */
  private static String time(Instant at) {
    return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.MILLIS));
  }
}
