package dev.retriever.executor.span;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.trace.AttemptTrace.Place;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A span that is over, as facts. It shows ids, hosts and paths, but no value of a query, no header
 * and no body. Immutable.
 *
 * @param name low in variety, such as the method of an attempt
 * @param texts its attributes that are text, by name
 * @param numbers its attributes that are numbers, by name
 */
public record SpanRecord(
    Place place,
    Kind kind,
    String name,
    Instant start,
    Instant end,
    Map<String, String> texts,
    Map<String, Long> numbers,
    List<Event> events) {
  /** The attribute of spans that tell a failure. */
  public static final String ERROR_TYPE = "error.type";

  /** The role of the node in what the span tells. */
  public enum Kind {
    /** It was asked by a caller. */
    SERVER,
    /** It called a target. */
    CLIENT,
    /** It did something by itself. */
    INTERNAL
  }

  /** Something that happened during the span. */
  public record Event(String name, Instant at) {}

  public SpanRecord {
    texts = Map.copyOf(texts);
    numbers = Map.copyOf(numbers);
    events = List.copyOf(events);
  }

  /** Why it failed; empty if it did not. */
  public Optional<String> error() {
    return Optional.ofNullable(texts.get(ERROR_TYPE));
  }

  /** The attributes that name a fetch, as its caller knows it. */
  public static Map<String, String> names(AttemptKey key) {
    var texts = new TreeMap<String, String>();
    texts.put("retriever.fetch.id", key.fetchId());
    texts.put("retriever.origin.type", key.originType());
    texts.put("retriever.origin.id", Tenant.outerId(key.originType(), key.originId()));
    if (!key.tenant().isDefault()) {
      texts.put("retriever.tenant", key.tenant().toString());
    }
    return texts;
  }
}
