package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of one fetch: from its journal, its target and its callers. */
public final class FetchHistory {
  /** As long as an origin waits for a write, but for what clocks differ. */
  private static final Duration SLOW = Duration.ofSeconds(6);

  public final String originId;
  final String fetchId;
  public final FetchSpec spec;
  final boolean continues;
  final Instant acceptedAt;

  /** When it may begin, by the clock of its origin: at its acceptance, or at its time. */
  Instant mayBeginAt;

  /** By attempt, its executor as journaled. */
  final Map<Integer, String> journaled = new HashMap<>();

  /** By attempt, when it was journaled, by the origin's clock. */
  final Map<Integer, Instant> startedAt = new HashMap<>();

  /**
   * Attempts that may have been journaled when their origin had given up on the write, or had come
   * up elsewhere: it learns of them when it writes next, or is woken.
   */
  final Set<Integer> slow = new HashSet<>();

  /**
   * Whether it was accepted, without an attempt, by a write that its origin may have given up: the
   * origin learns of the fetch as it learns of a slow attempt.
   */
  boolean slowlyAccepted;

  /** By attempt, when its permit was taken, and on which node its origin was. */
  final Map<Integer, Instant> reservedAt = new HashMap<>();

  final Map<Integer, String> writtenBy = new HashMap<>();

  /** When the next attempt may begin, while none is under way. */
  Optional<Instant> nextStart = Optional.empty();

  /** When it is to wait in its queue, while it was scheduled and does not. */
  Optional<Instant> joinsAt = Optional.empty();

  /** Late answers that its handler is owed, less those that it has heard. */
  int lateOwed;

  /** Attempts that an executor has begun. */
  final Set<Integer> begun = new HashSet<>();

  /** Attempts that are over, as journaled. */
  final Set<Integer> ended = new HashSet<>();

  /** Of which of them the journal says that they were not sent. */
  final Set<Integer> notSent = new HashSet<>();

  /** How many of them count as tries. */
  int tries;

  final List<SimulatedTargets.Hit> hits = new ArrayList<>();

  /** By attempt, the node whose executor has reported it. */
  public final Map<Integer, String> reported = new HashMap<>();

  /** Attempts whose reports the journal has. */
  public final Set<Integer> kept = new HashSet<>();

  Optional<FetchSettled> settled = Optional.empty();
  public Optional<Instant> settledAt = Optional.empty();
  int heard;

  FetchHistory(String originId, FetchAccepted accepted, PromiseChecker.Writer by) {
    this.originId = originId;
    this.fetchId = accepted.fetchId();
    this.spec = accepted.spec();
    this.continues = accepted.then().isPresent();
    this.acceptedAt = accepted.at();
    this.mayBeginAt =
        spec.later().map(it -> it.from(acceptedAt)).filter(acceptedAt::isBefore).orElse(acceptedAt);
    accepted
        .executor()
        .ifPresentOrElse(
            executor -> started(1, executor, acceptedAt, by),
            () -> {
              nextStart = Optional.of(mayBeginAt);
              slowlyAccepted = isSlow(acceptedAt, by);
            });
  }

  void scheduled(FetchScheduled row) {
    mayBeginAt = row.notBefore();
    nextStart = Optional.of(mayBeginAt);
    joinsAt = spec.queue().map(it -> mayBeginAt);
    slowlyAccepted = false;
  }

  void due(FetchDue row) {
    mayBeginAt = row.at().isBefore(mayBeginAt) ? row.at() : mayBeginAt;
    nextStart = Optional.of(mayBeginAt);
    joinsAt = Optional.empty();
  }

  void started(int attempt, String executor, Instant at, PromiseChecker.Writer by) {
    journaled.put(attempt, executor);
    startedAt.put(attempt, at);
    // Its row says so by the clock of its node, unless that was set meanwhile.
    var reserved = by.uncertain() ? by.now() : by.now().minus(Duration.between(at, by.wall()));
    reservedAt.put(attempt, reserved);
    writtenBy.put(attempt, by.node());
    nextStart = Optional.empty();
    joinsAt = Optional.empty();
    slowlyAccepted = false;
    if (isSlow(at, by)) {
      slow.add(attempt);
    }
  }

  private static boolean isSlow(Instant at, PromiseChecker.Writer by) {
    return by.uncertain() || by.replaced() || Duration.between(at, by.wall()).compareTo(SLOW) > 0;
  }

  /** The attempt under way, as far as the journal knows. */
  Optional<Integer> open() {
    return settled.isPresent()
        ? Optional.empty()
        : journaled.keySet().stream().filter(it -> !ended.contains(it)).findAny();
  }

  /** Whether the journal has an attempt of its executor, and not the report on it. */
  boolean hasLost(int acknowledged) {
    return !spec.isDirect() && journaled.containsKey(acknowledged) && !kept.contains(acknowledged);
  }

  boolean hasHit(int attempt) {
    return hits.stream().anyMatch(hit -> hit.key().attempt() == attempt);
  }

  Instant deadline() {
    return mayBeginAt.plus(spec.within());
  }

  /** When an attempt is given up on which nothing was heard. */
  Instant backstop(int attempt) {
    var began = startedAt.get(attempt);
    var left = Duration.between(began, deadline());
    var timeout = left.compareTo(spec.timeout()) < 0 ? left : spec.timeout();
    return began.plus(timeout).plus(spec.grace());
  }

  /** When it has to have settled, whatever happens. */
  Instant settlesBy() {
    return deadline().plus(spec.grace());
  }

  public String name() {
    return originId + "/" + fetchId;
  }
}
