package dev.retriever.origin.testkit;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.ExecutorSettings;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Pools;
import dev.retriever.executor.PoolsSettings;
import dev.retriever.executor.Report;
import dev.retriever.executor.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Executors in virtual time, which do as {@code FetchExecutor} and its pool do: an attempt begins
 * only from a reservation and only once, is aborted when its time is up, and its report is sent
 * until acknowledged. There is room for all.
 */
final class VirtualExecutors implements Pools {
  /** An attempt: reserved, then under way, then reported. */
  private static final class Entry {
    private boolean begun;
    private Optional<ScriptedTransport.Call> call = Optional.empty();
    private Optional<Report> report = Optional.empty();
    private Instant reportedAt;
    private int timesSent;
  }

  private final EventQueue time;
  private final PoolsSettings pools;
  private final ExecutorSettings settings;
  private final ScriptedTransport transport;
  private final BiConsumer<AttemptKey, Report> origin;
  private final Map<AttemptKey, Entry> entries = new HashMap<>();
  private int incarnation = 1;

  VirtualExecutors(
      EventQueue time,
      PoolsSettings pools,
      ScriptedTransport transport,
      BiConsumer<AttemptKey, Report> origin) {
    this.time = time;
    this.pools = pools;
    this.settings = pools.standard();
    this.transport = transport;
    this.origin = origin;
  }

  /** All of them are gone, with their attempts and reports, and others have come. */
  void lost() {
    entries.clear();
    incarnation++;
  }

  @Override
  public Optional<String> reserve(Optional<String> name, AttemptKey key) {
    return has(name) && entries.putIfAbsent(key, new Entry()) == null
        ? Optional.of(id(name))
        : Optional.empty();
  }

  /** There always is room. */
  @Override
  public void awaitRoom(Optional<String> name, String waiter, Runnable tryAgain) {
    tryAgain.run();
  }

  @Override
  public Optional<Pool> withId(String id) {
    return Stream.concat(Stream.of(Optional.<String>empty()), names().stream().map(Optional::of))
        .map(this::id)
        .filter(id::equals)
        .findFirst()
        .map(VirtualPool::new);
  }

  @Override
  public boolean lives(String id) {
    return withId(id).isPresent();
  }

  /** Those that an origin is to make itself are made by the default one. */
  private String id(Optional<String> name) {
    var own = name.filter(names()::contains);
    return "executors#" + incarnation + own.map(it -> "/" + it).orElse("");
  }

  @Override
  public Set<String> names() {
    return pools.named().keySet();
  }

  @Override
  public String here() {
    return id(Optional.empty());
  }

  private final class VirtualPool implements Pool {
    private final String id;

    private VirtualPool(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public boolean reserve(AttemptKey key) {
      return entries.putIfAbsent(key, new Entry()) == null;
    }

    @Override
    public void release(AttemptKey key) {
      unreserve(key);
    }

    @Override
    public void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
      VirtualExecutors.this.dispatch(key, request, timeout);
    }

    @Override
    public void abort(AttemptKey key) {
      VirtualExecutors.this.abort(key);
    }

    @Override
    public CompletionStage<Standing> whatBecameOf(AttemptKey key, Instant reservedAt) {
      return CompletableFuture.completedFuture(standing(key, reservedAt));
    }

    private Standing standing(AttemptKey key, Instant reservedAt) {
      unreserve(key);
      var entry = entries.get(key);
      if (entry == null) {
        var over = reservedAt.plus(settings.reportRetention()).isBefore(time.now());
        return over ? Standing.UNKNOWN : Standing.NEVER_BEGAN;
      }
      if (entry.report.isPresent()) {
        send(key, entry);
        return Standing.REPORTED;
      }
      return Standing.RUNNING;
    }

    /** There always is room. */
    @Override
    public void awaitRoom(String waiter, Runnable tryAgain) {
      tryAgain.run();
    }
  }

  private void unreserve(AttemptKey key) {
    entries.computeIfPresent(key, (k, entry) -> entry.begun ? entry : null);
  }

  void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
    var entry = entries.get(key);
    if (entry == null || entry.begun) {
      return;
    }
    entry.begun = true;
    entry.call =
        Optional.of(
            transport.start(
                key,
                request,
                0, // what is scripted has no timeline
                report -> time.after(Duration.ZERO, () -> ended(key, entry, report))));
    time.after(timeout, () -> entry.call.ifPresent(call -> call.abort(Report.TIMEOUT)));
  }

  void abort(AttemptKey key) {
    unreserve(key);
    Optional.ofNullable(entries.get(key))
        .flatMap(entry -> entry.call)
        .ifPresent(call -> call.abort("aborted"));
  }

  /** The origin has journaled that it waits for no report of these attempts any more. */
  void givenUp(String fetchId) {
    entries.forEach(
        (key, entry) -> {
          if (key.fetchId().equals(fetchId)) {
            entry.call.ifPresent(ScriptedTransport.Call::giveUp);
          }
        });
  }

  private void ended(AttemptKey key, Entry entry, Report report) {
    if (entries.get(key) != entry || entry.report.isPresent()) {
      return;
    }
    entry.call = Optional.empty();
    entry.report = Optional.of(report);
    entry.reportedAt = time.now();
    send(key, entry);
  }

  private void send(AttemptKey key, Entry entry) {
    if (entries.get(key) != entry) {
      return;
    }
    if (Duration.between(entry.reportedAt, time.now()).compareTo(settings.reportRetention()) > 0) {
      entries.remove(key);
      return;
    }
    var number = ++entry.timesSent;
    for (var copy = transport.copies(key); copy > 0; copy--) {
      time.after(Duration.ZERO, () -> origin.accept(key, entry.report.orElseThrow()));
    }
    time.after(
        resendAfter(number),
        () -> {
          // A later one has a timer of its own.
          if (entry.timesSent == number) {
            send(key, entry);
          }
        });
  }

  private Duration resendAfter(int timesSent) {
    var doubled = settings.resendMin().multipliedBy(1L << Math.min(timesSent - 1, 20));
    return doubled.compareTo(settings.resendMax()) > 0 ? settings.resendMax() : doubled;
  }

  void acknowledged(AttemptKey key) {
    entries.computeIfPresent(key, (k, entry) -> entry.report.isPresent() ? null : entry);
  }
}
