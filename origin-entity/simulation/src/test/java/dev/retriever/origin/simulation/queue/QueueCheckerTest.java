package dev.retriever.origin.simulation.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import dev.retriever.origin.queue.rows.QueueRows.Start;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.simulation.queue.StoredQueues.Writing;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each sentence is a way to break what queues promise, and is to be seen. */
class QueueCheckerTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String ID = "origin|o1";
  private static final FetchSpec SPEC =
      FetchSpec.of(FetchRequest.get("https://target.example/a"))
          .timeout(Duration.ofSeconds(5))
          .queue(QueueChoice.of("q").key("k"));

  private final StoredQueues tables = new StoredQueues();
  private final List<String> broken = new ArrayList<>();
  private final List<CoverageMark> seen = new ArrayList<>();
  private QueueSettings settings = QueuePlan.with(QueueSettings.DEFAULT, 1);
  private boolean goesOn;
  private long row;
  private long versions;
  private Instant now = NOW;

  private final QueueChecker checker =
      new QueueChecker(
          tables,
          new QueueFindings() {
            @Override
            public void broken(String promise, String subject, String what) {
              broken.add(promise + " " + subject + ": " + what);
            }

            @Override
            public void saw(CoverageMark sight) {
              seen.add(sight);
            }
          },
          (origin, fetch, attempt) -> goesOn,
          text -> settings);

  @BeforeEach
  void make_a_queue() {
    configure(1);
    tables.begin("q", 1);
  }

  private void configure(int concurrency) {
    settings = QueuePlan.with(settings, concurrency);
    var listed = List.of(new Listed("q", ++versions, Optional.of("")));
    write(List.of(), new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(), listed));
  }

  private void write(List<Object> events, QueueRows rows) {
    assertThat(tables.refusal(ID, rows)).isEmpty();
    var by = new Writing(ID, ++row, now);
    tables.write(rows, by);
    checker.journaled(by, "o1", events, rows);
  }

  private static Lease lease(int slot, int number) {
    return new Lease("q", slot, QueueStore.firstFloor(1) + number, false, false);
  }

  private static QueueRows rows(List<Start> starts, List<End> ends, int waiting) {
    var line =
        waiting == 0
            ? Line.empty("k", 3)
            : new Line("k", 3, waiting, waiting, NOW, NOW, Optional.empty(), NOW.plusSeconds(60));
    var lines = List.of(new LineOf("q", "t", line));
    return new QueueRows(starts, ends, List.of(), List.of(), lines, List.of());
  }

  private static FetchAccepted accepted(String fetchId) {
    return new FetchAccepted(fetchId, SPEC, NOW, Optional.empty(), Optional.empty());
  }

  private static AttemptStarted started(String fetchId, Lease lease) {
    return new AttemptStarted(fetchId, 1, "pool", NOW, Optional.of(lease), Optional.empty());
  }

  private static Start start(String fetchId, Lease lease) {
    return new Start(lease, fetchId, 1, "k", 5_000);
  }

  private static FetchSettled cancelled(String fetchId, Attempt... attempts) {
    return new FetchSettled(
        fetchId, new Outcome.Cancelled(attempts.length > 0), false, List.of(attempts), NOW);
  }

  private void begin(String fetchId, Lease lease) {
    write(List.of(accepted(fetchId)), rows(List.of(), List.of(), 1));
    write(List.of(started(fetchId, lease)), rows(List.of(start(fetchId, lease)), List.of(), 0));
  }

  private void cancel(String fetchId, Lease lease, boolean lingers) {
    var open = Attempt.open(1, "pool", NOW, Optional.of(lease));
    checker.operators().wantsCancelled("o1", fetchId);
    write(List.of(cancelled(fetchId, open)), rows(List.of(), List.of(new End(lease, lingers)), 0));
  }

  @Test
  void nothing_is_said_of_what_is_right() {
    begin("f1", lease(1, 1));
    cancel("f1", lease(1, 1), true);
    now = NOW.plusSeconds(25);
    tables.freeLingering("q", NOW.plusSeconds(5));
    checker.changed("q", now);

    assertThat(broken).isEmpty();
    assertThat(seen).containsExactly(CoverageMark.LINGERED_TO_TIME);
  }

  @Test
  void more_attempts_than_the_limit() {
    begin("f1", lease(1, 1));
    begin("f2", lease(2, 2));

    assertThat(broken).anyMatch(it -> it.contains("P11 o1/f2: it begins in slot 2 of q"));
  }

  @Test
  void a_slot_above_a_lower_limit_only_once_that_is_effective() {
    configure(2);
    begin("f1", lease(2, 1));
    configure(1);
    checker.effective("q", versions, now);
    assertThat(broken).isEmpty();
    cancel("f1", lease(2, 1), false);
    assertThat(broken).singleElement().asString().contains("its slot is freed");
  }

  @Test
  void a_slot_is_free_while_its_exchange_goes_on() {
    begin("f1", lease(1, 1));
    goesOn = true;
    cancel("f1", lease(1, 1), false);

    assertThat(broken).anyMatch(it -> it.contains("its exchange goes on"));
  }

  @Test
  void a_lingering_slot_is_free_too_early() {
    begin("f1", lease(1, 1));
    cancel("f1", lease(1, 1), true);
    now = NOW.plusSeconds(24);
    tables.freeLingering("q", now);
    checker.changed("q", now);

    assertThat(broken).singleElement().asString().contains("though it may still run");
  }

  @Test
  void a_slot_lingers_though_its_report_has_come() {
    begin("f1", lease(1, 1));
    cancel("f1", lease(1, 1), true);
    write(
        List.of(new LateAnswerKept("f1", 1, new Report.NotSent(Stage.QUEUED, "late"), NOW)),
        rows(List.of(), List.of(), 0));

    assertThat(broken).singleElement().asString().contains("the report of its attempt is kept");
  }

  @Test
  void a_slot_is_left_of_an_attempt_that_ended() {
    begin("f1", lease(1, 1));
    write(
        List.of(
            new AttemptEnded(
                "f1",
                1,
                new Report.NotSent(Stage.CONNECTING, "refused"),
                true,
                NOW,
                NOW,
                Optional.empty())),
        rows(List.of(), List.of(), 1));

    assertThat(broken).singleElement().asString().contains("no attempt of it is open");
  }

  @Test
  void a_line_is_not_what_waits() {
    write(List.of(accepted("f1"), accepted("f2")), rows(List.of(), List.of(), 1));

    assertThat(broken).singleElement().asString().contains("P12 o1: its lines are");
  }

  @Test
  void a_start_while_the_queue_is_said_to_be_paused() {
    checker.operators().stopped("q", now, now);
    begin("f1", lease(1, 1));

    assertThat(broken).singleElement().asString().contains("was said to be stopped");
  }

  @Test
  void more_grants_in_a_window_than_the_rate_allows() {
    settings = settings.concurrency(9).rate(new Rate(1, Duration.ofSeconds(1), 1));
    configure(9);
    for (var number = 1; number <= 3; number++) {
      var lease = lease(number, number);
      checker.granted(new Granted("q", 1, List.of(new Granted.Grant(lease, "k", 3))), now);
      begin("f" + number, lease);
    }

    assertThat(broken).anyMatch(it -> it.contains("3 grants of PT0S were used"));
  }

  @Test
  void two_fetches_of_a_strict_key_at_once() {
    configure(2);
    begin("f1", new Lease("q", 1, QueueStore.firstFloor(1) + 1, false, true));
    begin("f2", new Lease("q", 2, QueueStore.firstFloor(1) + 2, false, true));

    assertThat(broken).anyMatch(it -> it.contains("it starts while o1/f1 has its key"));
  }

  @Test
  void a_purge_cancels_what_was_accepted_after_it_or_may_have_been_sent() {
    checker.operators().wantsPurged("q", NOW);
    write(List.of(accepted("f1")), rows(List.of(), List.of(), 1));
    write(List.of(cancelled("f1")), rows(List.of(), List.of(), 0));
    assertThat(broken).singleElement().asString().contains("P13 o1/f1: it is cancelled");
    broken.clear();

    begin("f2", lease(1, 1));
    checker.operators().wantsPurged("q", NOW.plusSeconds(1));
    checker.operators().asks("o1", upTo(row));
    var open = Attempt.open(1, "pool", NOW, Optional.of(lease(1, 1)));
    write(List.of(cancelled("f2", open)), rows(List.of(), List.of(new End(lease(1, 1), true)), 0));
    assertThat(broken).singleElement().asString().contains("may have been sent");
  }

  private static PurgeUpTo upTo(long row) {
    return new PurgeUpTo("q", 1, NOW.plusSeconds(1), Optional.empty(), row);
  }

  @Test
  void a_purge_cancels_what_was_accepted_after_the_row_up_to_which_its_origin_was_asked() {
    checker.operators().wantsPurged("q", NOW.plusSeconds(1));
    checker.operators().asks("o1", upTo(row + 1));
    write(List.of(accepted("f1")), rows(List.of(), List.of(), 1));
    write(List.of(cancelled("f1")), rows(List.of(), List.of(), 0));
    assertThat(broken).isEmpty();

    write(List.of(accepted("f2")), rows(List.of(), List.of(), 1));
    write(List.of(cancelled("f2")), rows(List.of(), List.of(), 0));
    assertThat(broken).singleElement().asString().contains("P13 o1/f2: it is purged");
  }

  @Test
  void an_attempt_begins_at_its_target_without_a_slot() {
    begin("f1", lease(1, 1));
    checker.begun("o1", "f1", 1, false);
    assertThat(broken).isEmpty();
    tables.free("q", 1, lease(1, 1).grantNo());
    checker.begun("o1", "f1", 1, false);

    assertThat(broken).singleElement().asString().contains("begins at a target without a slot");
  }

  @Test
  void nothing_begins_though_something_may() {
    write(List.of(accepted("f1")), rows(List.of(), List.of(), 1));
    checker.stalls().look(now, now, true, NOW);
    now = NOW.plusSeconds(31);
    checker.stalls().look(now, now, true, NOW);

    assertThat(broken).singleElement().asString().contains("P12 q: nothing begins");
  }

  @Test
  void nothing_begins_of_a_strict_key_while_a_former_attempt_lingers_and_that_is_right() {
    letOneLingerAndAnotherWait(QueueSettings.Order.STRICT);
    assertThat(broken).isEmpty();

    letOneLingerAndAnotherWait(QueueSettings.Order.FAIR);
    assertThat(broken).singleElement().asString().contains("P12 q: nothing begins");
  }

  private void letOneLingerAndAnotherWait(QueueSettings.Order order) {
    settings = settings.order(order);
    configure(2);
    if (order == QueueSettings.Order.STRICT) {
      begin("f1", lease(1, 1));
      cancel("f1", lease(1, 1), true);
      write(List.of(accepted("f2")), rows(List.of(), List.of(), 1));
    }
    checker.stalls().look(now, now, true, NOW);
    now = now.plusSeconds(31);
    checker.stalls().look(now, now, true, NOW);
  }
}
