package dev.retriever.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import java.util.List;
import java.util.Optional;

/** Calls about API keys in the database, at the management port. Used by several threads. */
public final class KeyCalls {
  private final CallSender sender;

  KeyCalls(CallSender sender) {
    this.sender = sender;
  }

  /**
   * Makes one. The key itself is in {@code key} of the answer, and never shown again. Not repeated
   * by the client, because each call makes another one.
   *
   * @param tenant whose; empty for the tenant of the caller
   * @param origins an origin, or the beginning of ids and {@code *}; empty for all
   * @param expires a date or time; empty for never
   */
  public ApiObject make(
      Optional<String> tenant,
      List<String> roles,
      Optional<String> origins,
      Optional<String> expires) {
    var body = JsonNodeFactory.instance.objectNode();
    var all = body.putArray("roles");
    roles.forEach(all::add);
    tenant.ifPresent(it -> body.put("tenant", it));
    origins.ifPresent(it -> body.put("origins", it));
    expires.ifPresent(it -> body.put("expires", it));
    return ApiObject.of(sender.send(Call.admin("POST", "admin", "keys").json(body).once()));
  }

  /** A page of them, without secrets. */
  public Page<ApiObject> list(int limit, Optional<String> cursor) {
    var call =
        Call.admin("GET", "admin", "keys")
            .query("limit", Integer.toString(limit))
            .query("cursor", cursor);
    return Page.of(sender.send(call).json());
  }

  /** One of them, by its id. */
  public ApiObject get(String id) {
    return ApiObject.of(sender.send(Call.admin("GET", "admin", "keys", id)));
  }

  /** Revokes it. */
  public ApiObject revoke(String id) {
    return ApiObject.of(sender.send(Call.admin("DELETE", "admin", "keys", id)));
  }
}
