package dev.retriever.client;

import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import java.util.List;
import java.util.Optional;

/** Finds fetches of all origins. Used by several threads. */
public final class SearchCalls {
  private final CallSender sender;

  SearchCalls(CallSender sender) {
    this.sender = sender;
  }

  /** A page of those that match, the newest first, as docs/search.md shows them. */
  public Page<ApiObject> find(FetchQuery query, int limit, Optional<String> cursor) {
    var call =
        Call.api("GET", "v1", "fetches")
            .query(query.filters())
            .query("limit", Integer.toString(limit))
            .query("cursor", cursor);
    return Page.of(sender.send(call).json());
  }

  /** How many match, in groups by up to three of outcome, stage, reason, status, host, … */
  public ApiObject count(FetchQuery query, List<String> by) {
    var call = Call.api("GET", "v1", "fetches", "count").query(query.filters());
    var groups = Optional.of(String.join(",", by)).filter(it -> !it.isEmpty());
    return ApiObject.of(sender.send(call.query("by", groups)));
  }
}
