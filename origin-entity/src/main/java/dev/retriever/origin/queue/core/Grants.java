package dev.retriever.origin.queue.core;

import dev.retriever.origin.Lease;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The grants that are not over, their slots, and how long they live without an answer. */
final class Grants {
  /** Most grants without an answer. */
  static final int MOST_UNANSWERED = 10_000;

  /** Most of them to origins that have told nothing for a while. */
  static final int MOST_ASLEEP = 64;

  /** Most ends that are remembered, so that what was read before them does not undo them. */
  private static final int MOST_ENDS = 4_096;

  private final Map<Long, Grant> begun = new HashMap<>();
  private final SortedMap<Long, Grant> unanswered = new TreeMap<>();
  private final Map<Integer, Grant> bySlot = new HashMap<>();
  private final BitSet taken = new BitSet();
  private final Timers<Grant> lives = new Timers<>();
  private final LinkedHashSet<Long> ends = new LinkedHashSet<>();
  private int running;
  private int asleep;

  Grant get(long grantNo) {
    var grant = begun.get(grantNo);
    return grant == null ? unanswered.get(grantNo) : grant;
  }

  /** Whether it is known to be over. */
  boolean isOver(long grantNo) {
    return ends.contains(grantNo);
  }

  /** Grants that are not over. */
  int outstanding() {
    return begun.size() + unanswered.size();
  }

  /** Attempts that have begun, with those that linger. */
  int begun() {
    return begun.size();
  }

  int lingering() {
    return begun.size() - running;
  }

  int unansweredCount() {
    return unanswered.size();
  }

  int asleep() {
    return asleep;
  }

  List<Scheduler.Unanswered> unanswered() {
    return unanswered.values().stream().map(Grants::shown).toList();
  }

  private static Scheduler.Unanswered shown(Grant grant) {
    return new Scheduler.Unanswered(grant.line.id, grant.slot, grant.grantNo, grant.probe);
  }

  /** A probe that runs. */
  Optional<Grant> runningProbe() {
    return begun.values().stream()
        .filter(it -> it.probe && it.state == Grant.State.RUNNING)
        .min(Comparator.comparingLong(it -> it.grantNo));
  }

  /** The lowest slot that is free. */
  int freeSlot() {
    return taken.nextClearBit(1);
  }

  /**
   * A grant is given, or one of before is known to run.
   *
   * @param livesUntil when it is too old without an answer, in time with the database
   */
  void add(Grant grant, long livesUntil) {
    if (grant.slot != Lease.NO_SLOT) {
      // The database lets one of two have the slot: the one that has begun.
      bySlot.put(grant.slot, grant);
      taken.set(grant.slot);
    }
    grant.key.outstanding++;
    if (grant.isUnanswered()) {
      unanswered.put(grant.grantNo, grant);
      grant.life = lives.set(null, grant, livesUntil);
      asleep += grant.asleep ? 1 : 0;
    } else {
      begun.put(grant.grantNo, grant);
      count(grant, 1);
    }
  }

  /** It is known now what became of it. */
  void turn(Grant grant, Grant.State state) {
    if (grant.isUnanswered()) {
      answered(grant);
      begun.put(grant.grantNo, grant);
    } else {
      count(grant, -1);
    }
    grant.state = state;
    count(grant, 1);
  }

  private void count(Grant grant, int more) {
    if (grant.state == Grant.State.RUNNING) {
      running += more;
    }
    grant.key.running += more;
  }

  private void answered(Grant grant) {
    unanswered.remove(grant.grantNo);
    grant.life = lives.set(grant.life, grant, Timers.NEVER);
    asleep -= grant.asleep ? 1 : 0;
    grant.line.unanswered--;
  }

  /** It is over. */
  void remove(Grant grant) {
    if (grant.isUnanswered()) {
      answered(grant);
    } else {
      begun.remove(grant.grantNo);
      count(grant, -1);
      ends.add(grant.grantNo);
      if (ends.size() > MOST_ENDS) {
        ends.remove(ends.iterator().next());
      }
    }
    grant.key.outstanding--;
    if (bySlot.remove(grant.slot, grant)) {
      taken.clear(grant.slot);
    }
  }

  /** Grants that became too old without an answer. Each comes once. */
  List<Scheduler.Unanswered> overdue(long living) {
    var overdue = new ArrayList<Scheduler.Unanswered>();
    for (var grant = lives.poll(living); grant != null; grant = lives.poll(living)) {
      grant.life = null;
      overdue.add(shown(grant));
    }
    return overdue;
  }

  long nextOverdue() {
    return lives.first();
  }
}
