package dev.retriever.cluster.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.outcomes.OutcomeEvent.Settled;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Of two subscriptions to one origin, the later one that began is told. */
class SocketSubscriptionsTest {
  private final SocketSubscriptions subscriptions = new SocketSubscriptions(1);

  private static EventId at(long row) {
    return new EventId(row, Optional.empty());
  }

  private SocketSubscriptions.Subscribed begun(long after) {
    return subscriptions.begin(new OutcomeSocket.Asked("o", Optional.of(at(after)))).orElseThrow();
  }

  @Test
  void events_under_way_of_the_first_subscription_are_dropped() {
    var first = begun(1);
    assertThat(subscriptions.takesOver(first)).isTrue();
    assertThat(subscriptions.tells(first, new Settled(at(2), "{}"))).isTrue();

    var second = begun(1);
    assertThat(subscriptions.tells(first, new Settled(at(3), "{}"))).as("until then").isTrue();
    assertThat(subscriptions.takesOver(second)).isTrue();

    assertThat(subscriptions.tells(first, new Settled(at(4), "{}"))).isFalse();
    assertThat(subscriptions.tells(second, new Settled(at(2), "{}"))).isTrue();
    assertThat(subscriptions.place("o")).contains(at(2));
  }

  @Test
  void a_first_one_that_begins_after_the_second_does_not() {
    var first = begun(1);
    var second = begun(2);
    assertThat(subscriptions.takesOver(second)).isTrue();

    assertThat(subscriptions.takesOver(first)).isFalse();

    subscriptions.ended(first);
    assertThat(subscriptions.tells(second, new Settled(at(3), "{}"))).isTrue();
  }
}
