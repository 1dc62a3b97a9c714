package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import dev.retriever.examples.Checkout.Confirm;
import dev.retriever.examples.Checkout.Place;
import dev.retriever.examples.Checkout.State;
import dev.retriever.examples.Checkout.Status;
import dev.retriever.executor.Stage;
import dev.retriever.origin.testkit.ActorOrigins;
import dev.retriever.origin.testkit.WireRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same origin, unchanged, as the actor that it is in production. */
class CheckoutActorTest {
  private static final Config CONFIG =
      ActorOrigins.config()
          .withFallback(ManualTime.config())
          .withFallback(PersistenceTestKitPlugin.config());

  /** Stands still until it is told. */
  private static final class StandingClock extends Clock {
    private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final ActorTestKit actors = ActorTestKit.create(CONFIG);
  private final StandingClock clock = new StandingClock();
  private final ActorOrigins origins = ActorOrigins.on(actors.system(), clock);
  private final TestProbe<State> probe = actors.createTestProbe();

  private ActorRef<Object> spawn() {
    return actors.spawn(origins.behavior("order-17", new Checkout()));
  }

  @AfterEach
  void stop() {
    actors.shutdownTestKit();
  }

  private Status place(ActorRef<Object> checkout) {
    checkout.tell(new Place("book", 1299, probe.ref()));
    return probe.receiveMessage().status();
  }

  private Status confirm(ActorRef<Object> checkout) {
    checkout.tell(new Confirm(probe.ref()));
    return probe.receiveMessage().status();
  }

  private List<String> requested() {
    return origins.requests().stream().map(WireRequest::fetchId).toList();
  }

  /** The clock first, then the scheduler, and only when all that is scheduled was scheduled. */
  private void pass(Duration duration) {
    clock.now = clock.now.plus(duration);
    ManualTime.get(actors.system()).timePasses(duration);
  }

  @Test
  void an_unclear_charge_is_looked_up_and_the_item_reserved() {
    origins.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    origins.otherwise().answers(200);
    var checkout = spawn();

    assertThat(place(checkout)).isEqualTo(Status.PLACED);
    assertThat(confirm(checkout)).isEqualTo(Status.CHARGING);

    probe.awaitAssert(
        () -> {
          assertThat(confirm(checkout)).isEqualTo(Status.RESERVED);
          return null;
        });
    assertThat(requested()).containsExactly("charge", "look-up", "reserve");
  }

  @Test
  void an_order_outlives_its_actor_and_is_reminded_of_after_a_day() {
    origins.otherwise().answers(202);
    var first = spawn();
    place(first);
    actors.stop(first);
    var second = spawn();
    assertThat(place(second)).isEqualTo(Status.PLACED);

    pass(Duration.ofHours(24).minusMillis(1));
    assertThat(place(second)).isEqualTo(Status.PLACED);
    assertThat(requested()).isEmpty();
    pass(Duration.ofMillis(2)); // timers of actors are rounded up, so as never to be early

    probe.awaitAssert(
        () -> {
          assertThat(requested()).containsExactly("remind");
          return null;
        });
  }
}
