package dev.retriever.executor.http;

import dev.retriever.executor.memory.ByteAccount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the bodies of responses while they arrive. Where they and the reports that are not yet
 * acknowledged take all the memory that there is for them, no more is read: connections rest until
 * others are whole, or reports are acknowledged. When there are no such reports one goes on, so
 * that all come to an end; the time limits of attempts go on, too. What comes in one piece never
 * rests. Thread-safe.
 */
public final class ArrivingBodies {
  /** As many times its size a body takes: the room it grows into, and a copy at the end. */
  public static final int WEIGHT = 2;

  /**
   * When there is memory again, so many go on at most: each takes a piece before it rests again.
   */
  private static final int AT_ONCE = 4;

  /** The connection that a body comes on. */
  interface Reading {
    void rest();

    void goOn();
  }

  private final ByteAccount memory;
  private final Map<HttpExchange, Long> held = new HashMap<>();
  private long sum;

  /** In the order in which they came to rest. */
  private final Map<HttpExchange, Reading> resting = new LinkedHashMap<>();

  /** Goes on whatever other bodies there are. */
  private HttpExchange first;

  /**
   * @param memory reports are counted there as well
   */
  ArrivingBodies(ByteAccount memory) {
    this.memory = memory;
    memory.whenFreed(this::goOn);
  }

  /** More has come of the body, and it is not whole. */
  void came(HttpExchange exchange, int bytes, Reading reading) {
    add(exchange, (long) WEIGHT * bytes);
    if (exchange.stage() == null) {
      over(exchange); // it has ended meanwhile, and is told of before
    } else {
      restIfFull(exchange, reading);
    }
  }

  private synchronized void add(HttpExchange exchange, long bytes) {
    memory.add(bytes);
    held.merge(exchange, bytes, Long::sum);
    sum += bytes;
  }

  private synchronized void restIfFull(HttpExchange exchange, Reading reading) {
    if (!memory.isFull() || exchange == first) {
      return;
    }
    if (mayBeFirst()) {
      first = exchange;
    } else if (held.containsKey(exchange)) {
      resting.put(exchange, reading);
      reading.rest();
    }
  }

  /** Reports will be acknowledged; bodies become whole only when they go on. */
  private boolean mayBeFirst() {
    return first == null && memory.held() <= sum;
  }

  /** The exchange has ended, however. */
  void over(HttpExchange exchange) {
    memory.give(removed(exchange));
  }

  private synchronized long removed(HttpExchange ended) {
    resting.remove(ended);
    if (first == ended) {
      first = null;
    }
    var bytes = held.remove(ended);
    sum -= bytes == null ? 0 : bytes;
    return bytes == null ? 0 : bytes;
  }

  private void goOn() {
    next().forEach(Reading::goOn);
  }

  private synchronized List<Reading> next() {
    var next = new ArrayList<Reading>();
    var eldest = resting.entrySet().iterator();
    while (eldest.hasNext() && next.size() < AT_ONCE && (!memory.isFull() || mayBeFirst())) {
      var one = eldest.next();
      eldest.remove();
      if (memory.isFull()) {
        first = one.getKey();
      }
      next.add(one.getValue());
    }
    return next;
  }
}
