package dev.retriever.origin.entity;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.meter.OriginMeter;
import dev.retriever.origin.span.Traces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an origin tells its meter. */
class OriginMeterTest {
  private final OriginFixture it = new OriginFixture(1);
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private final List<Optional<TraceContext>> traces = new CopyOnWriteArrayList<>();

  private final class Hearing implements OriginMeter {
    @Override
    public void accepted(String originType, Way way) {
      heard.add("accepted " + originType + " " + way);
    }

    @Override
    public void began(Duration waited) {
      heard.add("began after " + waited);
    }

    @Override
    public void settled(
        String originType, Outcome outcome, Duration took, Optional<TraceContext> trace) {
      heard.add(originType + " " + outcome.type() + " after " + took);
      traces.add(trace);
    }

    @Override
    public void fired(Duration late) {
      heard.add("fired " + late);
    }

    @Override
    public void recovered(String originType) {
      heard.add("recovered " + originType);
    }
  }

  @BeforeEach
  void measure() {
    it.meter = new Hearing();
    it.restart();
    it.read("nobody");
    heard.clear();
  }

  @AfterEach
  void stop() {
    it.close();
  }

  @Test
  void a_fetch_is_told_from_its_acceptance_to_its_outcome() {
    it.submit("a", Samples.post());
    it.time.pass(Duration.ofSeconds(3));
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");

    assertThat(heard)
        .containsExactly(
            "accepted " + OriginFixture.TYPE + " POOL",
            "began after PT0S",
            OriginFixture.TYPE + " ANSWERED after PT3S");
  }

  @Test
  void a_fetch_without_a_given_trace_is_told_with_its_own_if_spans_are_made() {
    it.traces = new Traces(Optional.of(span -> {}), 1, true);
    it.restart();
    it.submit("a", Samples.post());
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");

    var ids = new TraceIds(OriginFixture.TYPE, OriginFixture.ID, "a", Samples.START);
    assertThat(traces)
        .containsExactly(Optional.of(TraceContext.of(ids.trace(), ids.accepted(), true)));
  }

  @Test
  void a_fetch_without_a_given_trace_is_told_without_one_if_no_spans_are_made() {
    it.submit("a", Samples.post());
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");

    assertThat(traces).containsExactly(Optional.empty());
  }

  @Test
  void an_attempt_that_had_to_wait_for_a_permit_says_how_long() {
    it.submit("a", Samples.post());
    it.submit("b", Samples.post());
    it.time.pass(Duration.ofSeconds(7));
    it.here.call("a", 1).end(answer(200));
    it.here.call("b", 1).end(answer(200));
    it.outcome("b");

    assertThat(heard).contains("began after PT7S", OriginFixture.TYPE + " ANSWERED after PT7S");
  }

  @Test
  void the_wait_before_a_retry_is_no_wait_for_a_permit() {
    it.submit("a", Samples.get().retry(attempts(2)));
    it.here.call("a", 1).end(refused());
    it.permitsHeldBecome(0);
    it.time.pass(Duration.ofMillis(5_001));
    it.here.call("a", 2).end(answer(200));
    it.outcome("a");

    assertThat(heard).filteredOn(line -> line.startsWith("began")).hasSize(2);
    assertThat(heard).contains("began after PT0.001S", "fired PT0.001S");
  }

  @Test
  void what_is_replayed_is_not_told_again() {
    it.submit("a", Samples.post());
    it.here.call("a", 1).end(answer(200));
    it.outcome("a");
    heard.clear();

    it.restart();
    it.read("a");

    assertThat(heard).containsExactly("recovered " + OriginFixture.TYPE);
  }
}
