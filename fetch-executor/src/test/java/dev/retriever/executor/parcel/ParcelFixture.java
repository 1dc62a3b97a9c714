package dev.retriever.executor.parcel;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.parcel.Parcels.Offer;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * An actor that is told offers, and what it gets. It pulls although it is on the node of the
 * sender.
 */
final class ParcelFixture implements AutoCloseable {
  static final int PIECE = 1024;
  static final Duration SILENCE = Duration.ofSeconds(1);
  static final int TRIES = 3;
  static final Duration KEPT = Duration.ofSeconds(15);

  private static final String SETTINGS =
      """
      retriever.executor.parcels {
        piece = 1 KiB
        pulled-bytes = 100 KiB
        pulled-by-one = 3
        silence = 1 s
        tries = 3
        kept = 15 s
      }
      """;

  final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(SETTINGS)
              .withFallback(VirtualTime.config())
              .withFallback(ConfigFactory.load()));
  final VirtualTime time = new VirtualTime(kit);
  final Parcels parcels = Parcels.get(kit.system());
  final ParcelSettings settings = ParcelSettings.from(kit.system().settings().config(), 1);
  final TestProbe<Object> delivered = kit.createTestProbe();
  final TestProbe<String> undelivered = kit.createTestProbe();
  final ActorRef<Object> receiver = receiver();

  /** Of random bytes, always the same of one length. */
  static byte[] message(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  ActorRef<Object> receiver() {
    return kit.spawn(
        Behaviors.setup(
            ctx ->
                Behaviors.receive(Object.class)
                    .onMessage(
                        Offer.class,
                        offer -> {
                          parcels.pull(ctx, offer, delivered.ref()::tell);
                          return Behaviors.same();
                        })
                    .onMessageEquals("stop", Behaviors::stopped)
                    .build()));
  }

  /** A message at its sender. */
  ActorRef<Parcel.Command> parcel(Object message) {
    return kit.spawn(
        Parcel.create(settings, message, () -> undelivered.ref().tell("not delivered")));
  }

  Offer offer(byte[] message) {
    return new Offer("a message", message.length, parcel(message));
  }

  /** The last thing to happen to what was pulled is that its room is free. */
  void nothingIsPulled() {
    delivered.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          if (parcels.stats().pulledBytes() != 0) {
            throw new AssertionError("something is still being pulled: " + parcels.stats());
          }
          return null;
        });
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
