package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Report;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport.Exchange;
import dev.retriever.executor.settings.ExecutorSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A pool without executors: the caller of {@code dispatch} starts the exchange, and the report is
 * sent once. The pool keeps no record of attempts, so an origin that leaves memory loses theirs. It
 * is the baseline to which other pools are compared. Thread-safe.
 */
final class DirectPool implements Pool {
  private final PoolNode node;
  private final String id;
  private final ExecutorSettings settings;
  private final RoomQueue waiting;
  private final Map<AttemptKey, Target> permits = new ConcurrentHashMap<>();
  private final Map<AttemptKey, Exchange> exchanges = new ConcurrentHashMap<>();

  DirectPool(PoolNode node, String id, ExecutorSettings settings) {
    this.node = node;
    this.id = id;
    this.settings = settings;
    this.waiting = new RoomQueue(settings.waitingOrigins());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Room reserve(AttemptKey key, Target target) {
    synchronized (permits) {
      if (permits.containsKey(key)) {
        return Room.HELD;
      }
      if (!waiting.isTurnOf(key) || permits.size() >= settings.permits()) {
        return Room.POOL_FULL;
      }
      if (!node.targets().enter(target, key)) {
        return Room.TARGET_FULL;
      }
      permits.put(key, target);
      return Room.RESERVED;
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
    var hasEnded = new AtomicBoolean();
    var exchange =
        node.transport()
            .start(
                key,
                request,
                new TimeLimit(node.nanos().getAsLong(), timeout),
                report -> {
                  hasEnded.set(true);
                  ended(key, report);
                });
    exchanges.put(key, exchange);
    if (hasEnded.get()) {
      exchanges.remove(key, exchange);
      return;
    }
    var system = node.system();
    system
        .scheduler()
        .scheduleOnce(timeout, () -> abort(key, Report.TIMEOUT), system.executionContext());
  }

  private void ended(AttemptKey key, Report report) {
    over(key);
    node.reports().deliver(new AttemptReport(key, report, node.system().ignoreRef()));
  }

  private void over(AttemptKey key) {
    exchanges.remove(key);
    var target = permits.remove(key);
    if (target != null) {
      node.targets().leave(target);
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

  /** An origin that asks has been reloaded, and the report of its attempt was lost meanwhile. */
  @Override
  public CompletionStage<AttemptStatus> whatBecameOf(AttemptKey key, Instant reservedAt) {
    return CompletableFuture.completedFuture(AttemptStatus.UNKNOWN);
  }

  @Override
  public void awaitRoom(Optional<Target> full, String waiter, Runnable tryAgain) {
    full.ifPresentOrElse(
        target -> node.targets().await(target, waiter, tryAgain),
        () -> waiting.add(waiter, tryAgain));
    if (permits.size() < settings.permits()) {
      waiting.next(1).forEach(Runnable::run);
    }
  }
}
