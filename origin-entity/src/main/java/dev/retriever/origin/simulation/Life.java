package dev.retriever.origin.simulation;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchSettled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of one fetch: from its journal, its target and its callers. */
final class Life {
  final String originId;
  final String fetchId;
  final FetchSpec spec;
  final boolean continues;
  final Instant acceptedAt;

  /** By attempt, who is to make it, as journaled. */
  final Map<Integer, String> journaled = new HashMap<>();

  final Map<Integer, Instant> startedAt = new HashMap<>();

  final List<Target.Hit> hits = new ArrayList<>();

  /** By attempt, the node whose executor has reported it. */
  final Map<Integer, String> reported = new HashMap<>();

  /** Attempts whose reports the journal has. */
  final Set<Integer> kept = new HashSet<>();

  Optional<FetchSettled> settled = Optional.empty();
  Optional<Instant> settledAt = Optional.empty();
  int heard;

  Life(String originId, String fetchId, FetchSpec spec, boolean continues, Instant acceptedAt) {
    this.originId = originId;
    this.fetchId = fetchId;
    this.spec = spec;
    this.continues = continues;
    this.acceptedAt = acceptedAt;
  }

  void started(int attempt, String executor, Instant at) {
    journaled.put(attempt, executor);
    startedAt.put(attempt, at);
  }

  /** When it has to have settled, whatever happens. */
  Instant settlesBy() {
    return acceptedAt.plus(spec.within()).plus(spec.grace());
  }

  String name() {
    return originId + "/" + fetchId;
  }
}
