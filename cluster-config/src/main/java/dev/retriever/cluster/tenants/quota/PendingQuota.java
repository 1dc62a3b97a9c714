package dev.retriever.cluster.tenants.quota;

import dev.retriever.cluster.storage.TenantLeases;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * One tenant's limit of pending fetches on this node. Units come from the database in blocks, so
 * that few submissions wait for it. Thread-safe.
 */
final class PendingQuota {
  /**
   * So many submissions wait for a block at most; more are refused as if the quota were used up.
   */
  private static final int MOST_WAITING = 1_000;

  /** The largest block. All nodes together may hold back a quarter of a small limit. */
  private static final long BLOCK = 256;

  /** After a refusal, the database is not asked again for so long. */
  private static final long REFUSED_NANOS = Duration.ofMillis(250).toNanos();

  /** Sooner than other nodes take the lease for lapsed. */
  private static final long LAPSE_NANOS = TenantLeases.LAPSE.minusSeconds(20).toNanos();

  private static final String UNIQUE_VIOLATION = "23505";

  private final String tenant;
  private final long limit;
  private final Node node;
  private final PendingLease lease = new PendingLease();
  private final Queue<CompletableFuture<Optional<Unit>>> waiting = new ArrayDeque<>();
  private boolean asking;
  private boolean refused;
  private long refusedAt;
  private long contactAt;

  /**
   * What all tenants of a node share.
   *
   * @param database runs what waits for the database, one after the other
   */
  record Node(
      String name,
      TenantLeases leases,
      IntSupplier members,
      Executor database,
      Clock clock,
      LongSupplier nanos) {}

  PendingQuota(String tenant, long limit, Node node) {
    this.tenant = tenant;
    this.limit = limit;
    this.node = node;
    this.contactAt = node.nanos().getAsLong();
  }

  /**
   * A unit; empty when the quota is used up.
   *
   * @return fails with the database's exception
   */
  synchronized CompletionStage<Optional<Unit>> take() {
    if (lease.take()) {
      askIf(lease.free() < block() / 4);
      return CompletableFuture.completedFuture(Optional.of(new Taken()));
    }
    if (isRefused() || limit == 0 || waiting.size() >= MOST_WAITING) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    var unit = new CompletableFuture<Optional<Unit>>();
    waiting.add(unit);
    askIf(true);
    return unit;
  }

  private boolean isRefused() {
    return refused && node.nanos().getAsLong() - refusedAt < REFUSED_NANOS;
  }

  private long block() {
    return Math.max(1, Math.min(BLOCK, limit / (4L * Math.max(1, node.members().getAsInt()))));
  }

  private void askIf(boolean needed) {
    if (needed && !asking && !isRefused()) {
      asking = true;
      try {
        node.database().execute(this::ask);
      } catch (RejectedExecutionException e) {
        failed(e);
      }
    }
  }

  private void ask() {
    TenantLeases.Request request;
    synchronized (this) {
      var wanted = Math.max(block(), waiting.size());
      request = new TenantLeases.Request(tenant, node.name(), lease.held(), wanted, limit);
    }
    try {
      granted(request, granted(request));
    } catch (SQLException | RuntimeException e) {
      failed(e);
    }
  }

  private long granted(TenantLeases.Request request) throws SQLException {
    try {
      return node.leases().grant(request, node.clock().instant());
    } catch (SQLException e) {
      if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw e;
      }
      // Another node was the first of this tenant at the same time.
      return node.leases().grant(request, node.clock().instant());
    }
  }

  private void granted(TenantLeases.Request request, long units) {
    synchronized (this) {
      asking = false;
      contactAt = node.nanos().getAsLong();
      lease.granted(units);
      refused = units < request.wanted();
      refusedAt = contactAt;
    }
    serve();
  }

  private void serve() {
    for (var unit = next(); unit.isPresent(); unit = next()) {
      unit.get().run();
    }
  }

  /** Waiting submissions are answered outside the lock, because they go on in this thread. */
  private synchronized Optional<Runnable> next() {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    if (lease.take()) {
      var unit = waiting.remove();
      return Optional.of(() -> unit.complete(Optional.of(new Taken())));
    }
    if (refused) {
      var unit = waiting.remove();
      return Optional.of(() -> unit.complete(Optional.empty()));
    }
    askIf(true);
    return Optional.empty();
  }

  private void failed(Exception cause) {
    var all = new ArrayDeque<CompletableFuture<Optional<Unit>>>();
    synchronized (this) {
      asking = false;
      all.addAll(waiting);
      waiting.clear();
    }
    all.forEach(unit -> unit.completeExceptionally(cause));
  }

  /** At intervals, in the thread for the database: tells it what is held. */
  void look() throws SQLException {
    long held;
    synchronized (this) {
      if (node.nanos().getAsLong() - contactAt > LAPSE_NANOS) {
        lease.lapsed();
      }
      lease.look();
      held = lease.held();
    }
    node.leases().renew(tenant, node.name(), held, node.clock().instant());
    synchronized (this) {
      contactAt = node.nanos().getAsLong();
    }
  }

  private final class Taken implements Unit {
    @Override
    public void recorded() {
      synchronized (PendingQuota.this) {
        lease.recorded();
      }
    }

    @Override
    public void returned() {
      synchronized (PendingQuota.this) {
        lease.returned();
      }
    }

    @Override
    public void doubtful() {
      synchronized (PendingQuota.this) {
        lease.doubtful();
      }
    }
  }
}
