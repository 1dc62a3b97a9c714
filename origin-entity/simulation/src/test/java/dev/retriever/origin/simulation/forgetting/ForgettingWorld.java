package dev.retriever.origin.simulation.forgetting;

import static dev.retriever.origin.simulation.forgetting.ForgettingRules.AGE;
import static dev.retriever.origin.simulation.forgetting.ForgettingRules.LATEST_SNAPSHOT;
import static dev.retriever.origin.simulation.forgetting.ForgettingRules.LICENCE;
import static dev.retriever.origin.simulation.forgetting.ForgettingRules.MACHINE;
import static dev.retriever.origin.simulation.forgetting.ForgettingRules.REMEMBERED;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.simulation.forgetting.ForgettingStore.Saved;
import dev.retriever.origin.storage.OriginSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * One origin over months, from a seed: its rows, snapshots and wake-up, writers that are paused and
 * replaced and go on, a purge that stops between its steps, and a reader of its outcomes. What an
 * origin decides is production code. What the database and the purge do is modelled: a write needs
 * a licence and numbers above the highest row, and a row that stands for others is written as any
 * other.
 */
final class ForgettingWorld {
  private static final int STEPS = 300;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final FetchSpec GET = FetchSpec.of(FetchRequest.get("http://target.example/path"));

  private final Random random;
  private final Set<Mistake> mistakes;
  private final Map<Seen, Integer> seen = new EnumMap<>(Seen.class);
  private final List<ForgettingWriter> paused = new ArrayList<>();
  private final ForgettingLedger ledger = new ForgettingLedger();
  private final ForgettingStore store;
  private ForgettingWriter current = new ForgettingWriter(MACHINE.empty());
  private Instant now = START;

  private ForgettingWorld(long seed, Set<Mistake> mistakes) {
    this.random = new Random(seed);
    this.mistakes = mistakes;
    this.store = new ForgettingStore(mistakes, this::saw);
  }

  /**
   * Runs one seed.
   *
   * @return how often what is rare was seen
   * @throws Broken if a promise is broken
   */
  static Map<Seen, Integer> run(long seed, Set<Mistake> mistakes) {
    var world =
        new ForgettingWorld(
            seed, mistakes.isEmpty() ? EnumSet.noneOf(Mistake.class) : EnumSet.copyOf(mistakes));
    for (var step = 0; step < STEPS; step++) {
      world.step();
      world.ledger.checkPending(world.store.checked());
    }
    return world.seen;
  }

  private boolean happens(int percent) {
    return random.nextInt(100) < percent;
  }

  private Duration upTo(Duration longest) {
    return Duration.ofMillis((long) (random.nextDouble() * longest.toMillis()));
  }

  private void saw(Seen what) {
    seen.merge(what, 1, Integer::sum);
  }

  private void step() {
    switch (random.nextInt(12)) {
      case 0, 1 -> now = now.plus(passes());
      case 2, 3, 4 -> act(current);
      case 5 -> replace();
      case 6 -> goOn();
      case 7 -> save();
      case 8 -> store.look(now);
      case 9 -> store.forget(now);
      case 10 -> store.purge(now);
      default -> ledger.read(store.recovered().fetches(), now, mistakes, this::saw);
    }
  }

  private Duration passes() {
    var kind = random.nextInt(100);
    if (kind < 40) {
      return upTo(Duration.ofMinutes(1)).plusMillis(1);
    }
    if (kind < 60) {
      return upTo(Duration.ofHours(2));
    }
    return kind < 75
        ? AGE.plus(upTo(Duration.ofHours(5)))
        : Duration.ofDays(20).plus(upTo(REMEMBERED));
  }

  // What writers do.

  private void act(ForgettingWriter writer) {
    if (writer.held.isPresent()) {
      commit(writer, writer.held.get());
    } else {
      decide(writer);
    }
  }

  private void decide(ForgettingWriter writer) {
    var id = "f" + random.nextInt(3);
    var input =
        switch (random.nextInt(4)) {
          case 0, 1 -> new Input.Submit(id, GET);
          case 2 -> new Input.Cancel(id);
          default -> new Input.FireDue(64);
        };
    var at = new Machine.Moment("o", now, 0.5, new ForgettingRules.NoRoom());
    var turn = MACHINE.turn(writer.state, input, at).turn();
    if (turn.rows().isEmpty()) {
      return;
    }
    if (happens(15)) {
      // It is paused in its write. The others take its licence, within a while.
      writer.held = Optional.of(turn);
      writer.loseLicence(now.plus(upTo(LICENCE)));
    } else {
      commit(writer, turn);
    }
  }

  private void commit(ForgettingWriter writer, Turn<String> turn) {
    writer.held = Optional.empty();
    var rows = new ArrayList<>(turn.rows());
    if (mistakes.contains(Mistake.NOT_ANEW) && rows.get(0) instanceof OriginForgotten) {
      rows.remove(0);
    }
    if (!now.isBefore(writer.licensedUntil) && !mistakes.contains(Mistake.NO_LICENCE)) {
      saw(Seen.REFUSED_BY_LICENCE);
      ends(writer);
      return;
    }
    var before = turn.before().fetches().row();
    if (store.refuses(before + 1, rows.size())) {
      saw(Seen.REFUSED_BY_ROW);
      ends(writer);
      return;
    }
    written(writer, turn, rows);
  }

  private void written(ForgettingWriter writer, Turn<String> turn, List<Object> rows) {
    var state = turn.before();
    for (var row : rows) {
      state = MACHINE.apply(state, row);
      store.write(state.fetches().row(), row, now);
      ledger.written(row, state.fetches(), now);
    }
    if (turn.before().fetches().row() == 0 && ledger.lives() > 1) {
      saw(Seen.REBORN);
    }
    store.needsWakeUp(!state.fetches().pending().isEmpty());
    writer.state = state;
    if (happens(10)) {
      writer.unsaved =
          Optional.of(new Saved(state.fetches().row(), OriginSnapshot.of(state.fetches()), now));
    }
  }

  /** It recovers before its next write, or its node has ended. */
  private void ends(ForgettingWriter writer) {
    if (writer == current) {
      current = new ForgettingWriter(store.recovered());
    } else {
      paused.remove(writer);
    }
  }

  private void replace() {
    if (happens(60)) {
      current.loseLicence(now.plus(upTo(LICENCE)));
      paused.add(current);
    }
    current = new ForgettingWriter(store.recovered());
  }

  private void goOn() {
    if (!paused.isEmpty()) {
      act(paused.get(random.nextInt(paused.size())));
    }
  }

  private void save() {
    var all = new ArrayList<>(paused);
    all.add(current);
    var writer = all.get(random.nextInt(all.size()));
    writer.unsaved.filter(it -> it.at().plus(LATEST_SNAPSHOT).isAfter(now)).ifPresent(store::save);
    writer.unsaved = Optional.empty();
  }
}
