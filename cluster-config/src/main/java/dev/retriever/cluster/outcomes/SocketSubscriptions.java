package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;

/**
 * The subscriptions of one WebSocket, at most one for each origin, so no event is sent twice. A
 * second request with a place starts from there, and the earlier subscription ends. Thread-safe.
 */
final class SocketSubscriptions {
  private final int limit;
  private final Map<String, Subscribed> byOrigin = new HashMap<>();
  private long asked;

  SocketSubscriptions(int limit) {
    this.limit = limit;
  }

  /** A subscription, begun or about to begin. */
  static final class Subscribed {
    private final long number;
    private final OutcomeSocket.Asked asked;
    private final SharedKillSwitch end = KillSwitches.shared("retriever-outcomes-of-origin");
    private Optional<EventId> place = Optional.empty();

    private Subscribed(long number, OutcomeSocket.Asked asked) {
      this.number = number;
      this.asked = asked;
    }

    OutcomeSocket.Asked asked() {
      return asked;
    }

    /** Shut down when another subscription has replaced it. */
    SharedKillSwitch end() {
      return end;
    }
  }

  /**
   * A subscription to begin; empty if there is one that covers the request.
   *
   * @throws Problem.Found if the connection has the most that it may have
   */
  synchronized Optional<Subscribed> begin(OutcomeSocket.Asked ask) {
    var known = byOrigin.get(ask.originId());
    if (known != null && ask.after().isEmpty()) {
      return Optional.empty();
    }
    var mine = new Subscribed(asked++, ask);
    if (known == null) {
      checkRoom();
      byOrigin.put(ask.originId(), mine);
    }
    return Optional.of(mine);
  }

  /** The place of the subscription to that origin, once it has begun. */
  synchronized Optional<EventId> place(String originId) {
    return Optional.ofNullable(byOrigin.get(originId)).flatMap(known -> known.place);
  }

  /**
   * The subscription has begun and is the current one of its origin, unless a later one was
   * quicker.
   */
  synchronized boolean takesOver(Subscribed mine) {
    var origin = mine.asked.originId();
    var known = byOrigin.get(origin);
    if (known == mine) {
      return true;
    }
    if (known != null && known.number > mine.number) {
      return false;
    }
    if (known == null) {
      checkRoom();
    } else {
      known.end.shutdown();
    }
    byOrigin.put(origin, mine);
    return true;
  }

  /** Whether the event is sent. Late events of a replaced subscription are dropped. */
  synchronized boolean tells(Subscribed mine, OutcomeEvent event) {
    if (byOrigin.get(mine.asked.originId()) != mine) {
      return false;
    }
    mine.place = event.place().or(() -> mine.place);
    return true;
  }

  synchronized void ended(Subscribed mine) {
    byOrigin.remove(mine.asked.originId(), mine);
  }

  private void checkRoom() {
    if (byOrigin.size() >= limit) {
      throw Problem.of(
              ProblemType.OVERLOADED,
              "The connection has as many subscriptions as it may; open another one.")
          .found();
    }
  }
}
