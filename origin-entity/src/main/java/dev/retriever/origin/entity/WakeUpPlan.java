package dev.retriever.origin.entity;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Unhandled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.pcollections.PMap;

/**
 * Knows which wake-up is stored for one origin, and which one its next rows must store. An earlier
 * time is written at once, a later one lazily: a wake-up that is too early costs one look.
 */
final class WakeUpPlan {
  /**
   * An origin that waits for other code is woken when this node is gone, as it is in a deployment.
   * Should that go unnoticed, it is woken after this time.
   */
  private static final Duration CODE = Duration.ofHours(1);

  private final String here;

  /** The stored wake-up; empty while this incarnation has not written one. */
  private Optional<WakeUp> written = Optional.empty();

  private final TreeSet<String> poolIds = new TreeSet<>();

  private PMap<String, Unhandled> lookedAt;
  private boolean awaitsCode;

  /**
   * @param here the id of a pool of this node: while attempts wait for room, the origin stays in
   *     memory, and has to be woken when this node is gone; as has one that waits for other code,
   *     and one whose attempts others make
   */
  WakeUpPlan(String here) {
    this.here = here;
  }

  /** Takes the open attempts of an origin that has recovered. */
  void recovered(OriginState state) {
    written = Optional.empty();
    takeOpen(state);
  }

  private void takeOpen(OriginState state) {
    poolIds.clear();
    for (var fetch : state.pending().values()) {
      fetch.open().ifPresent(open -> poolIds.add(open.executor()));
    }
  }

  /**
   * The wake-up to be written with these rows. It counts as written from now on: if the write
   * fails, this incarnation ends.
   *
   * @param after the state after these rows
   */
  Optional<WakeUp> with(List<Object> rows, OriginState after, Instant now) {
    for (var row : rows) {
      if (row instanceof OriginEvent event) {
        event.poolId().ifPresent(poolIds::add);
      }
    }
    var needed = needed(after, now);
    var stands = written.filter(before -> before.covers(needed) && !isOver(before, needed));
    if (stands.isPresent()) {
      return Optional.empty();
    }
    written = Optional.of(needed);
    return written;
  }

  private static boolean isOver(WakeUp before, WakeUp needed) {
    return needed.at().isEmpty() && before.at().isPresent();
  }

  /**
   * The exact wake-up. The alarm clock may store it in place of the present one, so it counts as
   * written.
   */
  WakeUp told(OriginState state, Instant now) {
    takeOpen(state);
    var needed = needed(state, now);
    written = Optional.of(needed);
    return needed;
  }

  /** Unhandled causes may be many, and most rows change none of them. */
  private void lookForCode(OriginState state) {
    if (state.unhandled() != lookedAt) {
      lookedAt = state.unhandled();
      awaitsCode = state.awaitsCode();
    }
  }

  /** The wake-up that this state needs. It may name pools that have reported since. */
  private WakeUp needed(OriginState state, Instant now) {
    lookForCode(state);
    var at =
        state.wakeAt(now).or(() -> awaitsCode ? Optional.of(now.plus(CODE)) : Optional.empty());
    if (at.isEmpty()) {
      poolIds.clear();
      return WakeUp.NONE;
    }
    // Until a dispatch to another node has arrived, only this incarnation repeats it.
    if (poolIds.stream().anyMatch(this::isElsewhere) || awaitsCode || state.awaitsRoom(now)) {
      poolIds.add(here);
    }
    return new WakeUp(at, new TreeSet<>(poolIds));
  }

  /** Other pools of this node have its id, a slash and their name, and are gone with it. */
  private boolean isElsewhere(String poolId) {
    return !poolId.equals(here) && !poolId.startsWith(here + "/");
  }
}
