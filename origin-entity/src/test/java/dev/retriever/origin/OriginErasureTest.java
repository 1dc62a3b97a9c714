package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Response;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.OriginEvent.BodiesErased;
import dev.retriever.origin.OriginEvent.ErasureDone;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import dev.retriever.origin.erasure.RowEraser;
import dev.retriever.origin.storage.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An origin erases what a settled fetch sent and got: in its state, its snapshots and its rows. */
class OriginErasureTest {
  private static final Duration MINUTE = Duration.ofMinutes(1).plusMillis(2);

  /** One request to overwrite rows, and how it ends. */
  private record Asked(RowEraser.Rows rows, CompletableFuture<Boolean> done) {}

  private final OriginFixture it = new OriginFixture(2);
  private final List<Asked> asked = new ArrayList<>();

  OriginErasureTest() {
    it.eraser =
        rows -> {
          var done = new CompletableFuture<Boolean>();
          synchronized (asked) {
            asked.add(new Asked(rows, done));
          }
          return done;
        };
    it.restart();
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private OriginReply.Fetch erase(String id) {
    it.origin.tell(new OriginCommand.Erase(id, it.replies.ref()));
    return it.replies.receiveMessage();
  }

  private Asked asked(int number) {
    it.eventually(
        () -> {
          synchronized (asked) {
            return asked.size() >= number;
          }
        });
    synchronized (asked) {
      return asked.get(number - 1);
    }
  }

  private void settled(String id) {
    it.submit(id, Samples.get());
    it.here.call(id, 1).end(answer(200));
    it.outcome(id);
  }

  private Erased erased(String id) {
    return it.read(id).stored().orElseThrow().erased();
  }

  @Test
  void rows_are_overwritten_once_a_snapshot_without_the_bodies_is_saved() {
    settled("a");

    var answer = erase("a");

    assertThat(answer.verdict()).isEqualTo(Verdict.NOTED);
    assertThat(answer.stored().orElseThrow().erased()).isEqualTo(Erased.UNDER_WAY);
    var row = it.events().size();
    assertThat(it.events().get(row - 1)).isInstanceOf(BodiesErased.class);
    var overwriting = asked(1);
    assertThat(overwriting.rows())
        .isEqualTo(new RowEraser.Rows(OriginFixture.PERSISTENCE_ID, "a", 1, 1, 2, row));
    assertThat(it.snapshots.persistedInStorage(OriginFixture.PERSISTENCE_ID)).isNotEmpty();

    overwriting.done().complete(true);
    it.eventsBecome(row + 1);
    assertThat(it.events().get(row)).isInstanceOf(ErasureDone.class);
    assertThat(erased("a")).isEqualTo(Erased.DONE);
  }

  @Test
  void nothing_of_it_is_shown_from_the_answer_on_though_the_row_still_has_it() {
    settled("a");
    erase("a");

    var journal =
        new Journal(
            "any",
            (id, number) ->
                CompletableFuture.completedFuture(Optional.of(it.rows().get((int) (number - 1)))));
    var view = journal.view("o", it.read("a").stored().orElseThrow()).toCompletableFuture().join();

    var response = view.outcome().flatMap(Outcome::received).orElseThrow();
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body().size()).isZero();
    assertThat(response.headers()).isEmpty();
    assertThat(view.erased()).isEqualTo(Erased.UNDER_WAY);
    var stored = it.settlements("a").get(0).outcome().received();
    assertThat(stored.map(Response::body).orElseThrow().size()).isPositive();
  }

  @Test
  void it_is_tried_again_after_a_failure_also_by_the_next_incarnation() {
    settled("a");
    erase("a");
    asked(1).done().completeExceptionally(new IllegalStateException("planned"));
    it.restart();
    it.read("a");

    it.time.pass(MINUTE);

    var second = asked(2);
    assertThat(second.rows()).isEqualTo(asked(1).rows());
    second.done().complete(true);
    it.eventually(() -> erased("a") == Erased.DONE);
  }

  @Test
  void it_is_tried_again_while_an_older_snapshot_is_there() {
    settled("a");
    erase("a");
    asked(1).done().complete(false);

    it.time.pass(MINUTE);
    asked(2).done().complete(true);

    it.eventually(() -> erased("a") == Erased.DONE);
  }

  @Test
  void a_repeated_submission_is_refused_without_showing_the_fetch() {
    settled("a");
    erase("a");

    var repeat = it.submit("a", Samples.get());

    assertThat(repeat.verdict()).isEqualTo(Verdict.ERASED);
    assertThat(repeat.view()).isEmpty();
    assertThat(repeat.stored()).isEmpty();
  }
}
