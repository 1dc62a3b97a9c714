package dev.retriever.origin.storage;

import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Serialized;
import dev.retriever.origin.core.FullState;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when origins of one type are saved as snapshots.
 *
 * @param every a number of rows; 0 for only those that an event wants
 * @param possible whether the users' state can be serialized
 */
public record Snapshots(int every, boolean possible) {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  /**
   * Follows the settings. If the users' state cannot be serialized, it logs that once and never
   * saves.
   */
  public static Snapshots of(
      ActorSystem<?> system, String originType, FullState<?> empty, int every) {
    var bytes = SerializationExtension.get(system).serialize(empty);
    if (bytes.isSuccess()) {
      return new Snapshots(every, true);
    }
    if (every == 0) {
      return new Snapshots(0, false);
    }
    LOG.warn(
        "Origins of type {} are not saved as snapshots: their state {} cannot be serialized ({})."
            + " Let it extend {}, or bind it in pekko.actor.serialization-bindings. Until then they"
            + " replay all their rows when they recover, and none of these are purged",
        originType,
        empty.own() == null ? "null" : empty.own().getClass().getName(),
        bytes.failed().get().toString(),
        Serialized.class.getName());
    return new Snapshots(0, false);
  }

  /**
   * @param number of the row that is written; the state may be the one before it
   */
  public boolean isDue(FullState<?> state, long number, Object row) {
    return possible && isWanted(row) || OriginSnapshot.isDue(state.fetches(), number, every);
  }

  private static boolean isWanted(Object row) {
    return row instanceof OriginEvent event && event.wantsSnapshot();
  }
}
