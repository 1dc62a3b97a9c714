package dev.retriever.executor;

import dev.retriever.executor.Transport.Exchange;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * No executors: whoever dispatches starts the exchange itself, and gets its report once. Nothing is
 * kept of an attempt, so what became of one can only be said while its origin stays in memory. The
 * shortest way there is, to compare the others with. Thread-safe.
 */
final class DirectPool implements Pool {
  private final ActorSystem<?> system;
  private final String id;
  private final ExecutorSettings settings;
  private final Transport transport;
  private final Reports reports;
  private final LongSupplier nanos;
  private final Waiting waiting;
  private final Set<AttemptKey> permits = ConcurrentHashMap.newKeySet();
  private final Map<AttemptKey, Exchange> exchanges = new ConcurrentHashMap<>();

  DirectPool(
      ActorSystem<?> system,
      String id,
      ExecutorSettings settings,
      Transport transport,
      Reports reports,
      LongSupplier nanos) {
    this.system = system;
    this.id = id;
    this.settings = settings;
    this.transport = transport;
    this.reports = reports;
    this.nanos = nanos;
    this.waiting = new Waiting(settings.waitingOrigins());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean reserve(AttemptKey key) {
    synchronized (permits) {
      return waiting.isTurnOf(key) && permits.size() < settings.permits() && permits.add(key);
    }
  }

  @Override
  public void release(AttemptKey key) {
    if (!exchanges.containsKey(key)) {
      over(key);
    }
  }

  @Override
  public void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
    var exchange = transport.start(key, request, nanos.getAsLong(), report -> ended(key, report));
    exchanges.put(key, exchange);
    if (!permits.contains(key)) {
      exchanges.remove(key); // it has ended already
      return;
    }
    system
        .scheduler()
        .scheduleOnce(timeout, () -> abort(key, Report.TIMEOUT), system.executionContext());
  }

  private void ended(AttemptKey key, Report report) {
    over(key);
    reports.deliver(new AttemptReport(key, report, system.ignoreRef()));
  }

  private void over(AttemptKey key) {
    exchanges.remove(key);
    if (permits.remove(key)) {
      waiting.next(1).forEach(Runnable::run);
    }
  }

  @Override
  public void abort(AttemptKey key) {
    abort(key, "aborted");
  }

  private void abort(AttemptKey key, String reason) {
    var exchange = exchanges.get(key);
    if (exchange != null) {
      exchange.abort(reason);
    }
  }

  /** Whoever asks has lost its memory, and with it the attempt. */
  @Override
  public CompletionStage<Standing> whatBecameOf(AttemptKey key, Instant reservedAt) {
    return CompletableFuture.completedFuture(Standing.UNKNOWN);
  }

  @Override
  public void awaitRoom(String waiter, Runnable tryAgain) {
    waiting.add(waiter, tryAgain);
    if (permits.size() < settings.permits()) {
      waiting.next(1).forEach(Runnable::run);
    }
  }
}
