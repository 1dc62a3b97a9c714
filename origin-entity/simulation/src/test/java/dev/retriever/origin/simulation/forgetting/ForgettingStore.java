package dev.retriever.origin.simulation.forgetting;

import static dev.retriever.origin.simulation.forgetting.ForgettingRules.AGE;
import static dev.retriever.origin.simulation.forgetting.ForgettingRules.LICENCE;
import static dev.retriever.origin.simulation.forgetting.ForgettingRules.MACHINE;
import static dev.retriever.origin.simulation.forgetting.ForgettingRules.REMEMBERED;

import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.storage.OriginSnapshot;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The rows, snapshots and wake-up of one origin, and what the purge does with them. */
final class ForgettingStore {
  private record Row(Object payload, Instant at) {}

  /** A snapshot, and when its writer wrote the row that it is of. */
  record Saved(long row, OriginSnapshot state, Instant at) {}

  private record Found(OriginForgotten row, Instant at) {}

  private final Set<Mistake> mistakes;
  private final Consumer<Seen> saw;
  private final NavigableMap<Long, Row> journal = new TreeMap<>();
  private final NavigableMap<Long, Saved> snapshots = new TreeMap<>();
  private boolean wakeUp;
  private Optional<Found> found = Optional.empty();

  ForgettingStore(Set<Mistake> mistakes, Consumer<Seen> saw) {
    this.mistakes = mistakes;
    this.saw = saw;
  }

  /** Whether a write that begins with that row is refused: it is there, or a higher one is. */
  boolean refuses(long row, int rows) {
    return mistakes.contains(Mistake.WRITES_BELOW_THE_HIGHEST_ROW)
        ? !journal.subMap(row, row + rows).isEmpty()
        : row <= highest();
  }

  void write(long row, Object payload, Instant now) {
    journal.put(row, new Row(payload, now));
  }

  void needsWakeUp(boolean needed) {
    wakeUp = needed;
  }

  void save(Saved snapshot) {
    if (snapshot.row() < highest()) {
      saw.accept(Seen.LATE_SNAPSHOT);
    }
    snapshots.put(snapshot.row(), snapshot);
  }

  // What the purge does, each step as one transaction.

  private long highest() {
    return journal.isEmpty() ? 0 : journal.lastKey();
  }

  /** It looks for an origin of which nothing is needed. */
  void look(Instant now) {
    found = Optional.empty();
    if (journal.isEmpty() || journal.lastEntry().getValue().payload() instanceof OriginForgotten) {
      return;
    }
    var isYoung = journal.lastEntry().getValue().at().isAfter(now.minus(AGE));
    if (isYoung && !mistakes.contains(Mistake.FORGETS_YOUNG)) {
      return;
    }
    var state = recovered();
    var its = state.fetches();
    var row =
        mistakes.contains(Mistake.FORGETS_PENDING)
            ? Optional.of(new OriginForgotten(its.row() + 1, its.accepted(), 0, its.born(), now))
            : MACHINE.forgotten(state, now).filter(it -> !wakeUp);
    found = row.map(it -> new Found(it, now));
  }

  /** What was found is forgotten, if it still may be. */
  void forget(Instant now) {
    if (found.isEmpty()) {
      return;
    }
    var row = found.get().row();
    var isLicensed = now.isBefore(found.get().at().plus(LICENCE));
    found = Optional.empty();
    var isTaken = refuses(row.row(), 1);
    var isNeeded = wakeUp && !mistakes.contains(Mistake.FORGETS_PENDING);
    if (isTaken || isNeeded || !isLicensed) {
      return;
    }
    journal.put(row.row(), new Row(row, now));
    journal.headMap(row.row()).clear();
    snapshots.headMap(row.row()).clear();
    saw.accept(Seen.FORGOTTEN);
  }

  /** The rows before the newest snapshot, and the row that stands for a forgotten origin. */
  void purge(Instant now) {
    if (!snapshots.isEmpty()) {
      var old =
          journal.headMap(Math.min(snapshots.lastKey(), highest())).entrySet().stream()
              .takeWhile(row -> row.getValue().at().isBefore(now.minus(AGE)))
              .map(Map.Entry::getKey)
              .toList();
      if (!old.isEmpty()) {
        saw.accept(Seen.ROWS_PURGED);
      }
      old.forEach(journal::remove);
      snapshots.headMap(snapshots.lastKey()).clear();
    }
    if (journal.isEmpty() || wakeUp) {
      return;
    }
    var last = journal.lastEntry().getValue();
    if (last.payload() instanceof OriginForgotten && last.at().isBefore(now.minus(REMEMBERED))) {
      journal.clear();
      snapshots.clear();
      saw.accept(Seen.GONE);
    }
  }

  FullState<String> recovered() {
    var newest = snapshots.lastEntry();
    var state =
        newest == null
            ? MACHINE.empty()
            : new FullState<>(newest.getValue().state().restored(), MACHINE.empty().own());
    for (var row : journal.tailMap(state.fetches().row(), false).values()) {
      try {
        state = MACHINE.apply(state, row.payload());
      } catch (RuntimeException e) {
        throw new Broken("its rows cannot be read: " + e);
      }
    }
    return state;
  }

  /** What is recovered counts as many rows as there are. */
  OriginState checked() {
    var state = recovered().fetches();
    var last = Math.max(highest(), snapshots.isEmpty() ? 0 : snapshots.lastKey());
    if (state.row() != last) {
      throw new Broken("it is at row %d, and counts %d".formatted(last, state.row()));
    }
    return state;
  }
}
