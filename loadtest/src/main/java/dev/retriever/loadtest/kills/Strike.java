package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.FetchAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A kill, stop or cut, and the load at that moment. A test whose strike hit nothing proves nothing.
 *
 * @param what the action, in words
 * @param at the time, by the clock of the nodes
 * @param node the {@code host:port} of the node; empty when it was for all
 * @param struck whether its aim was there before, and was hit
 * @param begun fetches submitted since the load before it began
 * @param accepted fetches accepted since then
 */
record Strike(
    String what, Instant at, Optional<String> node, boolean struck, int begun, int accepted) {
  /** The percentage of submissions that must have been accepted before. */
  static final int ACCEPTED_MIN = 60;

  /** The attempts in flight where it struck, by the journal. */
  long underWay(Collection<FetchAnswer> fetches) {
    return fetches.stream()
        .flatMap(fetch -> fetch.attempts().stream())
        .filter(attempt -> attempt.underWay(node, at))
        .count();
  }

  /** The strikes that hit no attempt, if they are more than one of five. */
  static List<String> idle(List<Strike> strikes, Collection<FetchAnswer> fetches) {
    var idle = strikes.stream().filter(it -> it.underWay(fetches) == 0).map(Strike::what).toList();
    return idle.size() * 5 <= strikes.size()
        ? List.of()
        : idle.stream().map(it -> it + ": nothing was under way there").toList();
  }

  /** The reasons why this strike proves nothing; empty when it does. */
  List<String> missed(Collection<FetchAnswer> fetches) {
    var why = new ArrayList<String>();
    if (!struck) {
      why.add(what + ": it never struck");
    }
    if (accepted == 0 || accepted * 100L < (long) begun * ACCEPTED_MIN) {
      why.add(what + ": only %d of %d fetches were accepted before it".formatted(accepted, begun));
    }
    return why;
  }
}
