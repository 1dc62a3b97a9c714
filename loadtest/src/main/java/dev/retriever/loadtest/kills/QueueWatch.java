package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.process.Fleet;
import dev.retriever.loadtest.process.FleetDatabase;
import dev.retriever.loadtest.server.TargetServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Watches the limit of a queue in the database and at the target, while nodes are killed. The
 * target counts what it works on, so exchanges that a stopped node has not read do not count.
 */
final class QueueWatch implements AutoCloseable {
  /** The queue of all fetches. */
  static final String QUEUE = "kills";

  /** So many keep most of the slots taken, and no more. */
  static final int CALLERS = 4;

  static final int SLOTS = 8;
  private static final int EVERY_MS = 25;

  private final FleetDatabase database;
  private final TargetServer target;
  private final Thread thread;
  private volatile boolean over;
  private volatile long mostSlots;
  private volatile long largest;
  private volatile long looks;
  private int atTarget;

  private QueueWatch(FleetDatabase database, TargetServer target) {
    this.database = database;
    this.target = target;
    thread = new Thread(this::watch, "queue-watch");
    thread.setDaemon(true);
  }

  /** Makes the queue, and begins. */
  static QueueWatch start(Fleet fleet, TargetServer target) {
    var settings = "{\"concurrency\": %d, \"retryAfter\": {\"scope\": \"fetch\"}}".formatted(SLOTS);
    OperatedQueues.of(fleet.oldest()).make(QUEUE, settings);
    var watch = new QueueWatch(fleet.database(), target);
    watch.thread.start();
    return watch;
  }

  private void watch() {
    while (!over) {
      mostSlots = Math.max(mostSlots, database.slots());
      largest = Math.max(largest, database.largestSlot());
      looks++;
      try {
        TimeUnit.MILLISECONDS.sleep(EVERY_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** What was not as promised. */
  List<String> faults() {
    atTarget = Math.max(atTarget, target.mostAtOnce());
    var faults = new ArrayList<String>();
    if (mostSlots > SLOTS || largest > SLOTS) {
      faults.add(
          "%d slots were taken, number %d among them, of %d".formatted(mostSlots, largest, SLOTS));
    }
    if (atTarget > SLOTS) {
      faults.add("the target had %d requests at once, of %d".formatted(atTarget, SLOTS));
    }
    if (mostSlots < SLOTS) {
      faults.add("the limit was never reached, so nothing was tested");
    }
    return faults;
  }

  @Override
  public void close() {
    over = true;
  }

  @Override
  public String toString() {
    return "queue of %d: at most %d slots in %d looks, at most %d requests at the target"
        .formatted(SLOTS, mostSlots, looks, atTarget);
  }
}
