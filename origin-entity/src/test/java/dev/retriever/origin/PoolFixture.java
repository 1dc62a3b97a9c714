package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.executor.settings.ExecutorSettings;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.executor.settings.PoolsSettings.Placement;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;

/**
 * Real executor pools of one node on a wire on which nothing happens by itself, in a system of its
 * own.
 */
public final class PoolFixture implements Transport, AutoCloseable {
  static final Duration RETENTION = Duration.ofMinutes(1);

  /** An exchange under way. It ends when the test says so; an abort alone does not end it. */
  public record Call(AttemptKey key, FetchRequest request, Consumer<Report> done) {
    public void end(Report report) {
      done.accept(report);
    }
  }

  private final ActorTestKit kit = ActorTestKit.create(VirtualTime.config());
  public final TestProbe<Call> wire = kit.createTestProbe();
  public final TestProbe<AttemptKey> aborts = kit.createTestProbe();

  /** Reports that were lost on the way, while {@link #losing}. */
  public final TestProbe<AttemptReport> lost = kit.createTestProbe();

  public volatile boolean losing;

  /** Other nodes that live. */
  final Set<String> members = ConcurrentHashMap.newKeySet();

  public final ExecutorPools pools;

  /** The default one. */
  public final ExecutorPool pool;

  public PoolFixture(
      String id,
      int permits,
      Map<String, Integer> named,
      int perTarget,
      VirtualTime time,
      Consumer<AttemptReport> origin) {
    time.moves(kit);
    var settings = new HashMap<String, ExecutorSettings>();
    named.forEach((name, some) -> settings.put(name, settings(some)));
    this.pools =
        ExecutorPools.start(
            kit.system(),
            id,
            new PoolsSettings(settings(permits), settings, Placement.OWN_NODE, perTarget),
            this,
            report -> deliver(report, origin),
            time,
            time::nanos,
            new ExecutorPools.Neighbours(members::contains, false));
    this.pool = pools.find(Optional.empty()).orElseThrow();
  }

  private static ExecutorSettings settings(int permits) {
    return new ExecutorSettings(
        1,
        permits,
        1_000_000,
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4),
        RETENTION,
        10);
  }

  private void deliver(AttemptReport report, Consumer<AttemptReport> origin) {
    if (losing) {
      lost.ref().tell(report);
    } else {
      origin.accept(report);
    }
  }

  @Override
  public Exchange start(
      AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
    wire.ref().tell(new Call(key, request, done));
    return reason -> aborts.ref().tell(key);
  }

  public Call call(String fetchId, int attempt) {
    var call = wire.receiveMessage();
    if (!call.key().fetchId().equals(fetchId) || call.key().attempt() != attempt) {
      throw new AssertionError("not " + fetchId + "#" + attempt + " but " + call.key());
    }
    return call;
  }

  /** What was told to the executor before has been handled after this. */
  public void executorIsIdle() {
    var before = pool.stats().dispatchesRefused();
    pool.dispatch(new AttemptKey("t", "o", "unreserved", 1), Samples.GET, Duration.ofSeconds(1));
    OriginFixture.eventually(wire, () -> pool.stats().dispatchesRefused() > before);
  }

  public static Report brokenAt(Stage stage) {
    return new Report.Ambiguous(Optional.of(stage), "reset", Optional.empty());
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
