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
 * What is written about when one origin is to be woken, and what has to be written with its next
 * rows. It is lowered at once and raised late: what stands there too early costs one look.
 */
final class WakeUpPlan {
  /**
   * Whoever waits for other code is woken when this node, which does not have it, is gone: so is a
   * node on which it is deployed. And now and then, should that go unnoticed.
   */
  private static final Duration CODE = Duration.ofHours(1);

  private final String here;

  /** Empty: not known, since this incarnation has not written yet. */
  private Optional<WakeUp> written = Optional.empty();

  private final TreeSet<String> poolIds = new TreeSet<>();

  private PMap<String, Unhandled> lookedAt;
  private boolean awaitsCode;

  /**
   * @param here the id of a pool of this node: while attempts wait for room, the origin stays in
   *     memory, and has to be woken when this node is gone; as has one that waits for other code
   */
  WakeUpPlan(String here) {
    this.here = here;
  }

  /** What an origin that has recovered has under way. */
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
   * What has to be written together with these rows, and is taken for written from here on: were
   * they not, this incarnation would end.
   *
   * @param after the state that they lead to
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
   * Exactly. Whoever asks may write it, instead of what stands there: so it is taken for written.
   */
  WakeUp told(OriginState state, Instant now) {
    takeOpen(state);
    var needed = needed(state, now);
    written = Optional.of(needed);
    return needed;
  }

  /** They may be many, and most rows change none of them. */
  private void lookForCode(OriginState state) {
    if (state.unhandled() != lookedAt) {
      lookedAt = state.unhandled();
      awaitsCode = state.awaitsCode();
    }
  }

  /** What that state needs. It may name poolIds that have reported since. */
  private WakeUp needed(OriginState state, Instant now) {
    lookForCode(state);
    var at =
        state.wakeAt(now).or(() -> awaitsCode ? Optional.of(now.plus(CODE)) : Optional.empty());
    if (at.isEmpty()) {
      poolIds.clear();
      return WakeUp.NONE;
    }
    if (awaitsCode || state.awaitsRoom(now)) {
      poolIds.add(here);
    }
    return new WakeUp(at, new TreeSet<>(poolIds));
  }
}
