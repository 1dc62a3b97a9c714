package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Goes through the starts of several pools, earliest first, without pools that turn out full. */
public final class StartsInTurn {
  private final Map<Optional<String>, Peeking<Alarm<OwnAlarm>>> pools = new LinkedHashMap<>();
  private final Full full;

  /**
   * @param full may grow meanwhile
   */
  StartsInTurn(Map<Optional<String>, Iterator<Alarm<OwnAlarm>>> pools, Full full) {
    pools.forEach((pool, starts) -> this.pools.put(pool, new Peeking<>(starts)));
    this.full = full;
  }

  /** The next start; its target may have become full since. */
  public Optional<Alarm<OwnAlarm>> next() {
    Peeking<Alarm<OwnAlarm>> earliest = null;
    for (var pool : pools.entrySet()) {
      if (!full.has(pool.getKey()) && isEarlier(pool.getValue(), earliest)) {
        earliest = pool.getValue();
      }
    }
    return Optional.ofNullable(earliest).map(Peeking::take);
  }

  private static boolean isEarlier(Peeking<Alarm<OwnAlarm>> starts, Peeking<Alarm<OwnAlarm>> than) {
    return starts.peek() != null
        && (than == null || starts.peek().due().isBefore(than.peek().due()));
  }
}
