package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Calls about queues. All but {@link #figures} are for operators, and go to the management port.
 * Their objects, settings and operations are in docs/queues.md. Used by several threads.
 */
public final class QueueCalls {
  private final CallSender sender;

  QueueCalls(CallSender sender) {
    this.sender = sender;
  }

  private static Call admin(String method, String name, String... more) {
    var segments = new ArrayList<>(List.of("admin", "queues", name));
    segments.addAll(List.of(more));
    return Call.admin(method, segments.toArray(String[]::new));
  }

  private ApiObject sent(Call call) {
    return ApiObject.of(sender.send(call));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** State and figures for callers. */
  public ApiObject figures(String name) {
    return sent(Call.api("GET", "v1", "queues", name));
  }

  /** A page of names. */
  public Page<ApiObject> list(int limit, Optional<String> cursor) {
    return page(Call.admin("GET", "admin", "queues"), limit, cursor);
  }

  private Page<ApiObject> page(Call call, int limit, Optional<String> cursor) {
    var paged = call.query("limit", Integer.toString(limit)).query("cursor", cursor);
    return Page.of(sender.send(paged).json());
  }

  /** Settings, state and figures. */
  public ApiObject get(String name) {
    return sent(admin("GET", name));
  }

  /** What waits and runs by tenant and key, most first. */
  public Page<ApiObject> keys(String name, int limit, Optional<String> cursor) {
    return page(admin("GET", name, "keys"), limit, cursor);
  }

  /** What waits by origin, key and priority, the oldest first. */
  public Page<ApiObject> waiting(String name, int limit, Optional<String> cursor) {
    return page(admin("GET", name, "waiting"), limit, cursor);
  }

  /**
   * Makes it, or replaces all settings of the version that is named.
   *
   * @param version of {@link ApiObject#version}, or {@code *} for any; empty to make it
   */
  public ApiObject put(String name, JsonNode settings, Optional<String> version) {
    var call = admin("PUT", name).json(settings);
    return sent(version.map(it -> call.header("If-Match", it)).orElse(call));
  }

  /** Changes what the merge patch names. */
  public ApiObject patch(String name, JsonNode change) {
    return sent(
        admin("PATCH", name).json(change).header("Content-Type", "application/merge-patch+json"));
  }

  /** Removes an empty one. */
  public void remove(String name) {
    sender.send(admin("DELETE", name));
  }

  /** Lets nothing begin until that time, or until it is resumed. */
  public ApiObject pause(String name, String reason, Optional<Instant> until) {
    var body = object().put("reason", reason);
    until.ifPresent(it -> body.put("until", it.toString()));
    return sent(admin("POST", name, "pause").json(body));
  }

  /** Ends a pause and a drain. */
  public ApiObject resume(String name) {
    return sent(admin("POST", name, "resume"));
  }

  /** Takes no more submissions, and lets the rest run. */
  public ApiObject drain(String name) {
    return sent(admin("POST", name, "drain"));
  }

  /**
   * Cancels what waits unsent; of that key alone, if there is one.
   *
   * @param before of what was accepted before then; empty for the time when the node is asked. Then
   *     the client does not repeat it, because a repeat would cancel more
   */
  public ApiObject purge(String name, Optional<String> key, Optional<Instant> before) {
    var body = object();
    key.ifPresent(it -> body.put("key", it));
    before.ifPresent(it -> body.put("before", it.toString()));
    var call = admin("POST", name, "purge").json(body);
    return sent(before.isPresent() ? call : call.once());
  }

  /** Lets nothing begin until that time, as if the target had asked for it. */
  public ApiObject hold(String name, String reason, Instant until) {
    var body = object().put("reason", reason).put("until", until.toString());
    return sent(admin("POST", name, "hold").json(body));
  }

  /** Ends all holds. */
  public ApiObject release(String name) {
    return sent(admin("POST", name, "release"));
  }

  /** Opens or closes its breaker, until {@code auto}. */
  public ApiObject breaker(String name, String mode) {
    return sent(admin("POST", name, "breaker").json(object().put("mode", mode)));
  }

  /** A page of the attempts that hold slots. */
  public Page<ApiObject> slots(String name, int limit, Optional<String> cursor) {
    return page(admin("GET", name, "slots"), limit, cursor);
  }

  /** Frees the slot of an attempt that was given up. */
  public ApiObject releaseSlot(String name, int slot) {
    return sent(admin("POST", name, "slots", Integer.toString(slot), "release"));
  }
}
