package dev.retriever.origin.queue.core;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
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

  /** Most items of one page. */
  public static final int MOST_SHOWN = 1_000;

  private final Backlog backlog;
  private final Grants grants = new Grants();
  private final BreakerState breaker;
  private final Stops stops = new Stops();
  private final NoRoom noRoom = new NoRoom();
  private final GrantBounds bounds;
  private final QueueTally tally;
  private final Attempts attempts;

  /** A queue that knows nothing yet. */
  public Scheduler(QueueSettings settings, Now now) {
    backlog = new Backlog(settings);
    breaker = new BreakerState(settings.breaker());
    bounds = new GrantBounds(settings, backlog, grants, breaker, stops, noRoom, now);
    tally = new QueueTally(now.micros());
    attempts = new Attempts(settings, backlog, grants, breaker, stops, noRoom, bounds, tally);
  }

  private void begin(Now now) {
    tally.until(now);
    backlog.pass(now);
  }

  private void end(Now now) {
    tally.binding(binding(now), backlog.listing.waiting(), grants.begun());
  }

  /** Other settings. Buckets keep their level. Empty unless the breaker was taken away. */
  public Optional<BreakerChange> configure(QueueSettings settings, Now now) {
    begin(now);
    attempts.configure(settings);
    backlog.configure(settings, now);
    bounds.configure(settings, now);
    var change = breaker.configure(settings.breaker());
    end(now);
    return change;
  }

  // What waits.

  /**
   * All lines of an origin, as of a row of its journal. Lines that are not named are gone.
   *
   * @return false when a later row is known, and then nothing is changed
   */
  public boolean told(OriginId origin, String tenant, long row, List<Line> lines, Now now) {
    begin(now);
    boolean isNews = backlog.told(origin, tenant, row, lines, now);
    end(now);
    return isNews;
  }

  /** One line, as it stands in the database. Ignored when a later row is known. */
  public void line(OriginId origin, String tenant, Line line, long row, Now now) {
    begin(now);
    backlog.read(origin, tenant, line, row, now);
    end(now);
  }

  /**
   * A reading of all lines begins. Give what it returns to {@link #readingEnds} when all that were
   * read have been given to {@link #line}.
   */
  public long readingBegins() {
    return backlog.origins.seen();
  }

  /** Lines that were neither read nor told since that reading began are gone. How many were. */
  public int readingEnds(long mark, Now now) {
    begin(now);
    int gone = backlog.removeUnseen(mark, now);
    end(now);
    return gone;
  }

  /**
   * A fetch of the origin holds the key until it settles. Only lines of that origin go meanwhile,
   * and the origin uses their grants for the fetch that holds.
   */
  public void held(KeyId key, OriginId origin, Now now) {
    begin(now);
    var state = backlog.key(key);
    state.holder = origin;
    backlog.changed(state, now);
    end(now);
  }

  /** Nothing holds the key any more, if that origin's fetch did. */
  public void freed(KeyId key, OriginId origin, Now now) {
    begin(now);
    backlog
        .knownKey(key)
        .filter(it -> origin.equals(it.holder))
        .ifPresent(
            it -> {
              it.holder = null;
              backlog.changed(it, now);
            });
    end(now);
  }

  // What runs.

  /** An attempt runs with that lease. Also for leases that are not of this incarnation. */
  public void running(Lease lease, KeyId key, Now now) {
    begin(now);
    attempts.begun(lease, key, Grant.State.RUNNING, now);
    end(now);
  }

  /** The attempt was given up, and may still run: its slot stays taken until {@link #free}. */
  public void lingers(Lease lease, KeyId key, Now now) {
    begin(now);
    attempts.begun(lease, key, Grant.State.LINGERING, now);
    end(now);
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
    begin(now);
    var change = attempts.ended(grantNo, how, status, random, now);
    end(now);
    return change;
  }

  /** A grant was not used: its share and its token come back. Repeating it changes nothing. */
  public void returned(long grantNo, Told.Why why, Now now) {
    begin(now);
    attempts.returned(grantNo, why, now);
    end(now);
  }

  /** The slot is free, if that grant has it: its life is over, or it lingers no longer. */
  public void free(long grantNo, Now now) {
    begin(now);
    attempts.free(grantNo, now);
    end(now);
  }

  /**
   * Grants whose life is over without an answer. Each is given once; its slot stays taken until
   * {@link #running}, {@link #ended}, {@link #returned} or {@link #free}.
   */
  public List<Unanswered> overdue(Now now) {
    return grants.overdue(stops.living(now));
  }

  /** Grants without an answer, in the order of their numbers. */
  public List<Unanswered> unanswered() {
    return grants.unanswered();
  }

  /**
   * A grant that its origin has not answered.
   *
   * @param probe whether it is the probe of the breaker
   */
  public record Unanswered(LineId line, int slot, long grantNo, boolean probe) {}

  // What stops it.

  /** Nothing goes until then. */
  public void pause(Optional<Instant> until, Now now) {
    begin(now);
    stops.pause(until);
    end(now);
  }

  /** Ends a pause. */
  public void resume(Now now) {
    begin(now);
    stops.resume();
    end(now);
  }

  /** Nothing goes until then. A later end replaces an earlier one, and not the other way round. */
  public void hold(Instant until, Now now) {
    begin(now);
    stops.hold(until);
    end(now);
  }

  /** Nothing of that key goes until then. */
  public void hold(KeyId key, Instant until, Now now) {
    begin(now);
    backlog.hold(key, Now.microsUp(until), now);
    end(now);
  }

  /** Ends the hold of the queue, and of all keys. */
  public void release(Now now) {
    begin(now);
    stops.release();
    backlog.release(now);
    end(now);
  }

  /** While the database is away nothing goes, and the lives of grants stand still. */
  public void databaseAway(boolean away, Now now) {
    begin(now);
    stops.databaseAway(away, now);
    end(now);
  }

  /**
   * The breaker as it was journaled last, after a move. To be called when the attempts that run are
   * known: the end of a probe that is not among them will not come.
   */
  public void restore(BreakerChange journaled, Now now) {
    begin(now);
    boolean known = journaled.probe().filter(it -> grants.get(it) != null).isPresent();
    breaker.restore(journaled, known, now);
    grants.runningProbe().ifPresent(it -> breaker.runs(it.grantNo));
    end(now);
  }

  /** An operator decides about the breaker. Empty if nothing changes. */
  public Optional<BreakerChange> breaker(BreakerMode mode, Now now) {
    begin(now);
    var change = breaker.mode(mode, now);
    end(now);
    return change;
  }

  // What it decides.

  /**
   * Which lines go now. Their grants count as given, and live from now.
   *
   * @param grantNo the number of the first one; the others follow it. Greater than all before
   * @param most choices, at most {@link #MOST_CHOICES}
   */
  public Chosen decide(long grantNo, int most, Now now) {
    begin(now);
    var chosen = attempts.choose(grantNo, Math.min(most, MOST_CHOICES), now);
    end(now);
    return chosen;
  }

  /**
   * When, by {@link Now#micros}, time alone may change a decision or end the life of a grant;
   * rounded up. Empty when only a call can. In the past when there is something to do now.
   */
  public OptionalLong nextLook(Now now) {
    begin(now);
    long at = Math.min(bounds.nextLook(now), stops.at(grants.nextOverdue()));
    return at == Timers.NEVER ? OptionalLong.empty() : OptionalLong.of(at);
  }

  /** What bounds the queue now. */
  public Limit binding(Now now) {
    // When a line may go, the origin of a line that is asleep is waited for.
    return bounds.binding(now).orElse(Limit.ORIGIN);
  }

  /** When what bounds it ends by itself, as far as is known. */
  public Optional<Instant> until(Now now) {
    return bounds.until(binding(now), now);
  }

  // What it shows.

  /** Its figures. */
  public QueueFigures figures(Now now) {
    begin(now);
    var listing = backlog.listing;
    end(now);
    return new QueueFigures(
        new QueueView.Waiting(
            listing.waiting(), backlog.origins.withLines(), listing.keys(), listing.oldest()),
        listing.readySince(now.wall()),
        grants.begun(),
        grants.lingering(),
        grants.unansweredCount(),
        tally.most(),
        tally.limitedBy(),
        tally.limited(),
        tally.rates(now),
        tally.drainsIn(listing.waiting(), now),
        breaker.view(now),
        tally.waits(now),
        tally.grants());
  }

  /** How many fetches wait under that key. */
  public long waiting(KeyId key) {
    return backlog.knownKey(key).map(it -> it.waiting).orElse(0L);
  }

  /**
   * Keys under which fetches wait, most first.
   *
   * @param after where the page before it ended
   * @param limit 1 to {@link #MOST_SHOWN}
   * @throws IllegalArgumentException if {@code after} is not of such a page
   */
  public Page<KeyView> keys(Optional<String> after, int limit) {
    return backlog.listing.keys(after, limit);
  }

  /**
   * Lines, that of the oldest fetch first. Otherwise as {@link #keys}.
   *
   * @throws IllegalArgumentException if {@code after} is not of such a page
   */
  public Page<LineView> lines(Optional<String> after, int limit) {
    return backlog.listing.lines(after, limit);
  }

  /**
   * Why a line does not go. {@code ahead} counts the fetches that wait in lines of other origins
   * under the same tenant, key and priority, when the oldest fetch of their line is older than that
   * of this one. Empty for a line that is not known.
   */
  public Optional<Explanation> explain(LineId line, Now now) {
    begin(now);
    return Optional.ofNullable(backlog.origins.line(line)).map(it -> bounds.explain(it, now));
  }
}
