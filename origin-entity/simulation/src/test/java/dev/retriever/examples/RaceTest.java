package dev.retriever.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Next;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Serialized;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.testkit.OriginTestKit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A fetch and an alarm under the same id, which race: what becomes of the one that is second. */
class RaceTest {
  private static final Duration DELAY = Duration.ofMinutes(30);

  sealed interface Command extends Serialized {}

  /** Races that fetch against an alarm under the same id, after {@link #DELAY}. */
  record Run(String id, Ticket ticket) implements Command {}

  sealed interface Event extends Serialized {}

  record ResultCame(Ticket ticket, Outcome outcome) implements Event {}

  record TimeWasUp(Ticket ticket) implements Event {}

  record Seat(int row, Optional<String> side) {}

  enum Price {
    FULL,
    HALF
  }

  record Ticket(String holder, List<Seat> seats, BigDecimal paid, Price price, Instant at) {}

  private static final Ticket TICKET =
      new Ticket(
          "Ada",
          List.of(new Seat(1, Optional.of("left")), new Seat(2, Optional.empty())),
          new BigDecimal("12.50"),
          Price.HALF,
          Instant.parse("2029-12-31T23:59:59.123456789Z"));

  private static final Continuation<Ticket> RESULT = Continuation.of("result", Ticket.class);
  private static final Continuation<Ticket> TIME_UP = Continuation.of("time-up", Ticket.class);

  /** The first of the two takes the other back; there is no third event to choose from. */
  private static final class Race extends Origin<Command, Event, Integer> {
    @Override
    protected Integer emptyState() {
      return 0;
    }

    @Override
    protected Integer apply(Integer state, Event event) {
      return state + 1;
    }

    @Override
    protected void define(Definition<Command, Event, Integer> on) {
      on.command(Run.class, this::run);
      on.outcome(
          RESULT,
          (state, ticket, outcome, next) ->
              outcome.type() == Outcome.Type.CANCELLED
                  ? next
                  : next.persist(new ResultCame(ticket, outcome)).cancelAlarm("race"));
      on.alarm(
          TIME_UP,
          (state, ticket, firing, next) ->
              next.persist(new TimeWasUp(ticket)).cancelFetch(firing.alarmId()));
    }

    private Next<Event, Integer> run(Integer state, Run run, Next<Event, Integer> next) {
      var request = FetchRequest.post("https://box.example/tickets").json(run.ticket());
      var hours = Duration.ofHours(1);
      return next.fetch(
              run.id(),
              FetchSpec.of(request).timeout(hours).within(hours),
              RESULT.with(run.ticket()))
          .alarm(run.id(), DELAY, TIME_UP.with(run.ticket()));
    }
  }

  private final OriginTestKit<Command, Event, Integer> kit = OriginTestKit.of(new Race());

  private void race() {
    kit.tell(new Run("race", TICKET));
  }

  private Outcome outcome() {
    return kit.outcome("race").orElseThrow();
  }

  @Test
  void result_wins_the_race_and_the_alarm_becomes_a_no_op() {
    kit.whenFetch("race").answersAfter(DELAY.minusNanos(1), 200);
    race();

    kit.advance(Duration.ofDays(1));

    assertThat(kit.events()).containsExactly(new ResultCame(TICKET, outcome()));
    assertThat(outcome().type()).isEqualTo(Outcome.Type.ANSWERED);
    assertThat(kit.alarms()).isEmpty();
  }

  @Test
  void timeout_wins_and_the_late_result_is_a_no_op_and_is_kept() {
    kit.whenFetch("race").answersLate(Duration.ofMinutes(1), 200);
    race();

    kit.advance(Duration.ofDays(1));

    assertThat(kit.events()).containsExactly(new TimeWasUp(TICKET));
    assertThat(kit.state()).isEqualTo(1);
    assertThat(outcome()).isEqualTo(new Outcome.Cancelled(true));
    assertThat(kit.journal())
        .filteredOn(LateAnswerKept.class::isInstance)
        .singleElement()
        .satisfies(
            row -> assertThat(((LateAnswerKept) row).at()).isEqualTo("2030-01-01T00:31:00Z"));
  }

  @Test
  void an_explicit_alarm_id_that_equals_the_fetch_id_disturbs_neither() {
    kit.whenFetch("race").answersAfter(Duration.ofMinutes(31), 200);
    race();
    assertThat(kit.pending()).containsExactly("race");
    assertThat(kit.alarms()).extracting(alarm -> alarm.id()).containsExactly("race");

    kit.cancelAlarm("race");
    assertThat(kit.pending()).containsExactly("race");
    kit.advance(Duration.ofMinutes(31));
    assertThat(kit.events()).containsExactly(new ResultCame(TICKET, outcome()));

    var another = OriginTestKit.of(new Race());
    another.otherwise().staysSilent();
    another.tell(new Run("race", TICKET));
    another.cancelFetch("race");
    assertThat(another.alarms()).hasSize(1);
    another.advance(DELAY);
    assertThat(another.events()).containsExactly(new TimeWasUp(TICKET));
  }

  @Test
  void cancel_returns_the_schedule_with_its_continuation() {
    kit.otherwise().staysSilent();
    race();

    var taken = kit.cancelAlarm("race").orElseThrow();

    assertThat(taken.due()).isEqualTo(kit.now().plus(DELAY));
    assertThat(taken.then().name()).isEqualTo("time-up");
    assertThat(taken.then().contextOf(TIME_UP)).contains(TICKET);
    assertThat(taken.then().contextOf(RESULT)).isEmpty();
  }

  @Test
  void only_the_first_cancel_wins() {
    kit.otherwise().staysSilent();
    race();

    assertThat(kit.cancelAlarm("race")).isPresent();
    assertThat(kit.cancelAlarm("race")).isEmpty();
    kit.advance(DELAY);
    assertThat(kit.events()).isEmpty();
  }

  @Test
  void a_cancel_of_the_fetch_comes_second_to_its_result_and_repeats_its_own_success() {
    kit.whenFetch("race").answers(200);
    race();
    assertThat(kit.cancelFetch("race")).isEqualTo(Verdict.SETTLED_OTHERWISE);
    assertThat(outcome().type()).isEqualTo(Outcome.Type.ANSWERED);

    kit.whenFetch("another").staysSilent();
    kit.tell(new Run("another", TICKET));
    assertThat(kit.cancelFetch("another")).isEqualTo(Verdict.SETTLED);
    assertThat(kit.cancelFetch("another")).isEqualTo(Verdict.SETTLED);
  }

  @Test
  void a_context_embedded_in_the_continuation_comes_back_equal() {
    kit.whenFetch("race").answersAfter(Duration.ofMinutes(1), 200);
    race();
    kit.restart();

    kit.advance(Duration.ofMinutes(1));

    assertThat(kit.events()).containsExactly(new ResultCame(TICKET, outcome()));
  }

  @Test
  void the_outcome_is_passed_as_a_parameter_beside_the_users_own_context() {
    kit.whenFetch("race").answers(200, "seat 1");
    race();

    var came = (ResultCame) kit.events().get(0);

    assertThat(came.ticket()).isEqualTo(TICKET);
    assertThat(came.outcome()).isEqualTo(outcome());
    assertThat(came.outcome().received().orElseThrow().body().text()).isEqualTo("seat 1");
  }

  @Test
  void a_404_is_an_answer_not_an_error() {
    kit.whenFetch("race").answers(404);

    race();

    assertThat(outcome().type()).isEqualTo(Outcome.Type.ANSWERED);
    assertThat(outcome().received().orElseThrow().status()).isEqualTo(404);
    assertThat(kit.unhandled()).isEmpty();
  }

  @Test
  void a_timeout_after_sending_is_unknown_not_failed() {
    kit.whenFetch("race").staysSilent();
    race();
    kit.cancelAlarm("race");

    kit.advance(Duration.ofHours(1));

    assertThat(outcome())
        .isEqualTo(new Outcome.Unknown(Optional.of(Stage.SENT), "timeout", Optional.empty()));
  }
}
