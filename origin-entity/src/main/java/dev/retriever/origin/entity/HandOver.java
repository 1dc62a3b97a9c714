package dev.retriever.origin.entity;

import dev.retriever.origin.entity.OriginCommand.RoomMade;
import dev.retriever.origin.entity.OriginCommand.Wake;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Brings origins back that had to leave the memory of this node with work to do. A message to the
 * node that gets such an origin is lost if that node dies at the same moment. So the origin is
 * woken until it answers. If this node dies too, the stored wake-up names it. Thread-safe.
 */
final class HandOver {
  /** Between one try and the next. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  /** A cluster that has not brought an origin back by then brings it back at its deadline. */
  private static final int TRIES = 60;

  private final ActorSystem<?> system;
  private final Region region;
  private final Duration timeout;

  /**
   * @param timeout an origin that has not answered by then is woken again
   */
  HandOver(ActorSystem<?> system, Region region, Duration timeout) {
    this.system = system;
    this.region = region;
    this.timeout = timeout;
  }

  /** Loads the origin at once, and again while it does not answer. */
  void bringBack(String originId) {
    region.tell(originId, new RoomMade());
    wakeLater(originId, TRIES);
  }

  private void wakeLater(String originId, int tries) {
    if (tries > 0) {
      system
          .scheduler()
          .scheduleOnce(PAUSE, () -> wake(originId, tries), system.executionContext());
    }
  }

  private void wake(String originId, int tries) {
    region
        .<OriginReply.Awake>ask(originId, replyTo -> new Wake(0, replyTo), timeout)
        .whenComplete(
            (awake, failure) -> {
              if (failure != null) {
                wakeLater(originId, tries - 1);
              }
            });
  }
}
