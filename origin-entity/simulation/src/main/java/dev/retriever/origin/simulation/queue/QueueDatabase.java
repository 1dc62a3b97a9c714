package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.FaultChances;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The rows of queues as one node reaches them: a statement takes a while, and may fail before it is
 * done or after. The database goes on with what it was given, whatever becomes of the node.
 */
public final class QueueDatabase implements QueueStore {
  private static final Duration QUICK = Duration.ofMillis(1);
  private static final Duration USUAL = Duration.ofMillis(20);

  /** Longer than a grant lives. */
  private static final Duration SLOW = Duration.ofSeconds(14);

  private final StoredQueues tables;
  private final Link link;
  private final FaultChances luck;
  private final RandomStreams chance;

  /** The way between a node and its database. */
  public interface Link {
    /** Runs it after that time, whatever becomes of the node. */
    void after(Duration delay, Runnable action);

    /** Runs it on the node, as soon as the node goes on; never if it is dead. */
    void onNode(Runnable action);

    /** The time by the clock of the database. */
    Instant now();

    /** Whether the database answers. */
    boolean isThere();

    /** Rows of that queue may have changed. */
    void changed(String queue);
  }

  public QueueDatabase(StoredQueues tables, Link link, FaultChances luck, RandomStreams chance) {
    this.tables = tables;
    this.link = link;
    this.luck = luck;
    this.chance = chance;
  }

  private <T> CompletionStage<T> run(Supplier<T> statement) {
    var result = new CompletableFuture<T>();
    var takes =
        luck.strikes(Fault.QUEUE_ROWS_SLOW)
            ? luck.between(Fault.QUEUE_ROWS_SLOW, USUAL, SLOW)
            : chance.between(QUICK, USUAL);
    link.after(takes, () -> done(statement, result));
    return result;
  }

  private <T> void done(Supplier<T> statement, CompletableFuture<T> result) {
    if (!link.isThere()) {
      fail(result, "the database is away");
    } else if (luck.strikes(Fault.QUEUE_ROWS_FAIL)) {
      if (luck.of(Fault.QUEUE_ROWS_FAIL).happens(0.5)) {
        statement.get();
      }
      fail(result, "the connection broke");
    } else {
      var answer = statement.get();
      link.onNode(() -> result.complete(answer));
    }
  }

  private void fail(CompletableFuture<?> result, String why) {
    link.onNode(() -> result.completeExceptionally(new SQLException(why)));
  }

  private <T> CompletionStage<T> change(String queue, Supplier<T> statement) {
    return run(
        () -> {
          var answer = statement.get();
          link.changed(queue);
          return answer;
        });
  }

  @Override
  public CompletionStage<Boolean> begin(String queue, long epoch) {
    return change(queue, () -> tables.begin(queue, epoch));
  }

  @Override
  public CompletionStage<Boolean> raise(String queue, long epoch, long floor) {
    return change(queue, () -> tables.raise(queue, epoch, floor));
  }

  @Override
  public CompletionStage<List<Slot>> slots(String queue) {
    return run(() -> tables.slots(queue));
  }

  @Override
  public CompletionStage<List<HeldKey>> keys(String queue) {
    return run(() -> tables.keys(queue));
  }

  @Override
  public CompletionStage<List<StoredLine>> lines(String queue, Optional<Place> after, int limit) {
    return run(() -> tables.lines(queue, after, limit));
  }

  @Override
  public CompletionStage<List<Slot>> freeLingering(String queue, Duration after) {
    return change(queue, () -> tables.freeLingering(queue, link.now().minus(after)));
  }

  @Override
  public CompletionStage<Boolean> free(String queue, int slot, long grantNo) {
    return change(queue, () -> tables.free(queue, slot, grantNo).isPresent());
  }

  @Override
  public CompletionStage<List<String>> names() {
    return run(tables::names);
  }

  @Override
  public CompletionStage<Gate> gate(String queue) {
    return run(() -> tables.gate(queue));
  }

  @Override
  public CompletionStage<Boolean> endPasses(String queue, long epoch, long floor) {
    return change(queue, () -> tables.endPasses(queue, epoch, floor));
  }

  @Override
  public CompletionStage<Void> publish(String queue, long epoch, Gate gate) {
    return run(
        () -> {
          tables.publish(queue, epoch, gate);
          return null;
        });
  }

  @Override
  public CompletionStage<List<Listing>> listed() {
    return run(tables::listed);
  }
}
