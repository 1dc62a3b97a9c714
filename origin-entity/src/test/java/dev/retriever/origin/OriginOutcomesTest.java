package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginCommand.NextOutcomes;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Those who ask an origin for its next outcomes. */
class OriginOutcomesTest {
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final Duration MOMENT = Duration.ofMillis(20);

  private final OriginFixture it = new OriginFixture(10);
  private final TestProbe<OriginReply.Outcomes> pages = it.kit.createTestProbe();

  OriginOutcomesTest() {
    it.woken = true;
    it.restart();
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private NextOutcomes ask(long after, TestProbe<OriginReply.Outcomes> probe) {
    var asked = new NextOutcomes(Optional.of(after), 10, it.time.instant().plus(WAIT), probe.ref());
    it.origin.tell(asked);
    return asked;
  }

  private OutcomePage page() {
    return pages.receiveMessage().page();
  }

  private void settle(String id) {
    it.submit(id, Samples.get());
    it.here.call(id, 1).end(answer(200));
    it.outcome(id);
  }

  private static List<String> ids(OutcomePage page) {
    return page.items().stream().map(item -> item.view().orElseThrow().id()).toList();
  }

  @Test
  void a_subscriber_gets_a_page_when_a_fetch_settles_and_continues_after_it() {
    ask(0, pages);
    settle("a");

    var first = page();
    assertThat(ids(first)).containsExactly("a");
    assertThat(first.items().get(0).row()).isEqualTo(2);
    ask(first.next(0), pages);
    settle("b");

    assertThat(ids(page())).containsExactly("b");
  }

  @Test
  void earlier_outcomes_are_named_by_their_rows() {
    settle("a");
    settle("b");

    ask(0, pages);

    var page = page();
    assertThat(page.items()).extracting(OutcomePage.Item::row).containsExactly(2L, 4L);
    assertThat(page.items()).allMatch(item -> item.view().isEmpty());
  }

  @Test
  void a_subscriber_without_a_place_gets_the_newest_row_of_the_origin() {
    settle("a");

    it.origin.tell(new NextOutcomes(Optional.empty(), 1, it.time.instant(), pages.ref()));

    assertThat(page())
        .isEqualTo(new OutcomePage(Optional.empty(), List.of(), 2, Optional.of(it.time.instant())));
  }

  @Test
  void a_place_beyond_the_newest_is_answered_at_once() {
    ask(7, pages);

    assertThat(page()).isEqualTo(new OutcomePage(Optional.empty(), List.of(), 0, Optional.empty()));
  }

  @Test
  void those_beyond_the_limit_of_those_who_wait_are_answered_at_once() {
    var others = it.kit.<OriginReply.Outcomes>createTestProbe();
    ask(0, others);
    ask(0, others);

    ask(0, pages);

    assertThat(page().saysNothing()).isTrue();
    others.expectNoMessage(MOMENT);
  }

  @Test
  void those_who_are_gone_make_room() {
    var gone = it.kit.<OriginReply.Outcomes>createTestProbe();
    ask(0, gone);
    ask(0, gone);
    it.read("nobody");
    it.time.pass(WAIT.plusMillis(1));
    ask(0, pages);

    settle("a");

    assertThat(ids(page())).containsExactly("a");
    gone.expectNoMessage(MOMENT);
  }

  @Test
  void it_stays_in_memory_while_somebody_waits_and_no_longer() {
    var asked =
        new NextOutcomes(
            Optional.of(0L), 1, it.time.instant().plus(OriginFixture.IDLE), pages.ref());
    it.origin.tell(asked);
    it.read("nobody");
    it.time.pass(OriginFixture.IDLE);
    it.read("nobody");
    it.shard.expectNoMessage(MOMENT);

    it.time.pass(OriginFixture.IDLE.plusMillis(1));

    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
  }

  @Test
  void those_who_wait_when_it_has_to_leave_are_handed_to_the_next_incarnation() {
    var asked = ask(0, pages);

    it.origin.tell(new OriginCommand.Stop());

    it.address.expectMessage(asked);
  }

  @Test
  void those_who_wait_are_told_although_the_write_seemed_to_fail() {
    ask(0, pages);
    it.submit("a", Samples.get());
    it.journal.failNextPersisted();
    it.here.call("a", 1).end(answer(200));
    it.time.pass(OriginFixture.RESTART);
    it.readAfterRestart("a");
    it.time.pass(Duration.ofSeconds(1));

    assertThat(page().items()).hasSize(1);
  }
}
