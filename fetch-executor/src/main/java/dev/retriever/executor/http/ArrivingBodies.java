package dev.retriever.executor.http;

import dev.retriever.executor.memory.ByteAccount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the bodies of responses while they arrive, and pauses connections when memory is full. The
 * memory also holds reports that are not yet acknowledged. Paused connections resume when other
 * bodies are complete or reports are acknowledged. Without such reports one connection always goes
 * on, so that all bodies finish. The time limits of attempts continue meanwhile. A body that comes
 * in one piece never pauses. Thread-safe.
 */
public final class ArrivingBodies {
  /** A body takes this multiple of its size: its growing buffer, and a copy at the end. */
  public static final int WEIGHT = 2;

  /** The most connections that resume at once: each reads a piece before it can pause again. */
  private static final int AT_ONCE = 4;

  /** The connection on which a body arrives. */
  interface Reading {
    void pause();

    void resume();
  }

  private final ByteAccount memory;
  private final Map<HttpExchange, Long> held = new HashMap<>();
  private long sum;

  /** In the order in which they were paused. */
  private final Map<HttpExchange, Reading> paused = new LinkedHashMap<>();

  /** The exchange that never pauses; null if there is none. */
  private HttpExchange first;

  /**
   * @param memory also counts the reports that are not yet acknowledged
   */
  ArrivingBodies(ByteAccount memory) {
    this.memory = memory;
    memory.whenFreed(this::resumeNext);
  }

  /** A piece of a body has come, and it was not the last one. */
  void came(HttpExchange exchange, int bytes, Reading reading) {
    add(exchange, (long) WEIGHT * bytes);
    if (exchange.stage() == null) {
      over(exchange); // the exchange has ended meanwhile
    } else {
      pauseIfFull(exchange, reading);
    }
  }

  private synchronized void add(HttpExchange exchange, long bytes) {
    memory.add(bytes);
    held.merge(exchange, bytes, Long::sum);
    sum += bytes;
  }

  private synchronized void pauseIfFull(HttpExchange exchange, Reading reading) {
    if (!memory.isFull() || exchange == first) {
      return;
    }
    if (mayBeFirst()) {
      first = exchange;
    } else if (held.containsKey(exchange)) {
      paused.put(exchange, reading);
      reading.pause();
    }
  }

  /** Whether an exchange may go on: none does so yet, and no reports fill the memory. */
  private boolean mayBeFirst() {
    return first == null && memory.held() <= sum;
  }

  /** The exchange has ended, for any reason. */
  void over(HttpExchange exchange) {
    memory.give(removed(exchange));
  }

  private synchronized long removed(HttpExchange ended) {
    paused.remove(ended);
    if (first == ended) {
      first = null;
    }
    var bytes = held.remove(ended);
    sum -= bytes == null ? 0 : bytes;
    return bytes == null ? 0 : bytes;
  }

  private void resumeNext() {
    next().forEach(Reading::resume);
  }

  private synchronized List<Reading> next() {
    var next = new ArrayList<Reading>();
    var eldest = paused.entrySet().iterator();
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
