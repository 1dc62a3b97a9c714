package dev.retriever.origin.testkit;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Report;
import dev.retriever.executor.Reservation;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.settings.ExecutorSettings;
import dev.retriever.executor.settings.PoolsSettings;
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
 * Executors in virtual time that behave like {@code FetchExecutor} and its pool. An attempt needs a
 * reservation, begins once, is aborted at its timeout, and its report is repeated until
 * acknowledged. Pools have unlimited room; targets have the room of the settings.
 */
final class VirtualExecutors implements Pools {
  /** An attempt: reserved, then under way, then reported. */
  private static final class Entry {
    private final Target target;
    private boolean begun;
    private Optional<ScriptedTransport.Call> call = Optional.empty();
    private Optional<Report> report = Optional.empty();
    private Instant reportedAt;
    private int timesSent;

    private Entry(Target target) {
      this.target = target;
    }
  }

  private final EventQueue time;
  private final PoolsSettings pools;
  private final ExecutorSettings settings;
  private final ScriptedTransport transport;
  private final BiConsumer<AttemptKey, Report> origin;
  private final Map<AttemptKey, Entry> entries = new HashMap<>();
  private int incarnation = 1;

  /** Attempts that were reserved and are not reported yet. */
  private final Map<Target, Integer> underWay = new HashMap<>();

  private final Runnable roomMade;

  VirtualExecutors(
      EventQueue time,
      PoolsSettings pools,
      ScriptedTransport transport,
      BiConsumer<AttemptKey, Report> origin,
      Runnable roomMade) {
    this.roomMade = roomMade;
    this.time = time;
    this.pools = pools;
    this.settings = pools.standard();
    this.transport = transport;
    this.origin = origin;
  }

  /** New executors replace the old ones, whose attempts and reports are lost. */
  void lost() {
    entries.clear();
    underWay.clear();
    incarnation++;
  }

  @Override
  public Reservation reserve(Optional<String> name, AttemptKey key, Target target) {
    return has(name) ? Reservation.of(reserve(key, target), id(name)) : Reservation.none();
  }

  private Room reserve(AttemptKey key, Target target) {
    if (entries.containsKey(key)) {
      return Room.HELD;
    }
    if (underWay.getOrDefault(target, 0) >= pools.maxPerTarget()) {
      return Room.TARGET_FULL;
    }
    underWay.merge(target, 1, Integer::sum);
    entries.put(key, new Entry(target));
    return Room.RESERVED;
  }

  /** The run learns of free room by {@code roomMade}, so no origin asks here. */
  @Override
  public void awaitRoom(
      Optional<String> name, Optional<Target> full, String waiter, Runnable tryAgain) {
    throw new UnsupportedOperationException();
  }

  private void over(Entry entry) {
    underWay.computeIfPresent(entry.target, (target, count) -> count == 1 ? null : count - 1);
    time.after(Duration.ZERO, roomMade);
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

  /** The default pool makes the direct attempts too. */
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
    public Room reserve(AttemptKey key, Target target) {
      return VirtualExecutors.this.reserve(key, target);
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
    public CompletionStage<AttemptStatus> whatBecameOf(AttemptKey key, Instant reservedAt) {
      return CompletableFuture.completedFuture(status(key, reservedAt));
    }

    private AttemptStatus status(AttemptKey key, Instant reservedAt) {
      unreserve(key);
      var entry = entries.get(key);
      if (entry == null) {
        var over = reservedAt.plus(settings.reportRetention()).isBefore(time.now());
        return over ? AttemptStatus.UNKNOWN : AttemptStatus.NEVER_BEGAN;
      }
      if (entry.report.isPresent()) {
        send(key, entry);
        return AttemptStatus.REPORTED;
      }
      return AttemptStatus.RUNNING;
    }

    @Override
    public void awaitRoom(Optional<Target> full, String waiter, Runnable tryAgain) {
      throw new UnsupportedOperationException();
    }
  }

  private void unreserve(AttemptKey key) {
    var entry = entries.get(key);
    if (entry != null && !entry.begun) {
      entries.remove(key);
      over(entry);
    }
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
                new TimeLimit(0, timeout), // scripted attempts have no timeline
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
    over(entry);
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
        settings.resendAfter(number),
        () -> {
          // A later send has a timer of its own.
          if (entry.timesSent == number) {
            send(key, entry);
          }
        });
  }

  void acknowledged(AttemptKey key) {
    entries.computeIfPresent(key, (k, entry) -> entry.report.isPresent() ? null : entry);
  }
}
