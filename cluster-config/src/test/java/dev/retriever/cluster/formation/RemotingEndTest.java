package dev.retriever.cluster.formation;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.SystemGuardian;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Test;

class RemotingEndTest {
  /** Keeps the system from ending before a stream has, as remoting does with its own. */
  private static final class Remote extends AbstractActor {
    Remote(CompletionStage<Done> stream) {
      var guardian = ((ExtendedActorSystem) getContext().getSystem()).systemGuardian();
      guardian.tell(SystemGuardian.RegisterTerminationHook$.MODULE$, getSelf());
      stream.whenComplete(
          (done, failure) -> guardian.tell(SystemGuardian.TerminationHookDone$.MODULE$, getSelf()));
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().build();
    }
  }

  @Test
  void a_system_whose_remoting_has_a_stream_that_does_not_end_ends_all_the_same() {
    var config =
        ConfigFactory.parseString(
                """
                retriever.node.tls.stop-timeout = 100 ms
                pekko.coordinated-shutdown.exit-jvm = off
                """)
            .withFallback(ConfigFactory.defaultReference());
    var system = ActorSystem.create(Behaviors.empty(), "ends", config);
    var classic = (ExtendedActorSystem) Adapter.toClassic(system);
    var streams = SystemMaterializer.get(system).createAdditionalSystemMaterializer();
    var stream = Source.<Done>maybe().runWith(Sink.ignore(), streams);
    classic.systemActorOf(Props.create(Remote.class, () -> new Remote(stream)), "remote");
    RemotingEnd.bound(system);

    system.terminate();

    assertThat(system.getWhenTerminated()).succeedsWithin(Duration.ofSeconds(60));
    assertThat(stream.toCompletableFuture()).isCompletedExceptionally();
  }
}
