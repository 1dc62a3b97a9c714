package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Origins recover from snapshots, and forget. They are saved every 20 rows here. */
class OriginRecoveryTest {
  /** Adds up, and counts how many events it replays. */
  private static final class Sum extends Origin<Sum.Command, Sum.Added, Sum.Total> {
    sealed interface Command extends Serialized {}

    record Add(int number) implements Command {}

    record Ask(ActorRef<Total> replyTo) implements Command {}

    record Added(int number) implements Serialized {}

    record Total(int sum) implements Serialized {}

    private int applied;

    @Override
    protected Total emptyState() {
      return new Total(0);
    }

    @Override
    protected Total apply(Total state, Added event) {
      applied++;
      return new Total(state.sum() + event.number());
    }

    @Override
    protected void define(Definition<Command, Added, Total> on) {
      on.command(Add.class, (state, add, next) -> next.persist(new Added(add.number())));
      on.command(Ask.class, (state, ask, next) -> next.thenReply(ask.replyTo(), after -> after));
    }
  }

  private final Sum sum = new Sum();
  private final OriginFixture it = new OriginFixture(100, sum);

  @AfterEach
  void stop() {
    it.close();
  }

  private int total() {
    var probe = it.kit.<Sum.Total>createTestProbe();
    it.origin.tell(new Sum.Ask(probe.ref()));
    return probe.receiveMessage().sum();
  }

  private void add(int times) {
    for (var i = 0; i < times; i++) {
      it.origin.tell(new Sum.Add(1));
    }
    it.eventually(() -> it.rows().size() >= times);
    total();
  }

  private void settle(String id) {
    it.submit(id, Samples.get());
    it.here.call(id, 1).end(answer(200));
    it.outcome(id);
  }

  private List<Object> snapshots() {
    return it.snapshots.persistedInStorage(OriginFixture.PERSISTENCE_ID).stream()
        .<Object>map(pair -> pair.second())
        .toList();
  }

  @Test
  void only_the_rows_behind_the_snapshot_are_replayed() {
    add(50);
    assertThat(snapshots()).hasSize(2);

    sum.applied = 0;
    it.restart();

    assertThat(total()).isEqualTo(50);
    assertThat(sum.applied).isEqualTo(10);
  }

  @Test
  void rows_are_counted_on_from_the_snapshot() {
    add(38);
    settle("a");
    assertThat(snapshots()).hasSize(2);
    it.journal.clearByIdPreservingSeqNumbers(OriginFixture.PERSISTENCE_ID);

    it.restart();
    settle("b");

    assertThat(it.read("a").stored().orElseThrow().row()).contains(40L);
    assertThat(it.read("b").stored().orElseThrow().row()).contains(42L);
  }

  @Test
  void pending_fetches_continue_from_the_snapshot() {
    add(18);
    it.submit("running", Samples.get());
    var call = it.here.call("running", 1);
    it.submit("lost", Samples.get().retry(Samples.attempts(2)));
    it.here.call("lost", 1);
    assertThat(snapshots()).hasSize(1);
    it.journal.clearByIdPreservingSeqNumbers(OriginFixture.PERSISTENCE_ID);

    it.restart();
    call.end(answer(200));

    assertThat(it.outcome("running").type()).isEqualTo(Outcome.Type.ANSWERED);
    it.time.pass(FetchSpec.TIMEOUT.plus(FetchSpec.GRACE).plusMillis(1));
    it.countBecomes(Notice.ATTEMPTS_LOST, 1);
  }

  @Test
  void a_redirected_fetch_continues_at_the_new_url_from_the_snapshot() {
    add(18);
    it.submit("a", Samples.post().redirects(1));
    it.here.call("a", 1).end(redirectInFiveSeconds());
    it.eventually(() -> snapshots().size() == 1);
    it.journal.clearByIdPreservingSeqNumbers(OriginFixture.PERSISTENCE_ID);

    it.restart();
    it.read("a");
    it.time.pass(Duration.ofMillis(5_001));

    var call = it.here.call("a", 2);
    assertThat(call.request().url()).isEqualTo("http://target.example/there");
    assertThat(call.request().body()).isEqualTo(Samples.POST.body());
    call.end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(Outcome.of(answer(200)));
  }

  private static Report redirectInFiveSeconds() {
    return answer(307, new Header("Location", "/there"), new Header("Retry-After", "5"));
  }

  @Test
  void a_snapshot_that_cannot_be_read_is_replaced_by_all_rows() {
    add(30);
    sum.applied = 0;

    it.snapshots.failNextRead();
    it.restart();

    assertThat(total()).isEqualTo(30);
    assertThat(sum.applied).isEqualTo(30);
  }

  @Test
  void without_its_rows_it_stops_rather_than_begin_in_the_middle() {
    add(30);
    it.journal.clearByIdPreservingSeqNumbers(OriginFixture.PERSISTENCE_ID);

    it.snapshots.failNextRead();
    LoggingTestKit.error("counts 0: rows were purged")
        .withOccurrences(1)
        .expect(
            it.kit.system(),
            () -> {
              it.restart();
              return null;
            });
  }

  @Test
  void a_forgotten_fetch_is_answered_like_one_that_never_was() {
    settle("a");
    it.time.pass(OriginFixture.RETENTION.minus(Duration.ofMillis(1)));
    assertThat(it.read("a").verdict()).isEqualTo(Verdict.NOTED);
    assertThat(it.submit("a", Samples.get()).verdict()).isEqualTo(Verdict.EXISTING);

    it.time.pass(Duration.ofMillis(1));

    assertThat(it.read("a"))
        .isEqualTo(
            new OriginReply.Fetch(
                Verdict.NO_SUCH_FETCH, java.util.Optional.empty(), java.util.Optional.empty()));
    assertThat(it.cancel("a").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(it.submit("a", Samples.post()).verdict()).isEqualTo(Verdict.ACCEPTED);
    it.here.call("a", 1).end(answer(201));
    it.eventually(() -> it.settlements("a").size() == 2);
  }

  @Test
  void it_forgets_with_a_turn_that_is_journaled_anyway() {
    // It has a state of its own, so that it cannot have been forgotten as a whole.
    add(1);
    for (var i = 0; i < 64; i++) {
      settle("f" + i);
    }
    it.time.pass(OriginFixture.RETENTION);
    it.read("f0");
    assertThat(it.events()).noneMatch(OriginEvent.SettledForgotten.class::isInstance);

    add(1);

    var forgotten = new ArrayList<OriginEvent>(it.events());
    forgotten.removeIf(event -> !(event instanceof OriginEvent.SettledForgotten));
    assertThat(forgotten).hasSize(1);
    it.restart();
    assertThat(it.read("f63").verdict()).isEqualTo(Verdict.NO_SUCH_FETCH);
  }
}
