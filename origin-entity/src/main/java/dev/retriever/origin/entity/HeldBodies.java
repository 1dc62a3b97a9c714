package dev.retriever.origin.entity;

import dev.retriever.executor.memory.ByteOwners;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts in the node's memory budget what the pending fetches of one origin hold: requests, and the
 * latest reports. Small fetches are not counted, since {@code max-pending} bounds them. Belongs to
 * one actor.
 */
final class HeldBodies {
  /** This many bytes of each fetch are not counted. */
  static final int SMALL = 1024;

  private final ByteOwners memory;
  private final String owner;

  /** Counted bytes by fetch id, of fetches that are not small. */
  private final Map<String, Long> counted = new HashMap<>();

  private long sum;

  HeldBodies(ByteOwners memory, String owner) {
    this.memory = memory;
    this.owner = owner;
  }

  static String owner(String originType, String originId) {
    return originType + "/" + originId;
  }

  /** Why the budget refuses another fetch with that many bytes; empty when it does not. */
  static Optional<Verdict> refusal(ByteOwners memory, String owner, long bytes) {
    return refusal(memory, owner, 0, bytes);
  }

  private static Optional<Verdict> refusal(
      ByteOwners memory, String owner, long taken, long bytes) {
    if (memory.isTooMuch(owner, taken, beyondSmall(bytes))) {
      return Optional.of(Verdict.TOO_MANY_PENDING);
    }
    return memory.isFull(taken, beyondSmall(bytes)) ? Optional.of(Verdict.BUSY) : Optional.empty();
  }

  /** The same beside other new fetches, which will be counted with it. */
  Optional<Verdict> refusal(FetchSpec spec, long taken) {
    return refusal(memory, owner, taken, Parcels.size(spec.request()));
  }

  /** Counts anew after those rows, which led to that state. */
  void changed(List<Object> rows, OriginState state) {
    for (var row : rows) {
      if (row instanceof OriginEvent event) {
        event.holding().ifPresent(id -> count(id, state));
      }
    }
    tell();
  }

  void recovered(OriginState state) {
    letGo();
    state.pending().values().forEach(fetch -> count(fetch.id(), state));
    tell();
  }

  /** The origin leaves memory: nothing is held any more. */
  void letGo() {
    counted.clear();
    sum = 0;
    tell();
  }

  private void count(String fetchId, OriginState state) {
    var bytes = state.pending(fetchId).map(HeldBodies::bytes).orElse(0L);
    var before = bytes == 0 ? counted.remove(fetchId) : counted.put(fetchId, bytes);
    sum += bytes - (before == null ? 0 : before);
  }

  /** What is counted for that fetch. */
  static long bytes(PendingFetch fetch) {
    return beyondSmall(
        Parcels.size(fetch.spec().request()) + fetch.last().map(Parcels::size).orElse(0L));
  }

  private static long beyondSmall(long bytes) {
    return Math.max(0, bytes - SMALL);
  }

  private void tell() {
    memory.holds(owner, sum);
  }
}
