package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Stage;
import dev.retriever.origin.Notice;
import dev.retriever.origin.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An order takes six writes; a crash at any of them, on either side, changes nothing of it. */
class CrashTest {
  private static final int WRITES = 6;

  private static OriginTestKit<Shop.Command, Shop.Event, Shop.State> shop() {
    var kit = OriginTestKit.of(new Shop());
    kit.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
    kit.otherwise().answersAfter(Duration.ofSeconds(3), 200);
    return kit;
  }

  /** A caller who hears nothing asks again. */
  private static void order(OriginTestKit<Shop.Command, Shop.Event, Shop.State> kit) {
    try {
      kit.ask(Shop.Ordered.class, replyTo -> new Shop.Order("book", replyTo));
    } catch (NoReply e) {
      kit.ask(Shop.Ordered.class, replyTo -> new Shop.Order("book", replyTo));
    }
    kit.advance(Duration.ofDays(1));
  }

  private static List<Optional<Outcome>> outcomes(
      OriginTestKit<Shop.Command, Shop.Event, Shop.State> kit) {
    return Stream.of("reserve", "charge", "look", "ship").map(kit::outcome).toList();
  }

  private static void endsAsUndisturbed(OriginTestKit<Shop.Command, Shop.Event, Shop.State> kit) {
    var undisturbed = shop();
    order(undisturbed);
    order(kit);

    assertThat(kit.state()).isEqualTo(undisturbed.state());
    assertThat(kit.events()).isEqualTo(undisturbed.events());
    assertThat(outcomes(kit)).isEqualTo(outcomes(undisturbed)).doesNotContain(Optional.empty());
    assertThat(kit.unhandled()).isEmpty();
    assertThat(kit.requests().stream().map(WireRequest::fetchId))
        .containsExactly("reserve", "charge", "look", "ship");
  }

  @Test
  void an_order_takes_six_writes() {
    var kit = shop();

    order(kit);

    assertThat(kit.writes()).isEqualTo(WRITES);
    assertThat(kit.state().done())
        .containsExactly("ItemOrdered", "Reserved", "ChargeUnclear", "Charged", "Shipped");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, WRITES})
  void a_crash_before_any_write_changes_nothing(int write) {
    var kit = shop();
    kit.crashBeforePersist(write);

    endsAsUndisturbed(kit);
    assertThat(kit.writes()).isGreaterThan(WRITES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, WRITES})
  void a_crash_after_any_write_changes_nothing(int write) {
    var kit = shop();
    kit.crashAfterPersist(write);

    endsAsUndisturbed(kit);
  }

  @Test
  void crashes_at_every_write_change_nothing_either() {
    var kit = shop();
    for (var write = 1; write <= 20; write += 2) {
      kit.crashBeforePersist(write);
      kit.crashAfterPersist(write + 1);
    }
    try {
      order(kit);
    } catch (NoReply e) {
      assertThat(kit.state().item()).contains("book");
    }
    kit.advance(Duration.ofDays(1));

    endsAsUndisturbed(kit);
  }

  @Test
  void a_journaled_fetch_that_was_not_sent_is_sent_after_the_crash() {
    var kit = shop();
    kit.crashAfterPersist();

    order(kit);

    assertThat(kit.requests()).filteredOn(sent -> sent.fetchId().equals("reserve")).hasSize(1);
    assertThat(kit.requests().get(0).attempt()).isEqualTo(2);
  }

  @Test
  void a_report_that_was_journaled_and_not_acknowledged_comes_again_and_is_counted() {
    var kit = shop();
    kit.crashAfterPersist(2);

    order(kit);

    assertThat(kit.noticed(Notice.DUPLICATE_REPORTS)).isEqualTo(1);
  }

  @Test
  void attempts_that_are_lost_with_their_executors_are_repeated_where_that_is_safe() {
    var kit = shop();
    kit.ask(Shop.Ordered.class, replyTo -> new Shop.Order("book", replyTo));

    kit.executorsLost();
    kit.restart();
    kit.advance(Duration.ofDays(1));

    assertThat(kit.requests().stream().map(WireRequest::fetchId))
        .containsExactly("reserve", "reserve", "charge", "look", "ship");
    assertThat(kit.noticed(Notice.ATTEMPTS_LOST)).isEqualTo(1);
  }

  @Test
  void executors_that_are_lost_while_the_origin_lives_are_noticed_by_its_alarm() {
    var kit = shop();
    kit.ask(Shop.Ordered.class, replyTo -> new Shop.Order("book", replyTo));

    kit.executorsLost();
    kit.advance(Duration.ofSeconds(34));
    assertThat(kit.requests()).hasSize(1);
    kit.advance(Duration.ofSeconds(10));

    assertThat(kit.state().done()).contains("Reserved");
  }
}
