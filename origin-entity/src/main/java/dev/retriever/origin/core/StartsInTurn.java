package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Goes through the starts of several pools, earliest first, without pools that turn out full. */
public final class StartsInTurn {
  private static final class Source {
    private final Iterator<Alarm<OwnAlarm>> rest;
    private Optional<Alarm<OwnAlarm>> head = Optional.empty();

    private Source(Iterator<Alarm<OwnAlarm>> rest) {
      this.rest = rest;
    }

    private Optional<Alarm<OwnAlarm>> peek() {
      if (head.isEmpty() && rest.hasNext()) {
        head = Optional.of(rest.next());
      }
      return head;
    }
  }

  private final Map<Optional<String>, Source> pools = new LinkedHashMap<>();
  private final Full full;

  /**
   * @param full may grow meanwhile
   */
  StartsInTurn(Map<Optional<String>, Iterator<Alarm<OwnAlarm>>> pools, Full full) {
    pools.forEach((pool, starts) -> this.pools.put(pool, new Source(starts)));
    this.full = full;
  }

  /** The next start; its target may have become full since. */
  public Optional<Alarm<OwnAlarm>> next() {
    Source earliest = null;
    for (var pool : pools.entrySet()) {
      if (!full.has(pool.getKey()) && isEarlier(pool.getValue(), earliest)) {
        earliest = pool.getValue();
      }
    }
    if (earliest == null) {
      return Optional.empty();
    }
    var next = earliest.peek();
    earliest.head = Optional.empty();
    return next;
  }

  private static boolean isEarlier(Source source, Source than) {
    var head = source.peek();
    return head.isPresent()
        && (than == null || head.get().due().isBefore(than.peek().orElseThrow().due()));
  }
}
