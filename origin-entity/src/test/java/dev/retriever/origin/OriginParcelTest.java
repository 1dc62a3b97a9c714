package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An origin that is offered what is too large for one hop. */
class OriginParcelTest {
  private static final long LARGE = 10_000_000;

  private final OriginFixture it = new OriginFixture(1);
  private final TestProbe<ReportAck> acks = it.kit.createTestProbe();

  OriginParcelTest() {
    it.woken = true;
    it.restart();
  }

  @AfterEach
  void stop() {
    it.close();
  }

  /** Its sender is on a node that never answers. */
  private static Parcels.Offer offerFromAfar() {
    var remote =
        ActorTestKit.create(
            ConfigFactory.parseString(
                """
                pekko.actor.provider = remote
                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                """));
    try {
      return new Parcels.Offer(
          "report on afar",
          LARGE,
          ActorRefResolver.get(remote.system())
              .resolveActorRef("pekko://elsewhere@127.0.0.1:1/system/retriever-parcel-1#1"));
    } finally {
      remote.shutdownTestKit();
    }
  }

  @Test
  void a_report_that_is_offered_settles_and_is_acknowledged() {
    it.submit("a", Samples.post());
    it.here.call("a", 1);
    var key = new AttemptKey(OriginFixture.TYPE, OriginFixture.ID, "a", 1);
    var arrived = new OriginCommand.ReportArrived(new AttemptReport(key, answer(200), acks.ref()));

    it.origin.tell(Parcels.get(it.kit.system()).packed("report on " + key, arrived, LARGE));

    acks.expectMessage(new ReportAck(key));
    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.ANSWERED);
  }

  @Test
  void it_answers_others_and_stays_in_memory_while_it_pulls_and_no_longer() {
    it.origin.tell(offerFromAfar());
    assertThat(it.read("a").view()).isEmpty();

    it.time.pass(OriginFixture.IDLE.plusMillis(1));
    it.read("a");
    it.shard.expectNoMessage(Duration.ofMillis(20));

    it.replies.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          it.time.pass(OriginFixture.IDLE);
          return it.shard.expectMessageClass(
              ClusterSharding.Passivate.class, Duration.ofMillis(50));
        });
  }
}
