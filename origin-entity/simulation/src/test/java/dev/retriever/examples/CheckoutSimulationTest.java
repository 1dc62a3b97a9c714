package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.retriever.examples.Checkout.Charged;
import dev.retriever.examples.Checkout.Confirm;
import dev.retriever.examples.Checkout.Place;
import dev.retriever.examples.Checkout.Reserved;
import dev.retriever.examples.Checkout.Status;
import dev.retriever.origin.simulation.SimulatedOrigin;
import dev.retriever.origin.simulation.Simulation;
import dev.retriever.origin.simulation.fault.Fault;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CheckoutSimulationTest {
  private final Logger logs = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Level level = logs.getLevel();

  @BeforeEach
  void quiet() {
    logs.setLevel(Level.OFF);
  }

  @AfterEach
  void loud() {
    logs.setLevel(level);
  }

  private final Simulation<Checkout.Command, Checkout.Event, Checkout.State> orders =
      Simulation.of(new Checkout())
          .told(
              6,
              (random, nobody) ->
                  random.nextBoolean()
                      ? new Place("book", 1299, nobody.narrow())
                      : new Confirm(nobody.narrow()));

  @Test
  void whatever_strikes_an_order_is_charged_and_reserved_once_and_never_without_each_other() {
    orders.seeds(40).faults(Fault.ALL).check(CheckoutSimulationTest::isInOrder);
  }

  private static void isInOrder(SimulatedOrigin<Checkout.Event, Checkout.State> order) {
    var charged = order.events().stream().filter(Charged.class::isInstance).count();
    var reserved = order.events().stream().filter(Reserved.class::isInstance).count();
    assertThat(List.of(charged, reserved)).isIn(List.of(0L, 0L), List.of(1L, 0L), List.of(1L, 1L));
    if (order.state().status() == Status.RESERVED) {
      assertThat(order.outcomes()).containsKeys("charge", "reserve");
    }
  }

  @Test
  void an_invariant_that_does_not_hold_is_told_with_its_seed_and_what_happened() {
    assertThatThrownBy(
            () ->
                orders
                    .seeds(40)
                    .check(
                        order -> assertThat(order.state().status()).isNotEqualTo(Status.RESERVED)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed ")
        .hasMessageContaining("repeat it with .from(")
        .hasMessageContaining("charge");
  }
}
