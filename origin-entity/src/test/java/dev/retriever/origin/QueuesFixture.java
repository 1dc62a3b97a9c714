package dev.retriever.origin;

import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.QueueMessage;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.queue.wire.Told;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;

/** A queue that the test plays: it hears what the origin tells, and grants what the test says. */
final class QueuesFixture implements Queues {
  static final String QUEUE = "stripe";
  static final FetchSpec SPEC = Samples.get().queue(QUEUE);

  private final OriginFixture origin;

  /** What was told, in order. */
  final TestProbe<QueueMessage> told;

  final Map<String, Verdict> refusals = new ConcurrentHashMap<>();

  /** Whether the queue answers at once. */
  volatile boolean hears = true;

  QueuesFixture(OriginFixture origin) {
    this.origin = origin;
    this.told = origin.kit.createTestProbe();
    origin.queues = this;
    origin.restart();
  }

  @Override
  public void tell(QueueMessage message) {
    told.ref().tell(message);
    if (hears) {
      hear((Told) message);
    }
  }

  void hear(Told message) {
    origin.origin.tell(new Heard(message.queue(), message.row(), message.telling()));
  }

  @Override
  public Optional<Verdict> refusal(String tenant, String ownKey, QueueChoice choice) {
    return Optional.ofNullable(refusals.get(choice.name()));
  }

  /** The next message. */
  Told told() {
    return (Told) told.receiveMessage();
  }

  static Grant grant(int slot, long number) {
    return grant(new Lease(QUEUE, slot, number, false, false), OriginFixture.PERSISTENCE_ID, 3);
  }

  static Grant grant(Lease lease, String key, int priority) {
    return new Grant(lease, key, priority);
  }

  void grants(Grant... grants) {
    origin.origin.tell(new Granted(QUEUE, 0, List.of(grants)));
  }

  /** An attempt begins with that grant, and the queue is told. */
  Told begins(Grant grant) {
    grants(grant);
    return told();
  }
}
