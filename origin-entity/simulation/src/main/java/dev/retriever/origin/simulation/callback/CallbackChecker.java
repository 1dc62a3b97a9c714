package dev.retriever.origin.simulation.callback;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.OriginEvent.CallbackDropped;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.callback.CallbackFacts;
import dev.retriever.origin.simulation.queue.QueueFindings;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Watches that each outcome that is to be told has one callback, accepted in its own write, and
 * that there are no others.
 */
public final class CallbackChecker {
  /** Each outcome is told once, or dropped with a reason, and none is lost. */
  private static final String TOLD = "P15";

  private final QueueFindings findings;

  /** Fetches that are to tell their outcomes, with their origins, and have not settled. */
  private final Set<String> telling = new HashSet<>();

  /** By webhook id, the callback that is sent under it. */
  private final Map<String, String> ids = new HashMap<>();

  /** By callback, its webhook id. */
  private final Map<String, String> idOf = new HashMap<>();

  public CallbackChecker(QueueFindings findings) {
    this.findings = findings;
  }

  /**
   * Rows were written together.
   *
   * @param first the number of the first of them
   */
  public void journaled(String originId, long first, List<Object> rows) {
    var owed = new HashMap<Long, String>();
    for (var i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      if (row instanceof FetchAccepted accepted) {
        accepted(originId, accepted, owed);
      } else if (row instanceof FetchSettled settled) {
        if (telling.remove(name(originId, settled.fetchId()))) {
          owed.put(first + i, settled.fetchId());
        }
      } else if (row instanceof CallbackDropped dropped) {
        pays(originId, dropped.facts(), owed);
      }
    }
    owed.values()
        .forEach(
            fetch ->
                findings.broken(
                    TOLD, name(originId, fetch), "it has settled, and its outcome is not told"));
  }

  private void accepted(String originId, FetchAccepted accepted, Map<Long, String> owed) {
    if (accepted.spec().delivers().isPresent()) {
      findings.saw(CoverageMark.TOLD);
      pays(originId, accepted.spec().delivers().get().facts(), owed);
    } else if (accepted.spec().callback().isPresent()) {
      telling.add(name(originId, accepted.fetchId()));
    }
  }

  private void pays(String originId, CallbackFacts facts, Map<Long, String> owed) {
    if (!facts.fetchId().equals(owed.remove(facts.sequence()))) {
      findings.broken(
          TOLD,
          name(originId, facts.fetchId()),
          "a callback is accepted that no outcome of this write asks for");
    }
  }

  /** A callback reached the endpoint. */
  public void hit(String originId, String fetchId, FetchRequest request) {
    request
        .signing()
        .ifPresent(
            signing -> {
              var name = name(originId, fetchId);
              var before = idOf.put(name, signing.id());
              if (before != null && !before.equals(signing.id())) {
                findings.broken(TOLD, name, "another attempt has another webhook id");
              }
              if (!name.equals(ids.computeIfAbsent(signing.id(), id -> name))) {
                findings.broken(TOLD, name, "it has the webhook id of " + ids.get(signing.id()));
              }
            });
  }

  private static String name(String originId, String fetchId) {
    return originId + "/" + fetchId;
  }
}
