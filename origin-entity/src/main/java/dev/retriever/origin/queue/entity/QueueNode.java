package dev.retriever.origin.queue.entity;

import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.entity.Region;
import dev.retriever.origin.queue.core.Now;
import dev.retriever.origin.queue.entity.QueueTurn.Moment;
import dev.retriever.origin.queue.rows.QueueStore;
import java.time.Clock;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What the queues of one node share. Thread-safe.
 *
 * @param origins reaches the origins of a type
 * @param nanos the monotonic clock of timers
 * @param random gives numbers evenly from [0, 1)
 * @param inMemory the queues in the memory of this node
 */
record QueueNode(
    QueueTimes times,
    QueueStore store,
    QueueDirectory directory,
    Function<String, Region> origins,
    Clock clock,
    LongSupplier nanos,
    DoubleSupplier random,
    Set<ActorRef<Object>> inMemory) {
  QueueNode(
      QueueTimes times,
      QueueStore store,
      QueueDirectory directory,
      Function<String, Region> origins,
      Clock clock,
      LongSupplier nanos,
      DoubleSupplier random) {
    this(times, store, directory, origins, clock, nanos, random, ConcurrentHashMap.newKeySet());
  }

  /** The queues in memory read again what may have been lost with a node. */
  void tellMemberLeft() {
    // In one order, so that simulations can be repeated.
    inMemory.stream()
        .sorted(Comparator.comparing(queue -> queue.path().name()))
        .forEach(queue -> queue.tell(new QueueCommand.MemberLeft()));
  }

  long micros() {
    return TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong());
  }

  /** What the next turn of that queue is decided from. */
  Moment moment(String name) {
    var listed =
        new QueueTurn.Listed(
            directory.ofTemplate(name),
            name.equals(QueueChoice.HOST_TEMPLATE) && directory.someInstances(),
            directory.gate(name));
    var random = (long) (this.random.getAsDouble() * Long.MAX_VALUE);
    return new Moment(new Now(micros(), clock.instant()), random, listed);
  }
}
