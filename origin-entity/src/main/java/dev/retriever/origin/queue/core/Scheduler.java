package dev.retriever.origin.queue.core;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView.Explanation;
import dev.retriever.origin.queue.QueueView.KeyView;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.QueueView.LineView;
import dev.retriever.origin.queue.QueueView.Page;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a queue knows, and which line it lets go next. All state that is not given to it again is
 * lost with it: a new one begins with an empty bucket, equal shares and a closed breaker.
 *
 * <p>Not thread-safe. The same calls give the same decisions. Each call takes at most the logarithm
 * of what waits. Moments must not go back by {@link Now#micros}.
 */
public final class Scheduler {
  /** Most choices of one look. */
  public static final int MOST_CHOICES = 1_000;

  /** A queue that knows nothing yet. */
  public Scheduler(QueueSettings settings, Now now) {}

  /** Other settings. Buckets keep their level. Empty unless the breaker was taken away. */
  public Optional<BreakerChange> configure(QueueSettings settings, Now now) {
    throw new UnsupportedOperationException();
  }

  // What waits.

  /**
   * All lines of an origin, as of a row of its journal. Lines that are not named are gone.
   *
   * @return false when a later row is known, and then nothing is changed
   */
  public boolean told(OriginId origin, String tenant, long row, List<Line> lines, Now now) {
    throw new UnsupportedOperationException();
  }

  /** One line, as it stands in the database. Ignored when a later row is known. */
  public void line(OriginId origin, String tenant, Line line, long row, Now now) {
    throw new UnsupportedOperationException();
  }

  /** The line is not in the database any more. Ignored when a later row is known. */
  public void gone(LineId line, long row, Now now) {
    throw new UnsupportedOperationException();
  }

  /**
   * A fetch of the origin holds the key until it settles. Only lines of that origin go meanwhile,
   * and the origin uses their grants for the fetch that holds.
   */
  public void held(KeyId key, OriginId origin, Now now) {
    throw new UnsupportedOperationException();
  }

  /** Nothing holds the key any more, if that origin's fetch did. */
  public void freed(KeyId key, OriginId origin, Now now) {
    throw new UnsupportedOperationException();
  }

  // What runs.

  /** An attempt runs with that lease. Also for leases that are not of this incarnation. */
  public void running(Lease lease, KeyId key, Now now) {
    throw new UnsupportedOperationException();
  }

  /** The attempt was given up, and may still run: its slot stays taken until {@link #free}. */
  public void lingers(Lease lease, KeyId key, Now now) {
    throw new UnsupportedOperationException();
  }

  /**
   * An attempt is over. After {@code LOST} and {@code CANCELLED} its slot stays taken until {@code
   * LATE} or {@link #free}; otherwise it is free. Repeating it changes nothing.
   *
   * @param random any number, for the breaker's time
   * @return what became of the breaker, to be journaled
   */
  public Optional<BreakerChange> ended(
      long grantNo, Told.How how, Optional<Integer> status, long random, Now now) {
    throw new UnsupportedOperationException();
  }

  /** A grant was not used: its share and its token come back. Repeating it changes nothing. */
  public void returned(long grantNo, Told.Why why, Now now) {
    throw new UnsupportedOperationException();
  }

  /** The slot is free, if that grant has it: its life is over, or it lingers no longer. */
  public void free(long grantNo, Now now) {
    throw new UnsupportedOperationException();
  }

  /**
   * Grants whose life is over without an answer. Each is given once; its slot stays taken until
   * {@link #running}, {@link #ended}, {@link #returned} or {@link #free}.
   */
  public List<Unanswered> overdue(Now now) {
    throw new UnsupportedOperationException();
  }

  /** Grants without an answer, in the order of their numbers. */
  public List<Unanswered> unanswered() {
    throw new UnsupportedOperationException();
  }

  /** A grant that its origin has not answered. */
  public record Unanswered(LineId line, int slot, long grantNo) {}

  // What stops it.

  /** Nothing goes until then. */
  public void pause(Optional<Instant> until, Now now) {
    throw new UnsupportedOperationException();
  }

  /** Ends a pause. */
  public void resume(Now now) {
    throw new UnsupportedOperationException();
  }

  /** Nothing goes until then. A later end replaces an earlier one, and not the other way round. */
  public void hold(Instant until, Now now) {
    throw new UnsupportedOperationException();
  }

  /** Nothing of that key goes until then. */
  public void hold(KeyId key, Instant until, Now now) {
    throw new UnsupportedOperationException();
  }

  /** Ends the hold of the queue, and of all keys. */
  public void release(Now now) {
    throw new UnsupportedOperationException();
  }

  /** While the database is away nothing goes, and the lives of grants stand still. */
  public void databaseAway(boolean away, Now now) {
    throw new UnsupportedOperationException();
  }

  /** The breaker as it was journaled last, after a move. */
  public void restore(BreakerChange breaker, Now now) {
    throw new UnsupportedOperationException();
  }

  /** An operator decides about the breaker. Empty if nothing changes. */
  public Optional<BreakerChange> breaker(BreakerMode mode, Now now) {
    throw new UnsupportedOperationException();
  }

  // What it decides.

  /**
   * Which lines go now. Their grants count as given, and live from now.
   *
   * @param grantNo the number of the first one; the others follow it. Greater than all before
   * @param most choices, at most {@link #MOST_CHOICES}
   */
  public Chosen decide(long grantNo, int most, Now now) {
    throw new UnsupportedOperationException();
  }

  /**
   * When, by {@link Now#micros}, time alone may change a decision or end the life of a grant;
   * rounded up. Empty when only a call can. In the past when there is something to do now.
   */
  public OptionalLong nextLook(Now now) {
    throw new UnsupportedOperationException();
  }

  /** What bounds the queue now. */
  public Limit binding(Now now) {
    throw new UnsupportedOperationException();
  }

  /** When what bounds it ends by itself, as far as is known. */
  public Optional<Instant> until(Now now) {
    throw new UnsupportedOperationException();
  }

  // What it shows.

  /** Its figures. */
  public QueueFigures figures(Now now) {
    throw new UnsupportedOperationException();
  }

  /** How many fetches wait under that key. */
  public long waiting(KeyId key) {
    throw new UnsupportedOperationException();
  }

  /** Keys under which fetches wait, most first. */
  public Page<KeyView> keys(Optional<String> after, int limit) {
    throw new UnsupportedOperationException();
  }

  /** Lines, that of the oldest fetch first. */
  public Page<LineView> lines(Optional<String> after, int limit) {
    throw new UnsupportedOperationException();
  }

  /**
   * Why a line does not go. {@code ahead} counts the fetches that wait in lines of other origins
   * under the same tenant, key and priority, when the oldest fetch of their line is older than that
   * of this one. Empty for a line that is not known.
   */
  public Optional<Explanation> explain(LineId line, Now now) {
    throw new UnsupportedOperationException();
  }
}
