package dev.retriever.loadtest.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.pace.Polling;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What faults do to a subscriber, and what it must not lose by them. */
class SubscriberTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final ScriptedFeed feed = new ScriptedFeed();
  private final FailureTally failures = new FailureTally();
  private Audience audience;

  @AfterEach
  void close() {
    audience.close();
    feed.close();
  }

  /** A subscriber that the faults strike, since all are struck. */
  private Subscriber subscriber(Moment... at) {
    var faults = at.length == 0 ? Faults.NONE : Faults.of(InjectedFault.drop(1, at));
    audience = new Audience(feed.port(), faults, failures);
    return new Subscriber(audience, 0, 0);
  }

  private static void soon(BooleanSupplier holds) throws InterruptedException {
    assertThat(Polling.until(SOON, 5, holds)).isTrue();
  }

  @Test
  void an_event_that_came_as_the_connection_dropped_is_told_again_and_counted_once()
      throws Exception {
    var subscriber = subscriber(Moment.RECEIVE);
    subscriber.open().join();
    feed.tell();
    soon(() -> subscriber.outcomes() == 1);

    subscriber.dropAtNextEvent();
    feed.tell();

    soon(() -> subscriber.outcomes() == 2);
    assertThat(feed.places()).containsExactly("", "1");
    assertThat(subscriber.planned()).isOne();
    assertThat(subscriber.cuts()).isOne();
    assertThat(subscriber.disordered()).isZero();
    assertThat(audience.timesBack()).isOne();
    assertThat(audience.received().outcomes()).isEqualTo(2);
    assertThat(audience.received().altered()).isZero();
  }

  @Test
  void one_that_is_dropped_while_it_subscribes_subscribes_again() throws Exception {
    var subscriber = subscriber(Moment.SUBSCRIBE);

    subscriber.open().join();

    assertThat(subscriber.isOpen()).isTrue();
    assertThat(feed.places()).hasSize(2);
    assertThat(subscriber.planned()).isOne();
    assertThat(audience.timesBack()).isOne();
    assertThat(failures.sum()).isZero();
    soon(() -> feed.open() == 1);
  }

  @Test
  void one_that_is_cut_continues_from_its_last_event_and_is_cut_once_at_a_time() throws Exception {
    var subscriber = subscriber();
    subscriber.open().join();
    feed.tell();
    soon(() -> subscriber.outcomes() == 1);

    subscriber.cut();
    subscriber.cut();
    feed.tell();

    soon(() -> subscriber.outcomes() == 2);
    assertThat(subscriber.planned()).isOne();
    assertThat(feed.places()).containsExactly("", "1");
  }

  @Test
  void one_that_leaves_says_so_unless_a_fault_strikes_it() throws Exception {
    var subscriber = subscriber();
    subscriber.open().join();

    subscriber.leave();

    soon(() -> feed.closedProperly() == 1 && feed.open() == 0 && !subscriber.isOpen());
    assertThat(subscriber.cuts()).isZero();
  }

  @Test
  void one_that_a_fault_strikes_leaves_without_a_word_and_may_come_again() throws Exception {
    var subscriber = subscriber(Moment.UNSUBSCRIBE);
    subscriber.open().join();
    feed.tell();
    soon(() -> subscriber.outcomes() == 1);

    subscriber.leave();
    soon(() -> feed.open() == 0 && !subscriber.isOpen());
    feed.tell();
    subscriber.open().join();

    soon(() -> subscriber.outcomes() == 2);
    assertThat(feed.closedProperly()).isZero();
    assertThat(feed.places()).containsExactly("", "1");
  }
}
