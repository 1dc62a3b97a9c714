package dev.retriever.origin.simulation.forgetting;

import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.view.OutcomePages;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What was promised to callers of a {@link ForgettingWorld}, and a reader of its outcomes. */
final class ForgettingLedger {
  private static final OutcomePages PAGES = new OutcomePages(ForgettingRules.CORE, 1 << 20);

  /** The place of an outcome, as an id of a stream says it. */
  private record Place(Optional<Instant> life, long row) {}

  private final Set<String> pending = new TreeSet<>();
  private final Map<String, Instant> settled = new HashMap<>();
  private final Set<Place> outcomes = new HashSet<>();
  private final Set<Optional<Instant>> lives = new HashSet<>();

  /** Outcomes that the reader was told, or told that it misses. */
  private final Set<Place> told = new HashSet<>();

  private Place read = new Place(Optional.empty(), 0);

  int lives() {
    return lives.size();
  }

  /** A row is written; the state is that after it. */
  void written(Object row, OriginState state, Instant at) {
    lives.add(life(state.born()));
    if (row instanceof FetchAccepted accepted) {
      var before = settled.get(accepted.fetchId());
      if (before != null && before.plus(ForgettingRules.RETENTION).isAfter(at)) {
        throw new Broken(accepted.fetchId() + " is accepted again within its retention");
      }
      pending.add(accepted.fetchId());
    } else if (row instanceof FetchSettled its) {
      if (!pending.remove(its.fetchId())) {
        throw new Broken(its.fetchId() + " settles again");
      }
      settled.put(its.fetchId(), at);
      if (!outcomes.add(new Place(life(state.born()), state.row()))) {
        throw new Broken("two outcomes have row " + state.row() + " of one life");
      }
    } else if (row instanceof OriginForgotten && !pending.isEmpty()) {
      throw new Broken("forgotten with " + pending + " pending");
    }
  }

  private static Optional<Instant> life(Optional<Instant> born) {
    return born.map(it -> it.truncatedTo(ChronoUnit.MILLIS));
  }

  /** What was accepted and has not settled is there. */
  void checkPending(OriginState state) {
    var there = new TreeSet<String>();
    state.pending().values().forEach(fetch -> there.add(fetch.id()));
    if (!there.equals(pending)) {
      throw new Broken(
          "%s are accepted and have not settled, but %s is there".formatted(pending, there));
    }
  }

  /** The reader goes on until there is no more. Nothing may be left out in silence. */
  void read(OriginState state, Instant now, Set<Mistake> mistakes, Consumer<Seen> saw) {
    var first = page(state, now);
    var isOther =
        first.born().isPresent() ? !first.born().equals(read.life()) : first.newest() == 0;
    if (read.row() > 0 && isOther && !mistakes.contains(Mistake.CURSOR_WITHOUT_LIFE)) {
      saw.accept(Seen.RESET);
      outcomes.stream().filter(it -> !it.life().equals(first.born())).forEach(told::add);
      read = new Place(first.born(), 0);
    }
    for (var page = page(state, now); !isEnd(page); page = page(state, now)) {
      take(page, saw);
    }
    for (var outcome : outcomes) {
      if (!told.contains(outcome)) {
        throw new Broken("the reader was never told of " + outcome + ", and is at " + read);
      }
    }
  }

  private OutcomePage page(OriginState state, Instant now) {
    return PAGES.after(state, read.row(), 2, now, Map.of());
  }

  private static boolean isEnd(OutcomePage page) {
    return page.items().isEmpty() && page.gapTo().isEmpty();
  }

  private void take(OutcomePage page, Consumer<Seen> saw) {
    page.gapTo()
        .ifPresent(
            to -> {
              saw.accept(Seen.GAP);
              outcomes.stream()
                  .filter(it -> it.life().equals(page.born()))
                  .filter(it -> it.row() > read.row() && it.row() <= to)
                  .forEach(told::add);
              read = new Place(page.born(), to);
            });
    for (var item : page.items()) {
      read = new Place(page.born(), item.row());
      told.add(read);
    }
  }
}
