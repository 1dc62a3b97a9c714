package dev.retriever.origin;

import static dev.retriever.origin.QueuesFixture.SPEC;
import static dev.retriever.origin.QueuesFixture.grant;
import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real origin, and fetches that begin later. */
class OriginLaterTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MS = Duration.ofMillis(1);
  private static final Instant LATER = Samples.START.plus(HOUR);

  private final OriginFixture it = new OriginFixture(2);
  private final QueuesFixture queue = new QueuesFixture(it);
  private final TestProbe<OriginReply.AlarmList> alarms = it.kit.createTestProbe();

  @AfterEach
  void stop() {
    it.close();
  }

  private Verdict move(String id, Later later) {
    it.origin.tell(new OriginCommand.Move(id, later, it.replies.ref()));
    return it.replies.receiveMessage().verdict();
  }

  private OriginReply.Fetch bringForward(String id) {
    it.origin.tell(new OriginCommand.BringForward(id, it.replies.ref()));
    return it.replies.receiveMessage();
  }

  private FetchView view(String id) {
    return it.read(id).view().orElseThrow();
  }

  @Test
  void one_that_an_operator_starts_early_has_its_time_limits_from_then_on() {
    it.submit("a", Samples.get().delay(HOUR).within(Duration.ofSeconds(20)));
    it.origin.tell(new OriginCommand.Trigger(1, alarms.ref()));
    assertThat(alarms.receiveMessage().items()).extracting(AlarmView::id).containsExactly("a");
    it.here.call("a", 1);

    it.time.pass(Duration.ofSeconds(60));

    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.UNKNOWN);
  }

  @Test
  void it_is_sent_at_its_time_also_by_an_origin_that_has_recovered() {
    var accepted = it.submit("a", Samples.get().delay(HOUR)).view().orElseThrow();
    assertThat(accepted.notBefore()).contains(LATER);
    assertThat(accepted.waitsForItsTime()).isTrue();
    it.restart();
    it.read("a");
    it.time.pass(HOUR.minus(MS));
    assertThat(view("a").attempts()).isEmpty();

    it.time.pass(MS.plus(MS));
    it.here.call("a", 1).end(answer(200));

    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.ANSWERED);
    assertThat(it.settlements("a").get(0).notBefore()).contains(LATER);
  }

  @Test
  void it_takes_no_permit_before_its_time() {
    it.submit("a", Samples.get().delay(HOUR));

    it.permitsHeldBecome(0);
    it.submit("b", Samples.get());
    it.submit("c", Samples.get());
    it.here.call("b", 1);
    it.here.call("c", 1);
  }

  @Test
  void it_is_brought_forward_and_then_not_moved() {
    it.submit("a", Samples.get().delay(HOUR));

    assertThat(bringForward("a").verdict()).isEqualTo(Verdict.NOTED);
    var call = it.here.call("a", 1);

    assertThat(move("a", Later.after(HOUR))).isEqualTo(Verdict.HAS_BEGUN);
    assertThat(bringForward("a").verdict()).isEqualTo(Verdict.HAS_BEGUN);
    call.end(answer(200));
    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.ANSWERED);
    assertThat(move("a", Later.after(HOUR))).isEqualTo(Verdict.SETTLED_OTHERWISE);
    assertThat(move("none", Later.after(HOUR))).isEqualTo(Verdict.NO_SUCH_FETCH);
  }

  @Test
  void a_time_that_is_past_or_too_far_is_refused_and_a_repeat_after_it_is_not() {
    var past = Samples.get().notBefore(Samples.START.minusSeconds(61));
    var far = Samples.get().notBefore(Samples.START.plus(Later.LONGEST).plusMillis(1));
    assertThat(it.submit("a", past).verdict()).isEqualTo(Verdict.NOT_BEFORE_OUT_OF_RANGE);
    assertThat(it.submit("a", far).verdict()).isEqualTo(Verdict.NOT_BEFORE_OUT_OF_RANGE);
    assertThat(it.rows()).isEmpty();

    var spec = Samples.get().notBefore(Samples.START.plusSeconds(1)).within(HOUR);
    it.submit("a", spec);
    it.time.pass(Duration.ofMinutes(5));

    assertThat(it.submit("a", spec).verdict()).isEqualTo(Verdict.EXISTING);
  }

  @Test
  void a_time_a_little_past_is_now() {
    it.submit("a", Samples.get().notBefore(Samples.START.minusSeconds(59)));

    it.here.call("a", 1);
    assertThat(view("a").notBefore()).isEmpty();
  }

  @Test
  void an_earlier_wake_up_is_written_together_with_the_row_that_moves_the_time() {
    it.woken = true;
    it.restart();
    it.submit("a", Samples.get().delay(Duration.ofDays(9)));

    move("a", Later.after(HOUR));

    var wakeUp = new WakeUp(Optional.of(LATER), new TreeSet<>());
    assertThat(tagged(wakeUp)).hasExactlyElementsOfTypes(OriginEvent.FetchScheduled.class);
  }

  private List<Object> tagged(WakeUp wakeUp) {
    return PersistenceQuery.get(it.kit.system())
        .getReadJournalFor(
            PersistenceTestKitReadJournal.class, PersistenceTestKitReadJournal.Identifier())
        .currentEventsByTag(wakeUp.tag(), Offset.noOffset())
        .runWith(Sink.seq(), it.kit.system())
        .toCompletableFuture()
        .join()
        .stream()
        .map(EventEnvelope::event)
        .toList();
  }

  @Test
  void its_queue_hears_of_it_at_its_time_and_then_it_waits_for_a_grant() {
    it.submit("a", SPEC.delay(HOUR));
    it.read("x");
    queue.told.expectNoMessage(Duration.ZERO);
    assertThat(view("a").waiting()).isEmpty();

    it.time.pass(HOUR.plus(MS));

    assertThat(queue.told().lines())
        .singleElement()
        .satisfies(line -> assertThat(line.oldest()).isEqualTo(LATER));
    assertThat(view("a").waitsForItsTime()).isFalse();
    assertThat(view("a").waiting().orElseThrow().since()).isEqualTo(LATER);
    queue.grants(grant(1, 1));
    it.here.call("a", 1).end(answer(200));
    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.ANSWERED);
  }

  @Test
  void a_full_queue_refuses_what_is_to_begin_now_and_takes_what_begins_later() {
    queue.refusals.put(QueuesFixture.QUEUE, Verdict.QUEUE_FULL);

    assertThat(it.submit("a", SPEC).verdict()).isEqualTo(Verdict.QUEUE_FULL);
    assertThat(it.submit("a", SPEC.delay(HOUR)).verdict()).isEqualTo(Verdict.ACCEPTED);
    queue.refusals.put(QueuesFixture.QUEUE, Verdict.QUEUE_DRAINING);
    assertThat(it.submit("b", SPEC.delay(HOUR)).verdict()).isEqualTo(Verdict.QUEUE_DRAINING);
  }

  @Test
  void one_whose_time_has_not_come_is_cancelled_and_proved_not_sent() {
    it.submit("a", Samples.get().delay(HOUR));

    it.cancel("a");

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Cancelled(false));
    it.time.pass(HOUR.plus(HOUR));
    it.read("a");
    assertThat(it.settlements("a")).singleElement().matches(row -> row.attempts().isEmpty());
  }

  @Test
  void the_summary_of_a_list_says_when() {
    it.submit("a", Samples.get().delay(HOUR));
    TestProbe<OriginReply.Page> pages = it.kit.createTestProbe();

    it.origin.tell(new OriginCommand.ListFetches(Optional.empty(), 0, 9, pages.ref()));

    assertThat(pages.receiveMessage().items())
        .singleElement()
        .satisfies(item -> assertThat(item.notBefore()).contains(LATER));
  }
}
