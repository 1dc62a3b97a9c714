package dev.retriever.origin.entity;

import dev.retriever.origin.entity.OriginCommand.Read;
import dev.retriever.origin.entity.OriginCommand.RoomMade;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Brings origins back that had to leave the memory of this node with work to do. A message to the
 * node that gets such an origin is lost if that node dies at the same moment. So the origin is
 * asked until it answers. If this node dies too, the stored wake-up names it. Thread-safe.
 *
 * <p>It is asked about no fetch. It is not sent a wake, since it takes the answer to a wake for a
 * stored wake-up.
 */
final class HandOver {
  /** Between one try and the next. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  /** A cluster that has not brought an origin back by then brings it back at its deadline. */
  private static final int TRIES = 60;

  private static final String NO_FETCH = "";

  private final ActorSystem<?> system;
  private final Region region;
  private final Duration timeout;

  /**
   * @param timeout an origin that has not answered by then is asked again
   */
  HandOver(ActorSystem<?> system, Region region, Duration timeout) {
    this.system = system;
    this.region = region;
    this.timeout = timeout;
  }

  /** Loads the origin at once, and again while it does not answer. */
  void bringBack(String originId) {
    region.tell(originId, new RoomMade());
    askLater(originId, TRIES);
  }

  private void askLater(String originId, int tries) {
    if (tries > 0) {
      system.scheduler().scheduleOnce(PAUSE, () -> ask(originId, tries), system.executionContext());
    }
  }

  private void ask(String originId, int tries) {
    region
        .<OriginReply.Fetch>ask(originId, replyTo -> new Read(NO_FETCH, replyTo), timeout)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                askLater(originId, tries - 1);
              }
            });
  }
}
