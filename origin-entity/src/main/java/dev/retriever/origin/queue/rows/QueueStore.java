package dev.retriever.origin.queue.rows;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.wire.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The rows of queues, as queues and nodes read them. Thread-safe. */
public interface QueueStore {
  /**
   * Makes all grants of older incarnations fail at their commit, wherever they are.
   *
   * @param epoch of the incarnation that begins; its grants have greater numbers than {@link
   *     #firstFloor}
   * @return false when there is a newer incarnation, and then nothing is changed
   */
  CompletionStage<Boolean> begin(String queue, long epoch);

  /** The number that all grants of older incarnations are at or below. */
  static long firstFloor(long epoch) {
    return epoch << 32;
  }

  /**
   * Makes the grants up to that number fail at their commit.
   *
   * @param epoch of the incarnation that asks
   * @return false when there is a newer incarnation, and then nothing is changed
   */
  CompletionStage<Boolean> raise(String queue, long epoch, long floor);

  /** The attempts that have a slot. At most as many as the largest concurrency. */
  CompletionStage<List<Slot>> slots(String queue);

  /**
   * A slot with an attempt.
   *
   * @param timeUp when the attempt's time is up, by the database's clock
   * @param lingers whether the attempt was given up and may still run
   */
  record Slot(
      Lease lease,
      String persistenceId,
      String fetchId,
      int attempt,
      String key,
      Instant timeUp,
      boolean lingers) {}

  /** The keys that fetches hold. */
  CompletionStage<List<HeldKey>> keys(String queue);

  /**
   * A key that a fetch holds until it settles.
   *
   * @param key after the name of its tenant and a slash
   */
  record HeldKey(String key, String persistenceId, String fetchId) {
    /** The key without the name of its tenant. */
    public String ofTenant() {
      return key.substring(key.indexOf('/') + 1);
    }
  }

  /**
   * Lines in the order of their primary key.
   *
   * @param after the place of the last one before; empty for the first page
   */
  CompletionStage<List<StoredLine>> lines(String queue, Optional<Place> after, int limit);

  /**
   * A line as of a row.
   *
   * @param row of the origin's journal
   */
  record StoredLine(String persistenceId, String tenant, Line line, long row) {
    /** Where it stands. */
    public Place place() {
      return new Place(persistenceId, line.key(), line.priority());
    }
  }

  /** The primary key of a line, without its queue. */
  record Place(String persistenceId, String key, int priority) {}

  /**
   * Frees slots of attempts that were given up, and whose time has been up for so long by the
   * database's clock.
   *
   * @return those that are free now
   */
  CompletionStage<List<Slot>> freeLingering(String queue, Duration after);

  /**
   * Frees one slot, if it still has that grant.
   *
   * @return whether it had
   */
  CompletionStage<Boolean> free(String queue, int slot, long grantNo);

  /** The names of all queues that have lines or slots. */
  CompletionStage<List<String>> names();

  /** What is published of that queue; {@link Gate#OPEN} for nothing. */
  CompletionStage<Gate> gate(String queue);

  /**
   * Tells all nodes, in time, which fetches to refuse. Does nothing if a newer incarnation began. A
   * pass that has ended is left out.
   */
  CompletionStage<Void> publish(String queue, long epoch, Gate gate);

  /**
   * Makes attempts with passes up to that number fail at their commit, and takes the pass of that
   * queue from its gate. So no pass that is published has ended.
   *
   * @return false when there is a newer incarnation of the queue, and then nothing is changed
   */
  CompletionStage<Boolean> endPasses(String queue, long epoch, long floor);

  /** All queues and templates that have settings, and queues of templates that have a gate. */
  CompletionStage<List<Listing>> listed();

  /**
   * A queue as all nodes know it, a little late.
   *
   * @param settings as JSON; empty for a queue that has only the settings of its template
   */
  record Listing(String queue, long version, Optional<String> settings, Gate gate) {}

  /**
   * Which new fetches a queue refuses.
   *
   * @param draining all
   * @param full all, because too many wait
   * @param fullKeys those of these keys, each after the name of its tenant and a slash; at most 100
   * @param retryAfterSeconds when some place may be free
   * @param pass the number of the pass with which nodes begin attempts without asking; 0 for none
   * @param passedUntil until when, in milliseconds of the wall clock, attempts may run that began
   *     with a pass before there was none; 0 for none
   */
  record Gate(
      boolean draining,
      boolean full,
      List<String> fullKeys,
      int retryAfterSeconds,
      long pass,
      long passedUntil) {
    /** None. */
    public static final Gate OPEN = new Gate(false, false, List.of(), 0);

    /** Without a pass. */
    public Gate(boolean draining, boolean full, List<String> fullKeys, int retryAfterSeconds) {
      this(draining, full, fullKeys, retryAfterSeconds, 0, 0);
    }

    /** The same without its pass, if that is at the floor of passes or below it. */
    public Gate withPassAbove(long floor) {
      return pass > floor
          ? this
          : new Gate(draining, full, fullKeys, retryAfterSeconds, 0, passedUntil);
    }
  }
}
