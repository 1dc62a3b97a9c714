package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The time in all rows of a write is one, and the handler has seen it, while the clock goes on. */
class OriginMomentTest {
  private final OriginFixture it = new OriginFixture(5, new Dated());
  private final TestProbe<ReportAck> acks = it.kit.createTestProbe();

  @BeforeEach
  void each_look_at_the_clock_finds_it_later() {
    it.clock = new Ticking(it.time);
    it.restart();
    it.origin.tell(new Dated.Ask("a"));
    it.here.call("a", 1);
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private void report(Report report) {
    var key = new AttemptKey(OriginFixture.TYPE, OriginFixture.ID, "a", 1);
    it.origin.tell(new ReportArrived(new AttemptReport(key, report, acks.ref())));
    acks.receiveMessage();
  }

  private Instant last(Class<? extends OriginEvent> type) {
    return it.events().stream()
        .filter(type::isInstance)
        .map(OriginEvent::at)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private List<Instant> heard(String about) {
    return it.rows().stream()
        .filter(row -> row instanceof Dated.Event event && event.about().equals(about))
        .map(row -> ((Dated.Event) row).at())
        .toList();
  }

  @Test
  void a_report_settles_its_fetch_at_the_time_that_the_handler_sees() {
    report(Samples.answer(200));

    assertThat(heard("a ANSWERED")).containsExactly(last(FetchSettled.class));
  }

  @Test
  void a_cancel_settles_its_fetch_at_the_time_that_the_handler_sees() {
    it.cancel("a");

    assertThat(heard("a CANCELLED")).containsExactly(last(FetchSettled.class));
  }

  @Test
  void a_late_answer_is_kept_at_the_time_that_the_handler_sees() {
    it.cancel("a");

    report(Samples.answer(200));

    assertThat(heard("late a 200")).containsExactly(last(LateAnswerKept.class));
  }

  @Test
  void a_command_is_accepted_at_the_time_that_the_handler_sees() {
    assertThat(heard("ask a")).containsExactly(last(OriginEvent.FetchAccepted.class));
  }

  /** A microsecond passes with each look at it. */
  private static final class Ticking extends Clock {
    private final Clock clock;
    private long looks;

    private Ticking(Clock clock) {
      this.clock = clock;
    }

    @Override
    public synchronized Instant instant() {
      return clock.instant().plusNanos(1000 * ++looks);
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
