package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.examples.Webhook.Ended;
import dev.retriever.examples.Webhook.Send;
import dev.retriever.examples.Webhook.Sending;
import dev.retriever.examples.Webhook.State;
import dev.retriever.executor.Stage;
import dev.retriever.origin.testkit.OriginTestKit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WebhookTest {
  private static final String URL = "https://customer.example/hook";

  private final OriginTestKit<Webhook.Command, Webhook.Event, State> kit =
      OriginTestKit.of(new Webhook());

  private State send() {
    return kit.ask(State.class, replyTo -> new Send(URL, "paid", replyTo));
  }

  @Test
  void a_message_is_delivered() {
    kit.whenFetch("send").answersAfter(Duration.ofSeconds(20), 204);

    assertThat(send()).isEqualTo(State.SENDING);
    kit.advance(Duration.ofSeconds(20));

    assertThat(kit.events()).containsExactly(new Sending(URL), new Ended(URL, State.DELIVERED));
  }

  @Test
  void a_connection_that_breaks_after_the_request_was_sent_leaves_it_unclear() {
    kit.whenFetch("send").breaks(Stage.SENT, "connection-closed");

    send();

    assertThat(kit.state()).isEqualTo(State.UNCLEAR);
    assertThat(kit.requests()).hasSize(1);
  }

  @Test
  void a_crash_while_the_request_is_under_way_does_not_send_it_twice() {
    kit.whenFetch("send").answersAfter(Duration.ofSeconds(20), 204);
    kit.crashBeforePersist(2); // the first write accepts the fetch, the second settles it

    send();
    kit.advance(Duration.ofMinutes(1));

    assertThat(kit.state()).isEqualTo(State.DELIVERED);
    assertThat(kit.requests()).hasSize(1);
  }

  @Test
  void refused_and_unsent_calls_are_told_apart() {
    kit.whenFetch("send").answers(410);
    send();
    assertThat(kit.state()).isEqualTo(State.REFUSED);

    var another = OriginTestKit.of(new Webhook());
    another.otherwise().fails(Stage.RESOLVING, "unknown-host");
    another.ask(State.class, replyTo -> new Send(URL, "paid", replyTo));
    assertThat(another.state()).isEqualTo(State.NOT_SENT);
  }
}
