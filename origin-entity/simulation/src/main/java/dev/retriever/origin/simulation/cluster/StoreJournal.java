package dev.retriever.origin.simulation.cluster;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.FaultChances;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.trace.TraceLine;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * The journal of a simulated node: writes to the {@link Store}, and applies the faults of writes.
 */
public final class StoreJournal extends AsyncWriteJournal {
  private static final Duration QUICK = Duration.ofMillis(1);
  private static final Duration USUAL = Duration.ofMillis(20);

  private static final Duration SLOWER = Duration.ofSeconds(4);

  /** Longer than the journal's circuit breaker waits. */
  private static final Duration SLOW = Duration.ofSeconds(14);

  private static final Duration LIFE_OF_GRANTS = Duration.ofSeconds(10);
  private static final Duration LIFE_WITH_RATE = Duration.ofSeconds(2);

  /** When a grant is over, another attempt has its slot for about that long. */
  private static final Duration ANOTHER_RUNS = Duration.ofSeconds(2);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(25);

  /** The origins of a node that is removed recover elsewhere within this, when a caller asks. */
  private static final Duration REPLACED = Duration.ofSeconds(1);

  /** The rows of an origin have been read within this. */
  private static final Duration RECOVERED = Duration.ofMillis(100);

  /** For longer than most attempts take. */
  private static final int LOOKS = 8;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  /** An origin waits longer for a write. */
  private static final Duration WAITED_FOR = Duration.ofSeconds(8);

  private final SimulatedNode node = NodeTasks.current();
  private final RandomStreams chance = node.cluster().journalChance();

  /** Done when all writes so far are: Pekko passes on what became of them in their order. */
  private CompletableFuture<Void> earlier = CompletableFuture.completedFuture(null);

  /** As Pekko makes one, by reflection. */
  public StoreJournal() {}

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
    var results = new ArrayList<CompletableFuture<Void>>();
    writes.forEach(write -> results.add(write(write)));
    var all = CompletableFuture.allOf(results.toArray(CompletableFuture[]::new));
    return FutureConverters.asScala(
        all.thenApply(done -> results.stream().map(it -> Optional.<Exception>empty()).toList()));
  }

  private CompletableFuture<Void> write(AtomicWrite write) {
    var luck = luck();
    var queue = queueThatBegins(write).filter(it -> luck.strikes(Fault.START_SLOW));
    var slow = queue.isPresent() || luck.strikes(Fault.WRITE_SLOW);
    var takes = slow ? slow(queue) : chance.between(QUICK, USUAL);
    if (slow) {
      note(write.persistenceId(), () -> "a write takes " + TraceWords.of(takes));
    }
    var result = new CompletableFuture<Void>();
    // The database goes on with what it was given, whatever becomes of the node.
    var given = new Given(write, result, node.cluster().world().now(), earlier);
    earlier = CompletableFuture.allOf(earlier, result.handle((done, failure) -> null));
    node.cluster().world().after(takes, () -> done(given));
    return result;
  }

  private Duration slow(Optional<String> queue) {
    if (queue.isEmpty()) {
      return luck().between(Fault.WRITE_SLOW, SLOWER, SLOW);
    }
    var settings = node.cluster().queues().queues().get(queue.get());
    var life = settings.rate().isPresent() ? LIFE_WITH_RATE : LIFE_OF_GRANTS;
    return luck().between(Fault.START_SLOW, life, life.plus(ANOTHER_RUNS));
  }

  /** The queue that has let an attempt begin. */
  private static Optional<String> queueThatBegins(AtomicWrite write) {
    return rows(write)
        .flatMap(row -> row instanceof AttemptStarted it ? it.lease().stream() : Stream.empty())
        .map(Lease::queue)
        .findFirst();
  }

  /**
   * A write that the database has to do.
   *
   * @param before done when all earlier writes of the node are
   */
  private record Given(
      AtomicWrite write,
      CompletableFuture<Void> result,
      Instant began,
      CompletableFuture<Void> before) {}

  private void done(Given given) {
    var write = given.write();
    var luck = luck();
    if (luck.strikes(Fault.CRASH_BEFORE_WRITE)) {
      node.cluster().crash(node, "before a write of " + originOf(write));
      return;
    }
    var executors = executors(write);
    if (executors.isEmpty() || node.cluster().nodes().size() < 2) {
      write(given, () -> {});
    } else if (beginsForOthers(write) && luck.strikes(Fault.REPLACED_AT_WRITE)) {
      replace(originOf(write));
      node.process().run(() -> write(given, () -> {}));
    } else {
      write(given, luck.strikes(Fault.PAUSE_AT_WRITE) ? this::pause : () -> {});
    }
  }

  /**
   * Whether an origin begins with a fetch whose attempt another node makes. The attempt outlives
   * this node. The next incarnation knows of nothing, so it writes no rows that refuse these.
   */
  private boolean beginsForOthers(AtomicWrite write) {
    return write.lowestSequenceNr() == 1
        && rows(write)
            .filter(FetchAccepted.class::isInstance)
            .flatMap(row -> executor(row).stream())
            .anyMatch(it -> !Members.isOf(it, node.name()));
  }

  /**
   * The node stands still until it has been removed and the origin has recovered elsewhere. Then it
   * finishes its write before all other nodes know of the removal, so they take its dispatch. A
   * caller keeps the origin in memory meanwhile, so that it hears of an attempt unknown to it.
   */
  private void replace(String originId) {
    var fault = Fault.REPLACED_AT_WRITE;
    var early = SimulatedCluster.NOTICED_EARLY;
    var noticed = luck().between(fault, early, early.multipliedBy(2));
    var recovers = noticed.plus(luck().between(fault, Duration.ZERO, REPLACED.dividedBy(2)));
    var resumes = recovers.plus(luck().between(fault, RECOVERED, REPLACED));
    node.cluster().pause(node, resumes, noticed);
    for (var look = 0; look < LOOKS; look++) {
      var at = recovers.plus(BETWEEN_LOOKS.multipliedBy(look));
      node.cluster().world().after(at, () -> lookElsewhere(originId));
    }
  }

  private void lookElsewhere(String originId) {
    node.cluster().nodes().stream()
        .filter(other -> other != node && other.process().isRunning())
        .findFirst()
        .ifPresent(other -> other.lookFor(originId));
  }

  private void pause() {
    var least = Duration.ofSeconds(1);
    var forSo = luck().between(Fault.PAUSE_AT_WRITE, least, LONGEST_PAUSE);
    node.cluster().pause(node, forSo);
  }

  /** The executors of the attempts that the write starts. */
  private static List<String> executors(AtomicWrite write) {
    return rows(write).flatMap(row -> executor(row).stream()).toList();
  }

  private static Stream<Object> rows(AtomicWrite write) {
    return CollectionConverters.asJava(write.payload()).stream()
        .map(row -> row.payload() instanceof Tagged tagged ? tagged.payload() : row.payload());
  }

  private static Optional<String> executor(Object row) {
    if (row instanceof AttemptStarted started) {
      return Optional.of(started.executor());
    }
    return row instanceof FetchAccepted accepted ? accepted.executor() : Optional.empty();
  }

  private void write(Given given, Runnable written) {
    var write = given.write();
    var result = given.result();
    var luck = luck();
    if (luck.strikes(Fault.WRITE_FAILS) || node.cluster().store().isAway()) {
      note(write.persistenceId(), () -> "a write fails");
      fail(result, "the write failed");
      return;
    }
    var transaction = transaction(write);
    var rows = transaction.rows();
    if (!node.cluster().store().write(node, transaction)) {
      fail(result, "the row is there already");
    } else if (luck.strikes(Fault.CRASH_AFTER_WRITE)) {
      node.cluster().crash(node, "after a write of " + originOf(write));
    } else if (luck.strikes(Fault.WRITE_LIES)) {
      note(write.persistenceId(), () -> "this write is reported as failed");
      fail(result, "the connection broke");
    } else {
      written.run();
      node.process()
          .run(
              () -> {
                result.complete(null);
                told(given, rows);
              });
    }
  }

  /** Its origin waits for it still, so all that is to be done after it is done now. */
  private void told(Given given, List<PersistentRepr> rows) {
    var world = node.cluster().world();
    if (given.began().plus(WAITED_FOR).isAfter(world.now())) {
      var at = given.before().thenApply(done -> world.now());
      node.cluster().feed().told(node, originOf(given.write()), rows, at);
    }
  }

  private static Store.Transaction transaction(AtomicWrite write) {
    var rows = new ArrayList<PersistentRepr>();
    var wakeUp = Optional.<WakeUp>empty();
    var queues = QueueRows.NONE;
    for (var row : CollectionConverters.asJava(write.payload())) {
      if (row.payload() instanceof Tagged tagged) {
        wakeUp = first(tagged, WakeUp::of);
        queues = first(tagged, QueueRows::of).orElse(QueueRows.NONE);
        rows.add(row.withPayload(tagged.payload()));
      } else {
        rows.add(row);
      }
    }
    return new Store.Transaction(write.persistenceId(), rows, wakeUp, queues);
  }

  private static <T> Optional<T> first(Tagged tagged, Function<String, Optional<T>> read) {
    return CollectionConverters.asJava(tagged.tags()).stream()
        .flatMap(tag -> read.apply(tag).stream())
        .findFirst();
  }

  private void fail(CompletableFuture<?> result, String why) {
    node.process().run(() -> result.completeExceptionally(new java.sql.SQLException(why)));
  }

  private void note(String persistenceId, Supplier<String> what) {
    var origin = SimulatedCluster.originOf(persistenceId);
    node.cluster().note(() -> TraceLine.ofOrigin(node.name(), origin, origin + ": " + what.get()));
  }

  private static String originOf(AtomicWrite write) {
    return SimulatedCluster.originOf(write.persistenceId());
  }

  private FaultChances luck() {
    return node.cluster().luck();
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long to) {
    return FutureConverters.asScala(CompletableFuture.completedFuture(null));
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
    var result = new CompletableFuture<Void>();
    node.after(
        chance.between(QUICK, USUAL),
        () -> {
          if (luck().strikes(Fault.REPLAY_FAILS) || node.cluster().store().isAway()) {
            note(persistenceId, () -> "its rows cannot be read");
            result.completeExceptionally(new java.sql.SQLException("the rows cannot be read"));
            return;
          }
          rows(persistenceId, from, to, max).forEach(replay);
          result.complete(null);
        });
    return FutureConverters.asScala(result);
  }

  private List<PersistentRepr> rows(String persistenceId, long from, long to, long max) {
    var rows = node.cluster().store().rows(persistenceId);
    if (from > to) {
      return List.of();
    }
    return rows.subMap(from, true, to, true).values().stream().limit(max).toList();
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
    return FutureConverters.asScala(
        CompletableFuture.completedFuture(node.cluster().store().highest(persistenceId)));
  }
}
