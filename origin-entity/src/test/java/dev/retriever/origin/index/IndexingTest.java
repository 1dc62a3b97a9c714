package dev.retriever.origin.index;

import static dev.retriever.origin.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Samples;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.CallbackFacts;
import dev.retriever.origin.callback.CallbackSubject;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView.State;
import dev.retriever.origin.schedules.TickRule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the rows of a write change in the index. */
class IndexingTest {
  private static final FetchSpec SPEC = Samples.get().queue("q").label("b", "2").label("a", "1");
  private static final Outcome TIMED_OUT =
      new Outcome.Unknown(Optional.of(Stage.SENT), "timeout", Optional.empty());

  private static final Callback CALLBACK =
      new Callback(
          CallbackChoice.of("orders").of(1),
          Callback.VERSION,
          Payload.THIN,
          List.of(),
          new CallbackFacts(
              "f",
              "answered",
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              0,
              1,
              START,
              2,
              START));

  private final List<Object> journal = new ArrayList<>();
  private OriginState state = OriginState.empty();

  private List<IndexRow> write(Object... rows) {
    return changes(rows).rows();
  }

  private IndexRows changes(Object... rows) {
    var after = state;
    for (var row : rows) {
      if (row instanceof OriginEvent event) {
        after = after.apply(event);
      }
    }
    var turn =
        new Turn<>(
            START,
            List.of(rows),
            List.of(),
            List.of(),
            new FullState<>(state, ""),
            new FullState<>(after, ""));
    state = after;
    journal.addAll(List.of(rows));
    var changes = Indexing.of(turn);
    assertThat(IndexRows.of(changes.tag())).contains(changes);
    return changes;
  }

  private static ScheduleEvent.ScheduleSet set(String id, TickRule rule) {
    return new ScheduleEvent.ScheduleSet(
        id, ScheduleSpec.of(rule, SPEC), START, new NextTick(START, START.plusSeconds(5)), START);
  }

  @Test
  void a_schedule_is_listed_as_it_stands_after_the_write() {
    var cron = TickRule.cron("30 2 * * *", ZoneId.of("Europe/Berlin"));
    var made = changes(set("b", cron), set("a", TickRule.every(Duration.ofMinutes(15))));

    assertThat(made.rows()).isEmpty();
    assertThat(made.schedules())
        .containsExactly(
            new ScheduleRow("a", Optional.of(standing(2, "PT15M", Optional.empty(), State.ACTIVE))),
            new ScheduleRow(
                "b",
                Optional.of(
                    standing(1, "30 2 * * *", Optional.of("Europe/Berlin"), State.ACTIVE))));

    var changed =
        changes(
            new ScheduleEvent.SchedulePaused("b", START),
            new ScheduleEvent.ScheduleRemoved("a", START));
    assertThat(changed.schedules())
        .containsExactly(
            new ScheduleRow("a", Optional.empty()),
            new ScheduleRow(
                "b",
                Optional.of(
                    standing(1, "30 2 * * *", Optional.of("Europe/Berlin"), State.PAUSED))));
    assertThat(Rebuilt.schedules(state, Set.of("c")).schedules())
        .containsExactly(new ScheduleRow("c", Optional.empty()), changed.schedules().get(1));
  }

  private static ScheduleRow.Standing standing(
      long generation, String rule, Optional<String> zone, State state) {
    var request = SPEC.request();
    return new ScheduleRow.Standing(
        generation,
        state,
        Optional.of(START.plusSeconds(5)),
        rule,
        zone,
        request.method(),
        Target.of(request.url()).host());
  }

  private static Instant at(int second) {
    return START.plusSeconds(second);
  }

  private static FetchAccepted accepted(String id) {
    return new FetchAccepted(id, SPEC, at(1), Optional.empty(), Optional.empty());
  }

  private static FetchSettled settled(String id, Outcome outcome, Attempt... attempts) {
    return new FetchSettled(id, outcome, false, List.of(attempts), at(9));
  }

  @Test
  void an_accepted_fetch_is_in_the_index_with_what_it_is_found_by() {
    assertThat(write(accepted("x"), accepted("f")))
        .element(1)
        .isEqualTo(
            new IndexRow(
                2,
                2,
                "f",
                at(1),
                Optional.empty(),
                "GET",
                "target.example",
                Optional.of("q"),
                List.of("a=1", "b=2"),
                Optional.empty()));
  }

  @Test
  void a_settlement_gives_a_whole_row() {
    var open = write(accepted("f")).get(0);

    var row =
        write(settled("f", TIMED_OUT, Attempt.open(1, "here#1", at(2)).ended(Report.lost(), at(3))))
            .get(0);

    assertThat(row)
        .isEqualTo(
            open.ended(
                new IndexRow.End(
                    at(9),
                    Outcome.Type.UNKNOWN,
                    Optional.of("sent"),
                    Optional.of("timeout"),
                    Optional.empty(),
                    1),
                2));
  }

  @Test
  void a_fetch_that_settles_in_the_write_that_accepts_it_has_one_row() {
    var rows = write(accepted("f"), settled("f", new Outcome.Cancelled(false)));

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).end().orElseThrow().type()).isEqualTo(Outcome.Type.CANCELLED);
    assertThat(rows.get(0).row()).isEqualTo(2);
  }

  @Test
  void a_scheduled_fetch_says_from_when_on_it_may_begin() {
    var scheduled = write(accepted("f"), new FetchScheduled("f", at(60), at(1))).get(0);
    assertThat(scheduled.notBefore()).contains(at(60));

    assertThat(write(new FetchScheduled("f", at(90), at(2))).get(0).notBefore()).contains(at(90));
    assertThat(write(new FetchDue("f", at(5))).get(0).notBefore()).contains(at(5));
    assertThat(write(settled("f", TIMED_OUT)).get(0).notBefore()).contains(at(5));
  }

  @Test
  void an_id_that_is_accepted_again_has_a_place_of_its_own() {
    write(accepted("f"));
    write(settled("f", TIMED_OUT));

    var again = write(accepted("f"));

    assertThat(again).singleElement().extracting(IndexRow::place).isEqualTo(2L);
    assertThat(write(settled("f", TIMED_OUT)).get(0).place()).isEqualTo(2);
  }

  @Test
  void rows_of_users_count_and_change_nothing() {
    assertThat(write("theirs", "theirs")).isEmpty();

    assertThat(write("theirs", accepted("f"), "theirs", accepted("g")))
        .extracting(IndexRow::row)
        .containsExactly(2L, 4L);
  }

  @Test
  void a_text_of_any_characters_travels_as_a_tag() {
    var spec = Samples.get().label("k", "a,b|9,=\u2028ü");

    assertThat(write(new FetchAccepted("1,2|\n", spec, at(1), Optional.empty(), Optional.empty())))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.fetchId()).isEqualTo("1,2|\n");
              assertThat(row.labels()).containsExactly("k=a,b|9,=\u2028ü");
            });
    assertThat(IndexRows.of("somebody else's tag")).isEmpty();
  }

  private List<IndexRow> rebuilt(int most) {
    return Rebuilt.parts(
            state, Optional.empty(), most, row -> Optional.of(journal.get((int) row - 1)))
        .peek(part -> assertThat(part.rows().rows()).hasSizeLessThanOrEqualTo(most))
        .flatMap(part -> part.rows().rows().stream())
        .toList();
  }

  @Test
  void attempts_that_had_no_room_are_not_counted_also_when_it_is_made_anew() {
    write(accepted("f"));
    var noRoom = new Report.NotSent(Stage.QUEUED, Report.NO_ROOM);
    var refused = Attempt.open(1, "here#1", at(2)).ended(noRoom, at(3));
    var lost = Attempt.open(2, "here#2", at(4)).ended(Report.lost(), at(5));

    var row = write(settled("f", TIMED_OUT, refused, lost)).get(0);

    assertThat(row.end().orElseThrow().attempts()).isEqualTo(1);
    assertThat(rebuilt(10)).containsExactly(row);
  }

  @Test
  void it_is_made_anew_in_parts() {
    write(accepted("f"), accepted("g"), accepted("h"));
    var settled = write(settled("g", TIMED_OUT)).get(0);

    assertThat(rebuilt(2)).hasSize(3).contains(settled);
    assertThat(Rebuilt.places(state)).containsExactlyInAnyOrder(1L, 2L, 3L);
  }

  private static FetchSpec delivering() {
    return new FetchSpec(
        Samples.POST,
        FetchSpec.TIMEOUT,
        FetchSpec.WITHIN,
        FetchSpec.GRACE,
        RetryPolicy.DEFAULT,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.of(CALLBACK),
        Optional.empty());
  }

  @Test
  void a_callback_is_never_in_the_index() {
    var callback =
        new FetchAccepted("~cb:2", delivering(), at(1), Optional.empty(), Optional.empty());

    var rows = write(callback, new FetchScheduled("~cb:2", at(60), at(1)), accepted("f"));

    assertThat(rows).extracting(IndexRow::fetchId).containsExactly("f");
    assertThat(rows.get(0).place()).isEqualTo(2);
    assertThat(write(new FetchDue("~cb:2", at(60)))).isEmpty();
    assertThat(rebuilt(10)).extracting(IndexRow::fetchId).containsExactly("f");
    assertThat(
            write(
                new FetchSettled(
                    "~cb:2",
                    TIMED_OUT,
                    false,
                    List.of(),
                    at(9),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(CallbackSubject.of(CALLBACK)),
                    Optional.empty())))
        .isEmpty();
    assertThat(rebuilt(10)).extracting(IndexRow::fetchId).containsExactly("f");
    assertThat(Rebuilt.places(state)).containsExactly(2L);
  }
}
