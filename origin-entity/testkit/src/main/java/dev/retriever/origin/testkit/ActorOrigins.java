package dev.retriever.origin.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.entity.Region;
import dev.retriever.origin.erasure.RowEraser;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.span.Traces;
import dev.retriever.origin.storage.JournalRows;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Runs origins as the actors that they are in production, with real executors on scripted targets:
 * on an actor system of yours, such as that of Pekko's {@code ActorTestKit} with {@code ManualTime}
 * and {@code PersistenceTestKitPlugin}. Scripts are the same as in {@link OriginTestKit}. That kit
 * is faster: use it unless a test is about actors.
 *
 * <pre>{@code
 * var config = ActorOrigins.config().withFallback(ManualTime.config())…;
 * var origins = ActorOrigins.on(actors.system(), clock);
 * origins.otherwise().answers(200);
 * var checkout = actors.spawn(origins.behavior("order-17", new Checkout()));
 * checkout.tell(new Pay(1299, probe.ref()));
 * }</pre>
 *
 * <p>With manual time, first let the actors finish their work, then move the clock, and then the
 * scheduler. Thread-safe.
 */
public final class ActorOrigins {
  private static final String TYPE = "origin";

  /** The journal of Pekko's test kit, and where it is read. */
  private static final String IN_MEMORY = "pekko.persistence.testkit.journal";

  private static final String READ_IN_MEMORY = "pekko.persistence.testkit.query";

  private final ActorSystem<?> system;
  private final Clock clock;
  private final Scripts scripts = new Scripts();
  private final ScriptedTransport transport;
  private final ExecutorPools pools;
  private final Map<String, ActorRef<Object>> origins = new ConcurrentHashMap<>();

  private ActorOrigins(ActorSystem<?> system, Clock clock) {
    this.system = system;
    this.clock = clock;
    this.transport = new ScriptedTransport(scripts, new SystemTime(system, clock));
    this.pools =
        ExecutorPools.start(
            system,
            "executors#1",
            PoolsSettings.from(system.settings().config()),
            transport,
            this::deliver,
            clock,
            this::nanos,
            ExecutorPools.Neighbours.NONE);
  }

  /**
   * Starts the executors of that system. To be called once for each system.
   *
   * @param clock moves together with the system's scheduler
   */
  public static ActorOrigins on(ActorSystem<?> system, Clock clock) {
    return new ActorOrigins(system, clock);
  }

  /**
   * Configuration to put before that of the journal, so that writes do not time out when manual
   * time jumps.
   */
  public static Config config() {
    return ConfigFactory.parseString(
        "pekko.persistence.journal-plugin-fallback.circuit-breaker.call-timeout = 1000 days");
  }

  /**
   * The actor of that origin, with the settings of its system. Send it commands. To restart it,
   * stop it and spawn it again; to deploy other code, spawn it with another definition.
   */
  public <C, E, S> Behavior<Object> behavior(String originId, Origin<C, E, S> definition) {
    return Behaviors.setup(
        ctx -> {
          origins.put(originId, ctx.getSelf());
          return OriginHost.of(TYPE, definition, around()).behavior(originId, system.ignoreRef());
        });
  }

  /** No alarm clock wakes the origins, so they stay in memory until they are stopped. */
  private OriginHost.Surroundings around() {
    var settings = OriginSettings.from(system.settings().config());
    return new OriginHost.Surroundings(
        system,
        settings,
        pools,
        clock,
        this::nanos,
        () -> 0.5,
        new Alone(),
        (id, number) -> JournalRows.of(system, readJournal(settings)).row(id, number),
        RowEraser.NONE,
        Queues.none(),
        Endpoints.none(),
        false,
        false,
        Traces.HANDED_ON);
  }

  /** The plugin that reads the journal; large request bodies need it. */
  private String readJournal(OriginSettings settings) {
    var journal = system.settings().config().getString("pekko.persistence.journal.plugin");
    return journal.equals(IN_MEMORY) ? READ_IN_MEMORY : settings.readJournal();
  }

  /** The clock moves with the scheduler, so it serves as the monotonic clock too. */
  private long nanos() {
    var now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /** Origins without a region: tests send messages to their actors. */
  private static final class Alone implements Region {
    @Override
    public void tell(String originId, Object message) {}

    @Override
    public <R> CompletionStage<R> ask(
        String originId, Function<ActorRef<R>, Object> message, Duration timeout) {
      return CompletableFuture.failedFuture(
          new UnsupportedOperationException("tell the actor of origin " + originId));
    }
  }

  /** The persistence id of that origin's rows in the journal. */
  public String persistenceId(String originId) {
    return OriginHost.persistenceId(TYPE, originId);
  }

  private void deliver(AttemptReport report) {
    var origin = origins.get(report.key().originId());
    for (var copy = transport.copies(report.key()); copy > 0; copy--) {
      origin.tell(OriginHost.arrived(report));
    }
  }

  /** As {@link OriginTestKit#whenFetch}, for every origin. */
  public Script whenFetch(String fetchId) {
    return scripts.whenFetch(fetchId);
  }

  /** As {@link OriginTestKit#when}, for every origin. */
  public Script when(Predicate<FetchRequest> request) {
    return scripts.when(request);
  }

  /** As {@link OriginTestKit#otherwise}, for every origin. */
  public Script otherwise() {
    return scripts.otherwise();
  }

  /**
   * As {@link OriginTestKit#requests}, of every origin.
   *
   * @throws AssertionError when a request had no script. Its fetch has failed with the reason
   *     {@code unscripted}
   */
  public List<WireRequest> requests() {
    scripts.throwUnscripted();
    return scripts.sent();
  }

  private record SystemTime(ActorSystem<?> system, Clock clock) implements ScriptTime {
    @Override
    public Instant now() {
      return clock.instant();
    }

    @Override
    public void after(Duration delay, Runnable action) {
      if (delay.isZero()) {
        action.run(); // a scheduler of manual time would wait for its next step
      } else {
        system.scheduler().scheduleOnce(delay, action, system.executionContext());
      }
    }
  }
}
