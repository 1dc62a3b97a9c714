package dev.retriever.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What fetches must be to be found; all filters must hold. What there is to filter by is in
 * docs/search.md. Immutable.
 *
 * @param filters names and values of the API
 */
public record FetchQuery(List<Map.Entry<String, String>> filters) {
  /** Copies the filters. */
  public FetchQuery {
    filters = List.copyOf(filters);
  }

  /** Any settled fetch. */
  public static FetchQuery any() {
    return new FetchQuery(List.of());
  }

  /** With that filter of the API besides. */
  public FetchQuery where(String name, String value) {
    var all = new ArrayList<>(filters);
    all.add(Map.entry(name, value));
    return new FetchQuery(all);
  }

  /** With that outcome: answered, failed, unknown or cancelled. */
  public FetchQuery outcome(String type) {
    return where("outcome", type);
  }

  /** With that host of the request. */
  public FetchQuery host(String host) {
    return where("host", host);
  }

  /** With that label. */
  public FetchQuery label(String key, String value) {
    return where("label." + key, value);
  }

  /** Settled after that time. */
  public FetchQuery settledAfter(Instant time) {
    return where("settledAfter", time.toString());
  }

  /** Settled before that time. */
  public FetchQuery settledBefore(Instant time) {
    return where("settledBefore", time.toString());
  }
}
