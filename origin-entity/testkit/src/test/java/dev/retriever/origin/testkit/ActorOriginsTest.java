package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.Stage;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.testkit.Shop.Ask;
import dev.retriever.origin.testkit.Shop.Charged;
import dev.retriever.origin.testkit.Shop.Heard;
import dev.retriever.origin.testkit.Shop.Order;
import dev.retriever.origin.testkit.Shop.Ordered;
import dev.retriever.origin.testkit.Shop.Shipped;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shop of the other tests, unchanged, as the actor that it is in production. */
class ActorOriginsTest {
  private final ActorTestKit actors =
      ActorTestKit.create(
          ActorOrigins.config()
              .withFallback(VirtualTime.config())
              .withFallback(PersistenceTestKitPlugin.config())
              .withFallback(ConfigFactory.load()));
  private final VirtualTime time = new VirtualTime(actors);
  private final PersistenceTestKit journal = PersistenceTestKit.create(actors.system());
  private final ActorOrigins origins = ActorOrigins.on(actors.system(), time);
  private final TestProbe<Ordered> replies = actors.createTestProbe();
  private ActorRef<Object> shop = actors.spawn(origins.behavior("shop-1", new Shop()));

  @AfterEach
  void stop() {
    actors.shutdownTestKit();
  }

  private void eventually(BooleanSupplier condition) {
    replies.awaitAssert(
        () -> {
          assertThat(condition.getAsBoolean()).isTrue();
          return null;
        });
  }

  private boolean isJournaled(Object row) {
    return journal.persistedInStorage(origins.persistenceId("shop-1")).contains(row);
  }

  private boolean isJournaled(Class<?> row) {
    return journal.persistedInStorage(origins.persistenceId("shop-1")).stream()
        .anyMatch(row::isInstance);
  }

  @Test
  void an_order_is_charged_after_a_look_two_hours_later() {
    origins.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    origins.otherwise().answers(200);

    shop.tell(new Order("book", replies.ref()));
    assertThat(replies.receiveMessage()).isEqualTo(new Ordered("book"));
    eventually(() -> isJournaled(AlarmScheduled.class));
    // The reply to another command comes after the timer is armed.
    shop.tell(new Order("book", replies.ref()));
    replies.receiveMessage();
    time.pass(Duration.ofHours(2).plusMillis(1));

    eventually(() -> isJournaled(new Shipped()));
    assertThat(isJournaled(new Charged("200"))).isTrue();
    assertThat(origins.requests().stream().map(WireRequest::fetchId))
        .containsExactly("reserve", "charge", "look", "ship");
    assertThat(rowTypes(journal.persistedInStorage(origins.persistenceId("shop-1"))))
        .as("the journal is that of the test kit")
        .isEqualTo(rowTypes(journalOfTheTestKit()));
  }

  @Test
  void another_attempt_sends_a_large_body_whole() {
    var post = Shop.post("ask", "?".repeat(20_000)).idempotencyKey("key");
    origins.whenFetch("ask").breaks(Stage.SENT, "connection-closed").answers(200);

    shop.tell(new Ask(Shop.slow(post).retry(RetryPolicy.attempts(2))));
    eventually(() -> isJournaled(AttemptEnded.class));
    origins.otherwise().answers(200);
    shop.tell(new Order("book", replies.ref()));
    replies.receiveMessage(); // after the timer is armed
    // Its next attempt is due by then, and nobody gives up reading the body, after 10 s.
    time.pass(Duration.ofSeconds(5));

    eventually(() -> isJournaled(new Heard("ANSWERED")));
    assertThat(origins.requests().stream().filter(it -> it.fetchId().equals("ask")))
        .extracting(WireRequest::request)
        .containsExactly(post, post);
  }

  private static List<String> rowTypes(List<Object> rows) {
    return rows.stream().map(row -> row.getClass().getSimpleName()).toList();
  }

  private static List<Object> journalOfTheTestKit() {
    var kit = OriginTestKit.of(new Shop());
    kit.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    kit.otherwise().answers(200);
    kit.ask(Ordered.class, replyTo -> new Order("book", replyTo));
    kit.advance(Duration.ofHours(2));
    return kit.journal();
  }

  @Test
  void an_answer_that_takes_its_time_reaches_an_origin_that_was_restarted_meanwhile() {
    origins.otherwise().answersAfter(Duration.ofMinutes(1), 200);
    shop.tell(new Ask(Shop.slow(Shop.post("ask", "?"))));
    eventually(() -> origins.requests().size() == 1);

    actors.stop(shop);
    shop = actors.spawn(origins.behavior("shop-1", new Shop()));
    time.pass(Duration.ofMinutes(1));

    eventually(() -> isJournaled(new Heard("ANSWERED")));
  }

  @Test
  void a_request_without_a_script_fails_its_fetch_and_the_next_look_at_requests() {
    shop.tell(new Ask(Shop.slow(Shop.post("ask", "?"))));
    eventually(() -> isJournaled(new Heard("FAILED")));

    assertThatThrownBy(origins::requests)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("kit.whenFetch(\"ask\")");
  }
}
