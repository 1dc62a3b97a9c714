package dev.retriever.origin.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Protocol;
import dev.retriever.origin.Samples;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When an origin may be forgotten, and what it is afterwards. */
class OriginForgottenTest {
  private static final Instant NOW = Samples.START;

  private static final Machine<Object, String, String> MACHINE =
      new Machine<>(new Notes(), Machine.Rules.of(OriginFixture.SETTINGS, Set.of(), event -> {}));

  private FullState<String> state = MACHINE.empty();
  private Instant now = NOW;

  /** Its state is the last event. */
  private static final class Notes extends Origin<Object, String, String> {
    @Override
    protected String emptyState() {
      return "";
    }

    @Override
    protected String apply(String state, String event) {
      return event;
    }

    @Override
    protected void define(Definition<Object, String, String> on) {}
  }

  private void journaled(Object... rows) {
    for (var row : rows) {
      state = MACHINE.apply(state, row);
    }
  }

  private Turn<String> turn(Input<?> input) {
    var turn = MACHINE.turn(state, input, new Machine.Moment("o", now, 0.5, new NoRoom())).turn();
    state = turn.after();
    return turn;
  }

  private static final class NoRoom implements AttemptRoom {
    @Override
    public Optional<String> first(String fetchId, FetchSpec spec) {
      return Optional.empty();
    }

    @Override
    public Map<String, String> next(OriginState state, Instant until, int limit) {
      return Map.of();
    }
  }

  private static FetchAccepted accepted(String id) {
    return new FetchAccepted(id, Samples.get(), NOW, Optional.empty(), Optional.empty());
  }

  private static FetchSettled settled(String id) {
    return new FetchSettled(id, new Outcome.Cancelled(true), false, List.of(), NOW);
  }

  private Optional<OriginForgotten> forgotten() {
    return MACHINE.forgotten(state, NOW);
  }

  @Test
  void one_with_settled_fetches_only_is_forgotten_and_its_counts_are_kept() {
    journaled(accepted("a"), settled("a"), accepted("b"), settled("b"));

    assertThat(forgotten()).contains(new OriginForgotten(5, 2, 4, Optional.of(NOW), NOW));
  }

  @Test
  void one_that_waits_for_something_is_not() {
    journaled(accepted("a"));
    assertThat(forgotten()).as("an outcome").isEmpty();

    state = MACHINE.empty();
    Protocol.journal().stream().filter(AlarmScheduled.class::isInstance).forEach(this::journaled);
    assertThat(forgotten()).as("an alarm").isEmpty();
  }

  @Test
  void one_with_a_parked_continuation_is_not() {
    Protocol.journal().forEach(this::journaled);
    assertThat(Protocol.journal()).anyMatch(HandlingFailed.class::isInstance);
    var its = state.fetches();
    var rest = OriginState.empty();
    state =
        new FullState<>(
            new OriginState(
                its.row(),
                its.accepted(),
                its.orders(),
                rest.pending(),
                its.settled(),
                its.unhandled(),
                its.arising(),
                rest.ownAlarms(),
                rest.starts(),
                rest.alarms(),
                rest.lines(),
                rest.use(),
                its.born(),
                rest.schedules()),
            "");

    assertThat(its.unhandled()).isNotEmpty();
    assertThat(forgotten()).isEmpty();
  }

  @Test
  void of_one_with_a_state_of_its_users_that_is_saved_and_settled_fetches_are_forgotten() {
    journaled(accepted("a"), settled("a"), "paid", accepted("b"), settled("b"));

    var saved = MACHINE.saved(state, NOW).orElseThrow();
    assertThat(saved.row()).isEqualTo(new SettledForgotten(List.of(1L, 2L), NOW));
    assertThat(saved.state().own()).isEqualTo("paid");
    var its = saved.state().fetches();
    assertThat(its.row()).isEqualTo(6);
    assertThat(its.accepted()).isEqualTo(2);
    assertThat(its.settled().size()).isZero();
    assertThat(its.settled().forgotten()).as("what a subscriber missed is told").isEqualTo(5);

    state = saved.state();
    journaled(accepted("a"), settled("a"));
    assertThat(state.fetches().settled().size()).isEqualTo(1);
  }

  @Test
  void one_that_waits_for_something_is_not_saved_and_one_without_a_state_neither() {
    journaled("paid", accepted("a"));
    assertThat(MACHINE.saved(state, NOW)).isEmpty();

    journaled(settled("a"), "");
    assertThat(MACHINE.saved(state, NOW)).isEmpty();
  }

  @Test
  void one_with_a_state_of_its_users_is_not() {
    journaled(accepted("a"), settled("a"), "paid");
    assertThat(forgotten()).isEmpty();

    journaled("");
    assertThat(forgotten()).isPresent();
  }

  @Test
  void its_row_replaces_everything_before_whatever_that_was() {
    journaled(accepted("a"), "paid");

    journaled(new OriginForgotten(58, 12, 57, NOW));

    assertThat(state.own()).isEmpty();
    var its = state.fetches();
    assertThat(its)
        .isEqualTo(
            new OriginState(
                58,
                12,
                OriginState.empty().orders(),
                OriginState.empty().pending(),
                OriginState.empty().settled().forgottenTo(57),
                OriginState.empty().unhandled(),
                Optional.empty(),
                OriginState.empty().ownAlarms(),
                OriginState.empty().starts(),
                OriginState.empty().alarms(),
                OriginState.empty().lines(),
                OriginState.empty().use(),
                Optional.empty(),
                OriginState.empty().schedules()));
  }

  @Test
  void after_it_rows_and_places_go_on_and_an_id_may_be_used_again() {
    journaled(new OriginForgotten(58, 12, 57, NOW), accepted("a"));

    var its = state.fetches();
    assertThat(its.row()).isEqualTo(59);
    assertThat(its.pending("a").orElseThrow().order()).isEqualTo(13);
    journaled(settled("a"));
    assertThat(forgotten()).contains(new OriginForgotten(61, 13, 60, Optional.of(NOW), NOW));
  }

  @Test
  void one_without_settlements_since_is_forgotten_with_what_it_knew_before() {
    journaled(new OriginForgotten(58, 12, 57, NOW), "paid", "");

    assertThat(forgotten()).contains(new OriginForgotten(61, 12, 57, NOW));
  }

  @Test
  void since_when_rows_are_counted_is_kept_whatever_was_forgotten_in_between() {
    var born = NOW.minusSeconds(3);
    journaled(new OriginForgotten(58, 12, 57, Optional.of(born), NOW), accepted("a"), settled("a"));

    assertThat(state.fetches().born()).contains(born);
    assertThat(forgotten().orElseThrow().born()).contains(born);
  }

  @Test
  void the_first_write_after_it_says_it_again_since_it_may_be_gone_by_then() {
    var base = new OriginForgotten(58, 12, 57, Optional.of(NOW), NOW);
    journaled(base);

    var rows = turn(new Input.Submit("a", Samples.post())).rows();

    assertThat(rows.get(0)).isEqualTo(new OriginForgotten(59, 12, 57, Optional.of(NOW), NOW));
    assertThat(rows.get(1)).isInstanceOf(FetchAccepted.class);
    var after = state;
    state = MACHINE.empty();
    journaled(rows.toArray());
    assertThat(state).as("read without the row before").isEqualTo(after);
    assertThat(state.fetches().row()).isEqualTo(60);
    assertThat(turn(new Input.Cancel("a")).rows())
        .as("the next write")
        .noneMatch(OriginForgotten.class::isInstance);
  }

  @Test
  void an_input_that_changes_nothing_writes_nothing_after_it_either() {
    journaled(new OriginForgotten(58, 12, 57, NOW));
    var before = state;

    var turn = turn(new Input.Cancel("a"));

    assertThat(turn.rows()).isEmpty();
    assertThat(turn.after()).isEqualTo(before);
  }

  @Test
  void one_that_was_in_memory_when_it_was_forgotten_says_its_counts_too() {
    journaled(accepted("a"), settled("a"));
    assertThat(turn(new Input.Submit("b", Samples.post())).rows())
        .as("its outcome is still kept")
        .noneMatch(OriginForgotten.class::isInstance);

    state = MACHINE.empty();
    journaled(accepted("a"), settled("a"));
    now = NOW.plus(Duration.ofDays(40));
    var rows = turn(new Input.Submit("b", Samples.post())).rows();

    assertThat(rows.get(0)).isEqualTo(new OriginForgotten(3, 1, 2, Optional.of(NOW), now));
    var after = state;
    state = MACHINE.empty();
    journaled(rows.toArray());
    assertThat(state).as("read without the rows before").isEqualTo(after);
  }
}
