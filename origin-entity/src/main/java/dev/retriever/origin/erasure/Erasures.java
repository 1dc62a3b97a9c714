package dev.retriever.origin.erasure;

import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.SettledFetch;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;

/**
 * Has the rows of one origin overwritten. If that fails, an alarm of the origin asks again. Belongs
 * to one actor.
 */
public final class Erasures {
  private final RowEraser eraser;
  private final String persistenceId;
  private final BiConsumer<String, Long> done;
  private final Logger log;

  /** The ids of fetches. Others end in any thread. */
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  /**
   * @param done gets the fetch and the row that asked for it, in any thread
   */
  public Erasures(
      RowEraser eraser, String persistenceId, BiConsumer<String, Long> done, Logger log) {
    this.eraser = eraser;
    this.persistenceId = persistenceId;
    this.done = done;
    this.log = log;
  }

  /**
   * Begins what has been asked for up to that row, of which there is a snapshot, or can be none.
   */
  public void begin(OriginState state, long row) {
    state.settled().values().stream()
        .filter(SettledFetch::isBeingErased)
        .filter(fetch -> fetch.erasure().orElseThrow().row() <= row)
        .forEach(this::begin);
  }

  private void begin(SettledFetch fetch) {
    var asked = fetch.erasure().orElseThrow();
    if (underWay.add(fetch.id())) {
      var rows =
          new RowEraser.Rows(
              persistenceId,
              fetch.id(),
              fetch.order(),
              fetch.acceptedRow(),
              fetch.lateRows().stream().reduce(fetch.row(), Math::max),
              asked.row());
      eraser
          .overwrite(rows)
          .whenComplete((clean, failure) -> ended(fetch.id(), asked.row(), clean, failure));
    }
  }

  private void ended(String fetchId, long row, Boolean clean, Throwable failure) {
    underWay.remove(fetchId);
    if (failure != null) {
      log.warn(
          "{}: the bodies of fetch {} are not shown any more, but could not be overwritten; it is"
              + " tried again",
          persistenceId,
          fetchId,
          failure);
    } else if (clean) {
      done.accept(fetchId, row);
    } else {
      log.warn(
          "{}: the bodies of fetch {} are in a snapshot before row {}, and no newer one could be"
              + " saved; it is tried again",
          persistenceId,
          fetchId,
          row);
    }
  }
}
