package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Body;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import dev.retriever.origin.entity.OriginReply.Verdicts;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real origin, several fetches in one write, and fetches that are made again. */
class OriginBatchTest {
  private final OriginFixture it = new OriginFixture(2);
  private final TestProbe<Verdicts> verdicts = it.kit.createTestProbe();

  @AfterEach
  void stop() {
    it.close();
  }

  private List<Verdict> submit(FetchBatch.Entry... entries) {
    var batch = new FetchBatch(List.of(entries));
    it.origin.tell(new OriginCommand.SubmitAll(batch, verdicts.ref()));
    return verdicts.receiveMessage().all();
  }

  private static FetchBatch.Entry entry(String id) {
    return new FetchBatch.Entry(id, Samples.get());
  }

  @Test
  void all_are_accepted_and_those_begin_for_which_there_is_room() {
    assertThat(submit(entry("a"), entry("b"), entry("c")))
        .containsExactly(Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.ACCEPTED);

    it.here.call("a", 1).end(answer(200));
    it.here.call("b", 1).end(answer(200));
    it.here.call("c", 1).end(answer(200));
    assertThat(it.outcome("c").type()).isEqualTo(Outcome.Type.ANSWERED);
  }

  @Test
  void a_repeat_changes_nothing_and_what_is_new_is_accepted_beside_what_is_there() {
    submit(entry("a"), entry("b"));
    var rows = it.rows().size();

    assertThat(submit(entry("a"), entry("b"))).containsOnly(Verdict.EXISTING);
    assertThat(it.rows()).hasSize(rows);
    assertThat(submit(entry("b"), entry("c"))).containsExactly(Verdict.EXISTING, Verdict.ACCEPTED);
  }

  @Test
  void one_that_is_refused_refuses_all_and_leaves_no_permit_taken() {
    it.submit("b", Samples.post());
    it.here.call("b", 1);
    var rows = it.rows().size();

    assertThat(submit(entry("a"), entry("b"), entry("c")))
        .containsExactly(Verdict.NOTED, Verdict.ID_REUSED, Verdict.NOTED);

    assertThat(it.rows()).hasSize(rows);
    it.permitsHeldBecome(1);
    assertThat(it.read("a").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(it.count(Notice.ACCEPTED)).isEqualTo(1);
  }

  @Test
  void the_limit_of_pending_fetches_counts_all_of_a_batch() {
    var most = OriginFixture.SETTINGS.maxPending();
    var batch =
        IntStream.rangeClosed(0, most)
            .mapToObj(i -> entry("f" + i))
            .toArray(FetchBatch.Entry[]::new);

    assertThat(submit(batch)).endsWith(Verdict.TOO_MANY_PENDING);
    assertThat(it.rows()).isEmpty();
    assertThat(submit(java.util.Arrays.copyOf(batch, most))).containsOnly(Verdict.ACCEPTED);
  }

  @Test
  void after_a_failed_write_none_is_there_and_the_repeat_makes_each_once() {
    it.journal.failNextPersisted(OriginFixture.PERSISTENCE_ID);
    var batch = new FetchBatch(List.of(entry("a"), entry("b")));
    it.origin.tell(new OriginCommand.SubmitAll(batch, verdicts.ref()));
    verdicts.expectNoMessage(Duration.ofMillis(50));
    assertThat(it.rows()).isEmpty();
    it.readAfterRestart("a");

    assertThat(submit(entry("a"), entry("b"))).containsOnly(Verdict.ACCEPTED);
    assertThat(it.events()).filteredOn(OriginEvent.FetchAccepted.class::isInstance).hasSize(2);
  }

  @Test
  void a_batch_has_one_to_500_fetches_of_other_ids_and_4_mib_together() {
    assertThatThrownBy(() -> new FetchBatch(List.of())).isInstanceOf(InvalidSpec.class);
    assertThatThrownBy(() -> new FetchBatch(List.of(entry("a"), entry("b"), entry("a"))))
        .isInstanceOfSatisfying(
            InvalidSpec.class, e -> assertThat(e.pointer()).isEqualTo("/fetches/2/id"));
    assertThatThrownBy(() -> new FetchBatch(Collections.nCopies(501, entry("a"))))
        .hasMessageContaining("1 to 500");
    var half = Samples.POST.body(new Body(new byte[2 * 1024 * 1024]));
    assertThatThrownBy(
            () ->
                new FetchBatch(
                    List.of(
                        new FetchBatch.Entry("a", FetchSpec.of(half)),
                        new FetchBatch.Entry("b", FetchSpec.of(half)))))
        .hasMessageContaining("4 MiB");
  }

  @Test
  void a_settled_fetch_says_where_its_request_is_and_others_do_not() {
    TestProbe<OriginReply.Request> requests = it.kit.createTestProbe();
    it.submit("x", Samples.get());
    it.submit("a", Samples.get());

    it.origin.tell(new OriginCommand.FindRequest("a", requests.ref()));
    it.origin.tell(new OriginCommand.FindRequest("none", requests.ref()));
    assertThat(requests.receiveMessage().verdict()).isEqualTo(Verdict.NOT_SETTLED);
    assertThat(requests.receiveMessage().verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    it.here.call("x", 1).end(answer(200));
    it.here.call("a", 1).end(answer(503));
    it.outcome("a");
    it.restart();

    it.origin.tell(new OriginCommand.FindRequest("a", requests.ref()));

    assertThat(requests.receiveMessage()).isEqualTo(new OriginReply.Request(Verdict.NOTED, 2, 2));
    assertThat(it.rows().get(1)).isInstanceOf(OriginEvent.FetchAccepted.class);
  }

  @Test
  void a_redrive_is_another_fetch_than_the_same_one_of_a_caller() {
    it.submit("a~r1", Samples.get().redrive("a"));

    assertThat(it.submit("a~r1", Samples.get().redrive("a")).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(it.submit("a~r1", Samples.get()).verdict()).isEqualTo(Verdict.ID_REUSED);
    assertThat(it.read("a~r1").view().orElseThrow().redriveOf()).contains("a");
    it.here.call("a~r1", 1).end(answer(200));
    it.outcome("a~r1");
    assertThat(it.settlements("a~r1").get(0).redriveOf()).contains("a");
  }
}
