package dev.retriever.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUps.Entry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A clock whose database does not answer. */
class AlarmClockTest {
  private static final AlarmClockSettings SETTINGS =
      new AlarmClockSettings(
          Duration.ofMillis(500), Duration.ofSeconds(2), 10, 4, Duration.ofSeconds(10));

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());

  /** Looks that wait for their answer, in the order in which they were begun. */
  private final BlockingQueue<CompletableFuture<List<Entry>>> looks = new LinkedBlockingQueue<>();

  /** Types of origins that the clock was about to wake. */
  private final BlockingQueue<Object> woken = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() {
    kit.spawn(
        AlarmClock.create(
            new AlarmClock.Shared(
                new Silent(),
                SETTINGS,
                types(),
                executor -> true,
                Clock.systemUTC(),
                System::nanoTime),
            0));
  }

  @AfterEach
  void stop() {
    looks.forEach(look -> look.complete(List.of()));
    kit.shutdownTestKit();
  }

  private final class Silent implements WakeUps {
    @Override
    public List<Entry> look(
        int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted) {
      var answer = new CompletableFuture<List<Entry>>();
      looks.add(answer);
      return answer.join();
    }

    @Override
    public void correct(String persistenceId, long row, WakeUp wakeUp) {}
  }

  private Map<String, AlarmClock.Sleepers> types() {
    return new HashMap<>() {
      private static final long serialVersionUID = 1;

      @Override
      public AlarmClock.Sleepers get(Object type) {
        woken.add(type);
        return null;
      }
    };
  }

  /** The next look, which begins after that time and not before. */
  private CompletableFuture<List<Entry>> nextLookAfter(Duration longest) throws Exception {
    var step = Duration.ofMillis(500);
    for (var passed = Duration.ZERO; ; passed = passed.plus(step)) {
      var next = looks.poll(passed.compareTo(longest) < 0 ? 20 : 60_000, TimeUnit.MILLISECONDS);
      if (next != null) {
        return next;
      }
      assertThat(passed).as("virtual time without a look").isLessThan(longest);
      time.timePasses(step);
    }
  }

  private static Entry entry(String type) {
    return new Entry(type + "|o", "", Instant.EPOCH, 1);
  }

  private CompletableFuture<List<Entry>> first() throws InterruptedException {
    var first = looks.poll(60, TimeUnit.SECONDS);
    assertThat(first).isNotNull();
    return first;
  }

  @Test
  void a_look_that_does_not_end_is_given_up_and_the_clock_pauses_and_looks_again()
      throws Exception {
    first();

    var second = nextLookAfter(Duration.ofSeconds(20));

    second.complete(List.of(entry("second")));
    assertThat(woken.poll(60, TimeUnit.SECONDS)).isEqualTo("second");
  }

  @Test
  void the_result_of_an_abandoned_look_is_dropped() throws Exception {
    var first = first();
    var second = nextLookAfter(Duration.ofSeconds(20));

    first.complete(List.of(entry("first")));
    second.complete(List.of(entry("second")));

    assertThat(woken.poll(60, TimeUnit.SECONDS)).isEqualTo("second");
    assertThat(woken).isEmpty();
  }

  @Test
  void looks_that_were_given_up_and_have_not_ended_are_few() throws Exception {
    first();
    for (var more = 1; more < AlarmClock.MOST_TIMED_OUT; more++) {
      nextLookAfter(Duration.ofSeconds(20));
    }

    time.timePasses(Duration.ofMinutes(10));

    assertThat(looks.poll(200, TimeUnit.MILLISECONDS)).isNull();
  }
}
