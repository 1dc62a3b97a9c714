package dev.retriever.origin.entity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The origins of one type in the memory of a node. Above the limit, the least recently used are
 * asked to leave; each decides whether it may. Thread-safe.
 */
public final class Residents {
  /** More than one, so that origins which may not leave do not hold up others. */
  private static final int ASKED_AT_ONCE = 2;

  private final int limit;

  /** Least recently used first. */
  private final Map<ActorRef<Object>, Boolean> line = new LinkedHashMap<>(16, 0.75f, true);

  /** Origins that were asked to leave, and have neither left nor refused yet. */
  private final Set<ActorRef<Object>> asked = new HashSet<>();

  /**
   * @param limit at least 1
   */
  Residents(int limit) {
    this.limit = limit;
  }

  /**
   * The origin was loaded or used. Others are asked only then: if none may leave, they are not
   * asked in circles.
   */
  void uses(ActorRef<Object> origin) {
    askedNow(origin).forEach(it -> it.tell(new OriginCommand.Crowded()));
  }

  private synchronized List<ActorRef<Object>> askedNow(ActorRef<Object> origin) {
    if (!asked.contains(origin)) {
      line.put(origin, true);
    }
    if (line.size() <= limit) {
      return List.of();
    }
    var now = new ArrayList<ActorRef<Object>>(ASKED_AT_ONCE);
    for (var eldest = line.keySet().iterator();
        now.size() < ASKED_AT_ONCE && line.size() > limit; ) {
      now.add(eldest.next());
      eldest.remove();
    }
    asked.addAll(now);
    return now;
  }

  /** The origin was asked and may not leave. It is asked again after all others. */
  synchronized void stays(ActorRef<Object> origin) {
    if (asked.remove(origin)) {
      line.put(origin, true);
    }
  }

  synchronized void left(ActorRef<Object> origin) {
    line.remove(origin);
    asked.remove(origin);
  }

  public synchronized List<ActorRef<Object>> all() {
    var all = new ArrayList<>(line.keySet());
    all.addAll(asked);
    return all;
  }

  public synchronized int count() {
    return line.size() + asked.size();
  }
}
