package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.FetchAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A blow, and what there was to be hit. A test whose blow hit nothing has shown nothing.
 *
 * @param what was done, in words
 * @param at when, by the clock that the nodes read, too
 * @param node the {@code host:port} of the node that it was for; empty when it was for all
 * @param struck whether what it was for was there before, and was hit
 * @param begun fetches submitted by then
 * @param accepted those of them that were accepted by then
 */
record Strike(
    String what, Instant at, Optional<String> node, boolean struck, int begun, int accepted) {
  /** Percent of what was submitted that must have been accepted before. */
  static final int ACCEPTED_MIN = 60;

  /** Attempts that were under way where it struck, going by the journal. */
  long underWay(Collection<FetchAnswer> fetches) {
    return fetches.stream()
        .flatMap(fetch -> fetch.attempts().stream())
        .filter(attempt -> attempt.underWay(node, at))
        .count();
  }

  /** Why this blow has shown nothing; empty when it has. */
  List<String> missed(Collection<FetchAnswer> fetches) {
    var why = new ArrayList<String>();
    if (!struck) {
      why.add(what + ": it never struck");
    }
    if (underWay(fetches) == 0) {
      why.add(what + ": nothing was under way there");
    }
    if (accepted == 0 || accepted * 100L < (long) begun * ACCEPTED_MIN) {
      why.add(what + ": only %d of %d fetches were accepted before it".formatted(accepted, begun));
    }
    return why;
  }
}
