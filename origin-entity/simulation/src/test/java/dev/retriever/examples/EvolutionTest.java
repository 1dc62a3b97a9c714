package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Serialized;
import dev.retriever.origin.testkit.OriginTestKit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An alarm that was set by older code is rung by newer code. */
class EvolutionTest {
  sealed interface Command extends Serialized {}

  record Remind(String customer) implements Command {}

  record Reminded(String customer, String language) implements Serialized {}

  abstract static class Reminders extends Origin<Command, Reminded, Integer> {
    @Override
    protected Integer emptyState() {
      return 0;
    }

    @Override
    protected Integer apply(Integer state, Reminded event) {
      return state + 1;
    }
  }

  static final class Older extends Reminders {
    record Customer(String name) {}

    static final Continuation<Customer> REMIND = Continuation.of("remind", Customer.class);

    @Override
    protected void define(Definition<Command, Reminded, Integer> on) {
      on.command(
          Remind.class,
          (state, remind, next) ->
              next.alarm(
                  "reminder", Duration.ofDays(1), REMIND.with(new Customer(remind.customer()))));
      on.alarm(
          REMIND,
          (state, customer, firing, next) -> next.persist(new Reminded(customer.name(), "en")));
    }
  }

  static final class Newer extends Reminders {
    record Recipient(String name, String language) {
      Recipient {
        language = language == null ? "en" : language; // what was persisted before has none
      }
    }

    static final Continuation<Recipient> WRITE_TO =
        Continuation.of("write-to", Recipient.class).alias("remind");

    @Override
    protected void define(Definition<Command, Reminded, Integer> on) {
      on.alarm(
          WRITE_TO,
          (state, to, firing, next) -> next.persist(new Reminded(to.name(), to.language())));
    }
  }

  @Test
  void a_continuation_that_was_renamed_and_whose_context_has_grown_goes_on() {
    var kit = OriginTestKit.of(new Older());
    kit.tell(new Remind("Ada"));

    kit.deploy(new Newer());
    kit.advance(Duration.ofDays(1));

    assertThat(kit.events()).containsExactly(new Reminded("Ada", "en"));
  }
}
