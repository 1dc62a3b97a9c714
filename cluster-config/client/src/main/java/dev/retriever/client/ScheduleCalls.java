package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls about schedules, which docs/schedules.md explains. Used by several threads. */
public final class ScheduleCalls {
  private final CallSender sender;

  ScheduleCalls(CallSender sender) {
    this.sender = sender;
  }

  private static Call call(String method, String originId, String id, String... more) {
    var segments = new ArrayList<>(List.of("v1", "origins", originId, "schedules", id));
    segments.addAll(List.of(more));
    return Call.api(method, segments.toArray(String[]::new));
  }

  private ApiObject sent(Call call) {
    return ApiObject.of(sender.send(call));
  }

  /** The settings of one that ticks by a cron expression. Add members of the API as you like. */
  public static ObjectNode cron(String expression, String zone, NewFetch fetch) {
    var settings = JsonNodeFactory.instance.objectNode();
    settings.put("cron", expression).put("zone", zone).set("fetch", fetch.forSchedule());
    return settings;
  }

  /** The settings of one that ticks every so often. Add members of the API as you like. */
  public static ObjectNode every(Duration period, NewFetch fetch) {
    var settings = JsonNodeFactory.instance.objectNode();
    settings.put("every", period.toString()).set("fetch", fetch.forSchedule());
    return settings;
  }

  /**
   * Makes it, or replaces that generation.
   *
   * @param version of {@link ApiObject#version}, or {@code *} for any; empty to make it
   */
  public ApiObject put(String originId, String id, JsonNode settings, Optional<String> version) {
    var call = call("PUT", originId, id).json(settings);
    return sent(version.map(it -> call.header("If-Match", it)).orElse(call));
  }

  /** As it stands, with its next and latest ticks. */
  public ApiObject get(String originId, String id) {
    return sent(call("GET", originId, id));
  }

  /** A page of the origin's, in short; {@code next} is the id after which the next page goes on. */
  public Page<ApiObject> list(String originId, int limit, Optional<String> after) {
    var call =
        Call.api("GET", "v1", "origins", originId, "schedules")
            .query("limit", Integer.toString(limit))
            .query("after", after);
    return Page.of(sender.send(call).json(), "nextAfter", ApiObject::of);
  }

  /**
   * A page of those of all origins, in short.
   *
   * @param filters names and values of the API, such as {@code state=paused} or {@code order=next};
   *     docs/schedules.md has them
   */
  public Page<ApiObject> find(Map<String, String> filters, int limit, Optional<String> cursor) {
    var call =
        Call.api("GET", "v1", "schedules")
            .query(filters.entrySet())
            .query("limit", Integer.toString(limit))
            .query("cursor", cursor);
    return Page.of(sender.send(call).json());
  }

  /** Removes it; its fetches go on. */
  public void remove(String originId, String id) {
    sender.send(call("DELETE", originId, id));
  }

  /** Lets it not tick. */
  public ApiObject pause(String originId, String id) {
    return sent(call("POST", originId, id, "pause"));
  }

  /** Lets it tick again. */
  public ApiObject resume(String originId, String id, boolean catchUp) {
    var body = JsonNodeFactory.instance.objectNode().put("catchUp", catchUp);
    return sent(call("POST", originId, id, "resume").json(body));
  }

  /** Makes a fetch now. Not repeated by the client, because each call makes another one. */
  public ApiObject trigger(String originId, String id) {
    return sent(call("POST", originId, id, "trigger").once());
  }

  /** Makes the fetches of past ticks that were not made. */
  public ApiObject backfill(String originId, String id, Instant from, Instant to, boolean dryRun) {
    var body =
        JsonNodeFactory.instance
            .objectNode()
            .put("from", from.toString())
            .put("to", to.toString())
            .put("dryRun", dryRun);
    return sent(call("POST", originId, id, "backfill").json(body));
  }
}
