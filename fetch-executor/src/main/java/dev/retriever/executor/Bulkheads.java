package dev.retriever.executor;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Keeps one target that does not answer from taking all permits, and with them the others': of the
 * exchanges with one scheme, host and port only so many are under way, and one more is refused
 * unsent. Thread-safe.
 */
public final class Bulkheads implements Transport {
  /** Why an attempt was not sent. Its origin tries again later; that counts as no attempt. */
  static final String TARGET_BUSY = "target-busy";

  private final Transport transport;
  private final int perTarget;

  /** Of the targets that have any. */
  private final Map<String, Integer> underWay = new ConcurrentHashMap<>();

  private Bulkheads(Transport transport, int perTarget) {
    this.transport = transport;
    this.perTarget = perTarget;
  }

  /** Around that transport, with the limit of {@code max-per-target}. */
  public static Transport around(Transport transport, TransportSettings settings) {
    return new Bulkheads(transport, settings.maxPerTarget());
  }

  @Override
  public Exchange start(AttemptKey key, FetchRequest request, long takenAt, Consumer<Report> done) {
    var target = target(request.url());
    if (underWay.merge(target, 1, Integer::sum) > perTarget) {
      leave(target);
      done.accept(new Report.NotSent(Stage.QUEUED, TARGET_BUSY));
      return reason -> {};
    }
    try {
      return transport.start(
          key,
          request,
          takenAt,
          report -> {
            leave(target);
            done.accept(report);
          });
    } catch (RuntimeException e) {
      leave(target);
      throw e;
    }
  }

  private void leave(String target) {
    underWay.computeIfPresent(target, (it, count) -> count == 1 ? null : count - 1);
  }

  private static String target(String url) {
    var uri = URI.create(url);
    var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme + " " + EgressPolicy.plainName(uri.getHost()) + " " + EgressPolicy.port(uri);
  }
}
