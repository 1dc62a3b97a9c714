package dev.retriever.loadtest.load;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.process.Fleet;
import dev.retriever.loadtest.server.TargetServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Callers that submit a mix of fetches, one after the other, to the nodes in turn. They repeat a
 * refused or unanswered submission with the same id at the next node, and submit others meanwhile.
 * They never read. Thread-safe.
 */
public final class Traffic {
  private static final int ORIGINS = 200;
  private static final int PAUSE_MS = 80;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Executor SOON =
      CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS);

  /** Fetches in a queue with few slots come at a rate that it can take, most of the time. */
  private static final Executor SELDOM =
      CompletableFuture.delayedExecutor(5L * PAUSE_MS, TimeUnit.MILLISECONDS);

  /** Deferred submissions are repeated after this time, as {@code Retry-After} says. */
  private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  /** The most deferred submissions of all callers. Beyond it a caller waits for its own. */
  private static final int ASIDE = 160;

  /** Cumulative percentages of the kinds of fetches. */
  private static final int GETS = 30;

  private static final int POSTS = 55;
  private static final int KEYED = 70;
  private static final int SLOW_GETS = 82;
  private static final int SLOW_POSTS = 90;

  private final Api api;
  private final Fleet fleet;
  private final TargetServer target;
  private final Ledger ledger;
  private final long seed;
  private final boolean unknown;
  private final List<CompletableFuture<Void>> callers = new ArrayList<>();
  private final Semaphore aside = new Semaphore(ASIDE);
  private final Queue<CompletableFuture<Void>> repeated = new ConcurrentLinkedQueue<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicReference<String> contradiction = new AtomicReference<>();
  private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
  private volatile boolean over;
  private volatile Optional<String> queue = Optional.empty();

  /**
   * @param api a client with a time limit for calls
   * @param unknown whether unrepeatable fetches may become unknown
   */
  public Traffic(
      Api api, Fleet fleet, TargetServer target, Ledger ledger, long seed, boolean unknown) {
    this.api = api;
    this.fleet = fleet;
    this.target = target;
    this.ledger = ledger;
    this.seed = seed;
    this.unknown = unknown;
  }

  /** The same in that queue. To be called before the start. */
  public Traffic in(String name) {
    queue = Optional.of(name);
    return this;
  }

  /** Whether the fetches are in a queue. */
  public boolean isQueued() {
    return queue.isPresent();
  }

  private record Planned(String id, String origin, String kind, Submission spec) {}

  public void start(int count) {
    for (var caller = 0; caller < count; caller++) {
      callers.add(submitting(caller, 0, new Random(seed + caller)));
    }
  }

  /** Sends nothing, not even repetitions, until {@link #goOn}. */
  public void hold() {
    gate = new CompletableFuture<>();
  }

  public void goOn() {
    gate.complete(null);
  }

  /**
   * Begins no more fetches, and waits until all begun ones are accepted.
   *
   * @return whether it was, in time
   */
  public boolean finish() {
    over = true;
    goOn();
    var all = CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new));
    return all.thenCompose(
            done -> CompletableFuture.allOf(repeated.toArray(CompletableFuture[]::new)))
        .thenApply(done -> true)
        .completeOnTimeout(false, PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  /** Fetches that were submitted at least once. */
  public int begun() {
    return begun.get();
  }

  public int accepted() {
    return accepted.get();
  }

  /** Submissions that were refused, or not answered. */
  public int refused() {
    return refused.get();
  }

  /** An answer to a submission that contradicts the API, if there was one. */
  public Optional<String> contradiction() {
    return Optional.ofNullable(contradiction.get());
  }

  private CompletableFuture<Void> submitting(int caller, int number, Random random) {
    if (over) {
      return CompletableFuture.completedFuture(null);
    }
    var fetch = plan("c" + caller + "-" + number, random);
    return gate.thenRun(begun::incrementAndGet)
        .thenCompose(open -> submit(fetch, false))
        .thenComposeAsync(
            done -> submitting(caller, number + 1, random), queue.isPresent() ? SELDOM : SOON);
  }

  /** A fetch that waits for a {@code Retry-After} has its own origin, so that the origin sleeps. */
  private Planned plan(String id, Random random) {
    var origin = "o-" + random.nextInt(ORIGINS);
    var draw = random.nextInt(100);
    if (draw < GETS) {
      return new Planned(id, origin, "get", get("/uuid"));
    } else if (draw < POSTS) {
      return new Planned(id, origin, "post", post("/echo", id));
    } else if (draw < KEYED) {
      return new Planned(id, origin, "keyed", post("/echo", id).keyed(id));
    } else if (draw < SLOW_GETS) {
      return new Planned(id, origin, "slow-get", get("/delay/2500"));
    } else if (draw < SLOW_POSTS) {
      return new Planned(id, origin, "slow-post", post("/delay/2500", id));
    }
    var busy = "/busy/" + (1 + random.nextInt(2)) + "/" + (3 + random.nextInt(3));
    var spec = random.nextBoolean() ? get(busy) : post(busy, id).keyed(id);
    return new Planned(id, "s-" + id, "busy", spec.maxAttempts(6));
  }

  private Submission get(String path) {
    return Submission.get(target.uri().resolve(path)).timeout("15s").within("2m");
  }

  private Submission post(String path, String body) {
    return Submission.post(target.uri().resolve(path), body).timeout("15s").within("2m");
  }

  private CompletableFuture<Void> submit(Planned fetch, boolean isAside) {
    var node = fleet.next();
    if (node.isEmpty()) {
      return again(fetch, isAside);
    }
    var spec =
        queue.map(it -> fetch.spec().queue(it).timeout("4s").within("2h")).orElse(fetch.spec());
    return api.submit(node.get(), fetch.origin(), spec.json(fetch.id()), Optional.empty())
        .handle(
            (view, failure) ->
                failure == null ? accepted(fetch, view) : refused(fetch, failure, isAside))
        .thenCompose(next -> next);
  }

  private CompletableFuture<Void> accepted(Planned fetch, FetchAnswer view) {
    var repeatable = fetch.spec().repeatable();
    var possible = repeatable || !unknown ? Set.of("answered") : Set.of("answered", "unknown");
    ledger.accepted(new Ledger.Accepted(fetch.id(), fetch.kind(), repeatable, possible));
    ledger.read(view);
    accepted.incrementAndGet();
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> refused(Planned fetch, Throwable failure, boolean isAside) {
    ledger.doubtful(fetch.id());
    refused.incrementAndGet();
    Api.Unexpected.in(failure)
        .filter(answer -> !answer.isTemporary())
        .ifPresent(answer -> contradiction.compareAndSet(null, answer.getMessage()));
    return again(fetch, isAside);
  }

  /**
   * Repeats a submission until it is accepted. Some are deferred, so that their callers go on with
   * other origins, as callers with a queue do.
   */
  private CompletableFuture<Void> again(Planned fetch, boolean isAside) {
    if (!isAside && aside.tryAcquire()) {
      repeated.add(later(fetch, true).whenComplete((done, failure) -> aside.release()));
      return CompletableFuture.completedFuture(null);
    }
    return later(fetch, isAside);
  }

  private CompletableFuture<Void> later(Planned fetch, boolean isAside) {
    return CompletableFuture.runAsync(() -> {}, isAside ? LATER : SOON)
        .thenCompose(later -> gate)
        .thenCompose(open -> submit(fetch, isAside));
  }
}
