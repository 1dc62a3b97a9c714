package dev.retriever.origin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large messages between two actor systems, with every byte of them on the wire. */
class ParcelBetweenNodesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ActorTestKit here = node();
  private final ActorTestKit there = node();

  private static ActorTestKit node() {
    return ActorTestKit.create(
        ConfigFactory.parseString(
                """
                pekko.actor.provider = remote
                pekko.actor.allow-java-serialization = off
                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                """)
            .withFallback(ConfigFactory.load()));
  }

  @AfterEach
  void stop() {
    here.shutdownTestKit();
    there.shutdownTestKit();
  }

  /** What that actor of there is here. */
  private <T> ActorRef<T> seen(ActorRef<T> actor) {
    return ActorRefResolver.get(here.system())
        .resolveActorRef(ActorRefResolver.get(there.system()).toSerializationFormat(actor));
  }

  @Test
  void a_submission_of_20_MiB_arrives_as_it_was_sent() {
    var received = there.<Object>createTestProbe();
    var receiver =
        there.spawn(
            Behaviors.<Object>setup(
                ctx ->
                    Behaviors.receiveMessage(
                        message -> {
                          if (message instanceof Parcels.Offer offer) {
                            Parcels.get(ctx.getSystem()).take(ctx, Object.class, offer);
                          } else {
                            received.ref().tell(message);
                          }
                          return Behaviors.same();
                        })));
    var replies = here.<OriginReply.Fetch>createTestProbe();
    var bytes = new byte[20 << 20];
    new Random(1).nextBytes(bytes);
    var request = FetchRequest.post(Samples.URL).body(new Body(bytes));
    var submit = new OriginCommand.Submit("f", FetchSpec.of(request), replies.ref());

    seen(receiver).tell(Parcels.get(here.system()).packed(submit, Parcels.size(request), () -> {}));

    var arrived = (OriginCommand.Submit) received.receiveMessage(PATIENCE);
    // A failed comparison would print it.
    assertThat(arrived.spec().equals(submit.spec())).isTrue();
    var reply = new OriginReply.Fetch(Verdict.NOTED, Optional.empty(), Optional.empty());
    arrived.replyTo().tell(reply);
    assertThat(replies.receiveMessage(PATIENCE)).isEqualTo(reply);
  }
}
