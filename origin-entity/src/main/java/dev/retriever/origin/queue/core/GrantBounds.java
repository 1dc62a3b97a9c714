package dev.retriever.origin.queue.core;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView.Explanation;
import dev.retriever.origin.queue.QueueView.Limit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What bounds the queue now. A candidate is looked for before slots and tokens: where none may go,
 * more of those would not help, and none of them is used up.
 */
final class GrantBounds {
  private static final long LIFE = TimeUnit.SECONDS.toMicros(10);
  private static final long SHORT_LIFE = TimeUnit.SECONDS.toMicros(2);

  private final Backlog backlog;
  private final Grants grants;
  private final BreakerState breaker;
  private final Stops stops;
  private final NoRoom noRoom;
  private Optional<Integer> concurrency;
  private Optional<Gcra> rate;

  GrantBounds(
      QueueSettings settings,
      Backlog backlog,
      Grants grants,
      BreakerState breaker,
      Stops stops,
      NoRoom noRoom,
      Now now) {
    this.backlog = backlog;
    this.grants = grants;
    this.breaker = breaker;
    this.stops = stops;
    this.noRoom = noRoom;
    concurrency = settings.concurrency();
    rate = settings.rate().map(it -> Gcra.empty(it, now.micros()));
  }

  void configure(QueueSettings settings, Now now) {
    concurrency = settings.concurrency();
    var former = rate;
    rate =
        settings
            .rate()
            .map(
                it -> {
                  var bucket = former.orElseGet(() -> Gcra.empty(it, now.micros()));
                  bucket.change(it, now.micros());
                  return bucket;
                });
  }

  /** What bounds it; empty when a line may go. */
  Optional<Limit> binding(Now now) {
    if (backlog.listing.waiting() == 0) {
      return Optional.of(Limit.IDLE);
    }
    if (stops.isAway()) {
      return Optional.of(Limit.DATABASE);
    }
    if (stops.isPaused(now)) {
      return Optional.of(Limit.PAUSED);
    }
    if (stops.isHeld(now)) {
      return Optional.of(Limit.HELD);
    }
    if (breaker.stops(now)) {
      return Optional.of(Limit.BREAKER);
    }
    if (backlog.candidates.isEmpty()) {
      return Optional.of(withoutCandidate());
    }
    return afterCandidate(now);
  }

  private Limit withoutCandidate() {
    if (backlog.lines(LineState.Status.MAY_GO) > 0) {
      return Limit.KEY;
    }
    if (backlog.lines(LineState.Status.NO_ROOM) > 0) {
      return Limit.NO_ROOM;
    }
    return backlog.lines(LineState.Status.ORIGIN) > 0 ? Limit.ORIGIN : Limit.NOT_READY;
  }

  private Optional<Limit> afterCandidate(Now now) {
    if (noRoom.stops(now)) {
      return Optional.of(Limit.NO_ROOM);
    }
    if (concurrency.filter(it -> grants.outstanding() >= it).isPresent()) {
      return Optional.of(Limit.CONCURRENCY);
    }
    if (rate.filter(it -> !it.admits(now.micros())).isPresent()) {
      return Optional.of(Limit.RATE);
    }
    return originsAreBusy(now) ? Optional.of(Limit.ORIGIN) : Optional.empty();
  }

  /** Each grant to an origin that sleeps makes it recover; not too many do at once. */
  private boolean originsAreBusy(Now now) {
    return grants.unansweredCount() >= Grants.MOST_UNANSWERED
        || (grants.asleep() >= Grants.MOST_ASLEEP && nextIsAsleep(now));
  }

  private boolean nextIsAsleep(Now now) {
    var turn = backlog.candidates.next();
    return backlog.origins.isAsleep(backlog.line(turn).id.origin(), now);
  }

  /** When what bounds it ends by itself, if that is known. */
  Optional<Instant> until(Limit limit, Now now) {
    return switch (limit) {
      case PAUSED -> stops.pausedUntil();
      case HELD -> stops.heldUntil();
      case BREAKER -> breaker.untilWall();
      case NO_ROOM -> Optional.of(instant(noRoom.until(), now)).filter(it -> noRoom.stops(now));
      case RATE -> rate.map(it -> instant(it.next(now.micros()), now));
      case DATABASE, CONCURRENCY, KEY, NOT_READY, ORIGIN, IDLE -> Optional.empty();
    };
  }

  /** When time alone may change what bounds it. */
  long nextLook(Now now) {
    var binding = binding(now);
    if (binding.isEmpty()) {
      return now.micros();
    }
    var limit = binding.get();
    long ofLines = backlog.nextLook(now);
    return switch (limit) {
      case PAUSED -> wall(stops.pausedUntil(), now);
      case HELD -> wall(stops.heldUntil(), now);
      case BREAKER -> breaker.nextLook();
      case NO_ROOM -> noRoom.stops(now) ? Math.min(noRoom.until(), ofLines) : ofLines;
      case RATE -> Math.min(rate.orElseThrow().next(now.micros()), ofLines);
      case KEY, NOT_READY, ORIGIN, CONCURRENCY -> ofLines;
      case DATABASE, IDLE -> Timers.NEVER;
    };
  }

  private static long wall(Optional<Instant> until, Now now) {
    return until.map(it -> now.micros() + Now.microsUp(it) - now.wallMicros()).orElse(Timers.NEVER);
  }

  /** A token is taken, and a slot is chosen. A probe has one always: its row tells that it runs. */
  int take(boolean probe, Now now) {
    rate.ifPresent(it -> it.take(now.micros()));
    return probe || concurrency.isPresent() ? grants.freeSlot() : Lease.NO_SLOT;
  }

  void giveBack(Now now) {
    rate.ifPresent(it -> it.giveBack(now.micros()));
  }

  /** How long a grant may be without an answer: shorter where it holds up a rate. */
  long life() {
    return rate.isPresent() ? SHORT_LIFE : LIFE;
  }

  /** Why that line does not go: what stops the queue, then the line, then its key, then all. */
  Explanation explain(LineState line, Now now) {
    long ahead = line.key.level(line.level()).ahead(line);
    var binding = binding(now).orElse(Limit.ORIGIN);
    if (isAboveLines(binding)) {
      return new Explanation(binding, ahead, until(binding, now));
    }
    return switch (line.status) {
      case NOT_READY -> new Explanation(Limit.NOT_READY, ahead, Optional.of(line.line.readyAt()));
      case NO_ROOM ->
          new Explanation(Limit.NO_ROOM, ahead, Optional.of(instant(line.passedUntil, now)));
      case ORIGIN -> new Explanation(Limit.ORIGIN, ahead, Optional.empty());
      case MAY_GO ->
          isStopped(line)
              ? new Explanation(Limit.KEY, ahead, keyUntil(line.key, now))
              : new Explanation(binding, ahead, until(binding, now));
    };
  }

  private static boolean isAboveLines(Limit limit) {
    return switch (limit) {
      case DATABASE, PAUSED, HELD, BREAKER -> true;
      case CONCURRENCY, RATE, KEY, NOT_READY, NO_ROOM, ORIGIN, IDLE -> false;
    };
  }

  private static boolean isStopped(LineState line) {
    var key = line.key;
    boolean heldByOther = key.holder != null && !key.holder.equals(line.id.origin());
    return heldByOther || (key.entered & 1 << line.level()) == 0;
  }

  private Optional<Instant> keyUntil(KeyState key, Now now) {
    if (key.heldUntil > now.wallMicros()) {
      return Optional.of(now.wall().plus(key.heldUntil - now.wallMicros(), ChronoUnit.MICROS));
    }
    long next = backlog.caps().nextAt(key, now);
    return Optional.of(instant(next, now)).filter(it -> next > now.micros());
  }

  private static Instant instant(long micros, Now now) {
    return now.wall().plus(micros - now.micros(), ChronoUnit.MICROS);
  }
}
