package dev.retriever.origin.queue.core;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.wire.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From the choice of a line to the end of its attempt: what a grant takes, and what it gives back.
 */
final class Attempts {
  private final Backlog backlog;
  private final Grants grants;
  private final BreakerState breaker;
  private final Stops stops;
  private final NoRoom noRoom;
  private final GrantBounds bounds;
  private final QueueTally tally;
  private boolean strict;

  Attempts(
      QueueSettings settings,
      Backlog backlog,
      Grants grants,
      BreakerState breaker,
      Stops stops,
      NoRoom noRoom,
      GrantBounds bounds,
      QueueTally tally) {
    this.backlog = backlog;
    this.grants = grants;
    this.breaker = breaker;
    this.stops = stops;
    this.noRoom = noRoom;
    this.bounds = bounds;
    this.tally = tally;
    configure(settings);
  }

  void configure(QueueSettings settings) {
    strict = settings.order() == QueueSettings.Order.STRICT;
  }

  /** Chooses lines until something bounds the queue. */
  Chosen choose(long grantNo, int most, Now now) {
    var choices = new ArrayList<Choice>();
    Optional<BreakerChange> first = Optional.empty();
    while (choices.size() < most && bounds.binding(now).isEmpty()) {
      var turn = backlog.candidates.next();
      var key = backlog.key(turn);
      if (!backlog.caps().open(key, now)) {
        // Its cap was lowered while it took turns.
        backlog.changed(key, now);
        continue;
      }
      long number = grantNo + choices.size();
      if (breaker.probes()) {
        first = Optional.of(breaker.probe(number));
      }
      choices.add(give(turn, number, first.isPresent(), now));
    }
    return new Chosen(first, List.copyOf(choices));
  }

  private Choice give(Candidates.Turn turn, long number, boolean probe, Now now) {
    var line = backlog.line(turn);
    var key = line.key;
    boolean asleep = backlog.origins.isAsleep(line.id.origin(), now);
    int slot = bounds.take(probe, now);
    backlog.caps().take(key, now);
    var paid = backlog.candidates.take(turn);
    var grant = new Grant(number, slot, key, line, paid, asleep, Grant.State.UNANSWERED);
    grant.probe = probe;
    grants.add(grant, stops.living(now) + bounds.life());
    line.unanswered++;
    breaker.given(number);
    noRoom.given(now);
    tally.granted(line, now);
    changed(grant, now);
    return new Choice(line.id, line.row, slot, number, probe, strict);
  }

  private void changed(Grant grant, Now now) {
    if (grant.line != null) {
      backlog.changed(grant.line, now);
    }
    backlog.changed(grant.key, now);
  }

  /** An attempt runs, or lingers, with that lease. */
  void begun(Lease lease, KeyId id, Grant.State state, Now now) {
    var grant = grants.get(lease.grantNo());
    if (grant != null) {
      begun(grant, state, now);
    } else if (!grants.isOver(lease.grantNo())) {
      var key = backlog.key(id);
      grant = new Grant(lease.grantNo(), lease.slot(), key, null, null, false, state);
      grant.probe = lease.probe();
      grants.add(grant, Timers.NEVER);
      backlog.changed(key, now);
    }
    if (lease.probe() && state == Grant.State.RUNNING) {
      breaker.runs(lease.grantNo());
    }
  }

  private void begun(Grant grant, Grant.State state, Now now) {
    if (grant.isUnanswered()) {
      grant.cameBack = grant.line.cameBack;
      grant.line.cameBack = 0;
      grant.queueCameBack = noRoom.began();
    }
    if (grant.state != state && grant.state != Grant.State.LINGERING) {
      turn(grant, state, now);
    }
  }

  private void turn(Grant grant, Grant.State state, Now now) {
    if (state == Grant.State.LINGERING) {
      breaker.over(grant.grantNo);
    }
    grants.turn(grant, state);
    changed(grant, now);
  }

  private void over(Grant grant, Now now) {
    if (grant.state != Grant.State.LINGERING) {
      breaker.over(grant.grantNo);
    }
    grants.remove(grant);
    changed(grant, now);
  }

  /** An attempt is over, though it may linger. */
  Optional<BreakerChange> ended(
      long grantNo, Told.How how, Optional<Integer> status, long random, Now now) {
    var grant = grants.get(grantNo);
    if (grant == null) {
      return Optional.empty();
    }
    if (grant.isUnanswered()) {
      begun(grant, Grant.State.RUNNING, now);
    }
    Optional<BreakerChange> change = Optional.empty();
    if (grant.state != Grant.State.LINGERING) {
      tally.ended(now);
      change = breaker.ended(grantNo, how, status, random, now);
    }
    if (how == Told.How.NEVER_BEGAN) {
      neverBegan(grant, now);
    }
    boolean mayRun = how == Told.How.LOST || how == Told.How.CANCELLED;
    if (!mayRun || grant.slot == Lease.NO_SLOT) {
      over(grant, now);
    } else if (grant.state != Grant.State.LINGERING) {
      turn(grant, Grant.State.LINGERING, now);
    }
    return change;
  }

  /** It was journaled, and then there was no room for it: as if it had come back. */
  private void neverBegan(Grant grant, Now now) {
    if (grant.paid != null) {
      takeBack(grant, now);
      grant.line.passOver(grant.cameBack, now);
      noRoom.cameBack(grant.queueCameBack, now);
    }
  }

  /** A grant was not used. */
  void returned(long grantNo, Told.Why why, Now now) {
    var grant = grants.get(grantNo);
    if (grant == null || !grant.isUnanswered()) {
      return;
    }
    tally.returned();
    takeBack(grant, now);
    grant.line.passOver(0, now);
    if (why == Told.Why.NO_ROOM) {
      noRoom.cameBack(0, now);
    }
    over(grant, now);
  }

  private void takeBack(Grant grant, Now now) {
    bounds.giveBack(now);
    backlog.caps().giveBack(grant.key, now);
    backlog.candidates.refund(grant.paid);
  }

  /** Its life is over, or it lingers no longer. */
  void free(long grantNo, Now now) {
    var grant = grants.get(grantNo);
    if (grant != null) {
      if (grant.isUnanswered()) {
        tally.expired();
      }
      over(grant, now);
    }
  }
}
