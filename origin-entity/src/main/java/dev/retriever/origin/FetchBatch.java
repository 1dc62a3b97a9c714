package dev.retriever.origin;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import java.util.HashSet;
import java.util.List;

/**
 * Fetches that one origin accepts in one write: all of them, or none. Immutable.
 *
 * @param entries 1 to {@link #MOST}, each with an id of its own, {@link #MOST_BYTES} together
 */
public record FetchBatch(List<Entry> entries) {
  /** Most fetches in a batch, inclusive. */
  public static final int MOST = 500;

  /** Most bytes of URLs, headers and bodies of all requests together, inclusive: 4 MiB. */
  public static final long MOST_BYTES = 4L * 1024 * 1024;

  /** A fetch and the caller's name for it. */
  public record Entry(String fetchId, FetchSpec spec) {}

  /**
   * @throws InvalidSpec naming what is wrong, with the place of a repeated id
   */
  public FetchBatch {
    entries = List.copyOf(entries);
    if (entries.isEmpty() || entries.size() > MOST) {
      throw new InvalidSpec("/fetches", "must be 1 to " + MOST);
    }
    var ids = new HashSet<String>();
    for (var i = 0; i < entries.size(); i++) {
      if (!ids.add(entries.get(i).fetchId())) {
        throw new InvalidSpec("/fetches/" + i + "/id", "must not be given twice in a batch");
      }
    }
    if (bytes(entries) > MOST_BYTES) {
      throw new InvalidSpec("/fetches", "must be at most 4 MiB together");
    }
  }

  /** Names and numbers of a fetch, of a header, and of a status that is tried again. */
  private static final int SETTINGS = 512;

  private static final int HEADER = 20;
  private static final int STATUS = 5;

  /** How many bytes its requests have. */
  public long bytes() {
    return bytes(entries);
  }

  /**
   * About how many bytes it has as a message, and at least half of them: with ids, keys and
   * settings, of which many small fetches have more than of requests.
   */
  public long messageBytes() {
    return entries.stream().mapToLong(FetchBatch::messageBytes).sum();
  }

  private static long messageBytes(Entry entry) {
    var spec = entry.spec();
    var request = spec.request();
    var queue = spec.queue().map(it -> it.name().length() + it.key().map(String::length).orElse(0));
    return SETTINGS
        + bytes(request)
        + (long) HEADER * request.headers().size()
        + entry.fetchId().length()
        + request.idempotencyKey().map(String::length).orElse(0)
        + queue.orElse(0)
        + (long) STATUS * spec.retry().retryOn().size();
  }

  private static long bytes(List<Entry> entries) {
    return entries.stream().mapToLong(entry -> bytes(entry.spec().request())).sum();
  }

  /** How many bytes of a batch a request is. */
  public static long bytes(FetchRequest request) {
    var headers =
        request.headers().stream()
            .mapToLong(header -> header.name().length() + header.value().length())
            .sum();
    return request.url().length() + headers + request.body().map(Body::size).orElse(0);
  }
}
