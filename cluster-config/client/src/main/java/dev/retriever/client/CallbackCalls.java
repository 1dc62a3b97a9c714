package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import java.util.Optional;

/** Calls about callback endpoints, which docs/callbacks.md explains. Used by several threads. */
public final class CallbackCalls {
  private final CallSender sender;

  CallbackCalls(CallSender sender) {
    this.sender = sender;
  }

  private static Call call(String method, String name) {
    return Call.api(method, "v1", "callbacks", name);
  }

  /** All endpoints of the tenant. */
  public Page<ApiObject> list() {
    return Page.of(sender.send(Call.api("GET", "v1", "callbacks")).json());
  }

  /** One of them, with how many callbacks are pending and dead. */
  public ApiObject get(String name) {
    return ApiObject.of(sender.send(call("GET", name)));
  }

  /** Makes or replaces it. */
  public ApiObject put(String name, JsonNode settings) {
    return ApiObject.of(sender.send(call("PUT", name).json(settings)));
  }

  /** Removes it, when nothing is pending. */
  public void remove(String name) {
    sender.send(call("DELETE", name));
  }

  /** Sends one signed test event to it, and gives what came back. Not repeated. */
  public ApiObject test(String name) {
    return ApiObject.of(sender.send(Call.api("POST", "v1", "callbacks", name, "test").once()));
  }

  /** A page of callbacks that were given up. */
  public Page<ApiObject> dead(String name, int limit, Optional<String> cursor) {
    var call =
        Call.api("GET", "v1", "callbacks", name, "dead")
            .query("limit", Integer.toString(limit))
            .query("cursor", cursor);
    return Page.of(sender.send(call).json());
  }
}
