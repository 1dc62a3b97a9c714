package dev.retriever.origin.queued;

import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.queue.wire.Granted.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The grants that an origin has not used yet, because there is no room. Belongs to one actor. */
final class HeldGrants {
  /** How long a grant waits for room. It keeps a slot from others meanwhile. */
  static final Duration LONGEST = Duration.ofSeconds(2);

  /** Room is looked for so often; a call of a pool that has room comes earlier. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Most grants that wait; a queue gives an origin far fewer. */
  private static final int MOST = 256;

  private final Map<Grant, Instant> until = new LinkedHashMap<>();

  /** Keeps the grant; false when too many wait. */
  boolean keep(Grant grant, Instant now) {
    if (until.size() == MOST && !until.containsKey(grant)) {
      return false;
    }
    until.putIfAbsent(grant, now.plus(LONGEST));
    return true;
  }

  boolean isEmpty() {
    return until.isEmpty();
  }

  List<Grant> all() {
    return List.copyOf(until.keySet());
  }

  void drop(Grant grant) {
    until.remove(grant);
  }

  /** Takes out those that have waited long enough, and those that are passed over by later ones. */
  List<Grant> takeLapsed(OriginState state, Instant now) {
    return take(
        grant ->
            !until.get(grant).isAfter(now)
                || grant.lease().grantNo() <= state.lines().used(grant.lease().queue()));
  }

  List<Grant> take(Predicate<Grant> wanted) {
    var taken = new ArrayList<Grant>();
    for (var grant : all()) {
      if (wanted.test(grant)) {
        until.remove(grant);
        taken.add(grant);
      }
    }
    return taken;
  }

  /** When to look for room, or to give one back. */
  Optional<Instant> next(Instant now) {
    return until.values().stream()
        .min(Instant::compareTo)
        .map(end -> end.isBefore(now.plus(LOOK)) ? end : now.plus(LOOK));
  }
}
