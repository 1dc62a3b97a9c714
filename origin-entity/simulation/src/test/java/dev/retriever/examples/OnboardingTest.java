package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.examples.Onboarding.Account;
import dev.retriever.examples.Onboarding.Customer;
import dev.retriever.examples.Onboarding.Join;
import dev.retriever.examples.Onboarding.Joining;
import dev.retriever.examples.Onboarding.Mailbox;
import dev.retriever.examples.Onboarding.State;
import dev.retriever.examples.Onboarding.Stopped;
import dev.retriever.examples.Onboarding.Welcomed;
import dev.retriever.executor.Stage;
import dev.retriever.origin.testkit.NoReply;
import dev.retriever.origin.testkit.OriginTestKit;
import dev.retriever.origin.testkit.WireRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnboardingTest {
  private static final Customer ADA = new Customer("Ada");
  private static final Mailbox MAILBOX = new Mailbox(new Account(ADA, "a-1"), "ada@mail.example");

  private final OriginTestKit<Onboarding.Command, Onboarding.Event, State> kit = onboarding();

  private static OriginTestKit<Onboarding.Command, Onboarding.Event, State> onboarding() {
    var kit = OriginTestKit.of(new Onboarding(), "customer-1");
    kit.whenFetch("account").answers(201, "a-1");
    kit.whenFetch("mailbox").answers(201, "ada@mail.example");
    kit.whenFetch("mail").answers(202);
    return kit;
  }

  private void join() {
    try {
      kit.ask(State.class, replyTo -> new Join(ADA, replyTo));
    } catch (NoReply e) {
      kit.ask(State.class, replyTo -> new Join(ADA, replyTo));
    }
    kit.advance(Duration.ofMinutes(10));
  }

  private List<String> steps() {
    return kit.requests().stream().map(WireRequest::fetchId).distinct().toList();
  }

  @Test
  void each_step_uses_the_answer_of_the_one_before() {
    join();

    assertThat(kit.events()).containsExactly(new Joining(ADA), new Welcomed(MAILBOX));
    assertThat(kit.state()).isEqualTo(State.WELCOME);
    assertThat(kit.requests().get(1).request().body().orElseThrow().text()).contains("a-1");
    assertThat(kit.requests().get(2).request().body().orElseThrow().text())
        .contains("ada@mail.example");
  }

  @Test
  void the_chain_stops_at_the_first_step_that_is_refused() {
    kit.whenFetch("mailbox").answers(409);

    join();

    assertThat(kit.events()).endsWith(new Stopped("mailbox", "status 409"));
    assertThat(steps()).containsExactly("account", "mailbox");
  }

  @Test
  void the_chain_stops_at_a_step_that_could_not_be_sent() {
    kit.whenFetch("account").fails(Stage.RESOLVING, "unknown-host");

    join();

    assertThat(kit.events()).endsWith(new Stopped("account", "unknown-host"));
    assertThat(kit.state()).isEqualTo(State.STOPPED);
  }

  @Test
  void a_step_is_tried_three_times_before_the_chain_stops() {
    kit.whenFetch("mail").breaks(Stage.SENT, "connection-closed");

    join();

    assertThat(kit.events()).endsWith(new Stopped("mail", "connection-closed"));
    assertThat(kit.requests()).hasSize(5);
  }

  @Test
  void a_step_that_recovers_goes_on() {
    kit.whenFetch("mailbox")
        .breaks(Stage.SENT, "connection-closed")
        .answers(201, "ada@mail.example");

    join();

    assertThat(kit.events()).endsWith(new Welcomed(MAILBOX));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void a_crash_before_any_write_changes_nothing(int write) {
    kit.crashBeforePersist(write);

    endsAsUndisturbed();
    assertThat(kit.writes()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void a_crash_after_any_write_changes_nothing(int write) {
    kit.crashAfterPersist(write);

    endsAsUndisturbed();
  }

  private void endsAsUndisturbed() {
    join();

    assertThat(kit.events()).containsExactly(new Joining(ADA), new Welcomed(MAILBOX));
    assertThat(kit.requests()).hasSize(3);
  }
}
