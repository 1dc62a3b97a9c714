package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.specs.StoredBody;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.storage.BodyReads;
import dev.retriever.origin.storage.StoredBodies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large request bodies are in the journal, and not in the state. Rows are saved every 20 here. */
class OriginBodiesTest {
  private static final int LARGE = 100_000;
  private static final Duration BACKOFF = Duration.ofMillis(5_001);

  private final OriginFixture it = new OriginFixture(300);

  @AfterEach
  void stop() {
    it.close();
  }

  private static Body body(int number, int size) {
    var bytes = new byte[size];
    Arrays.fill(bytes, (byte) number);
    return new Body(bytes);
  }

  private static FetchSpec post(int number, int size) {
    return FetchSpec.of(FetchRequest.post(Samples.URL).body(body(number, size))).retry(attempts(3));
  }

  private static FetchSpec large(int number) {
    return post(number, LARGE);
  }

  /** Reads that the test answers itself. */
  private List<CompletableFuture<Optional<Object>>> holdReads() {
    var reads = new ArrayList<CompletableFuture<Optional<Object>>>();
    it.rows =
        (id, number) -> {
          var read = new CompletableFuture<Optional<Object>>();
          synchronized (reads) {
            reads.add(read);
          }
          return read;
        };
    return reads;
  }

  private CompletableFuture<Optional<Object>> firstOf(
      List<CompletableFuture<Optional<Object>>> reads) {
    it.eventually(
        () -> {
          synchronized (reads) {
            return !reads.isEmpty();
          }
        });
    return reads.get(0);
  }

  private Optional<Object> row(int number) {
    return Optional.of(it.rows().get(number - 1));
  }

  /** The first attempt has failed unsent, and the second is to read the body. */
  private List<CompletableFuture<Optional<Object>>> secondAttemptReads(FetchSpec spec) {
    it.submit("a", spec);
    it.here.call("a", 1).end(refused());
    it.eventsBecome(2);
    var reads = holdReads();
    it.time.pass(BACKOFF);
    return reads;
  }

  @Test
  void a_hundred_open_fetches_with_large_bodies_are_saved_in_kilobytes_and_sent_again_whole() {
    for (var i = 0; i < 100; i++) {
      it.submit("f" + i, large(i).retry(attempts(3, Resend.ALWAYS)));
      it.here.call("f" + i, 1);
    }
    var saved = it.snapshots.persistedInStorage(OriginFixture.PERSISTENCE_ID);
    var newest = saved.get(saved.size() - 1).second();
    var bytes = SerializationExtension.get(it.kit.system()).serialize(newest).get();
    assertThat(bytes.length).isBetween(1, LARGE);

    var there = it.anotherPool("there#1", 300);
    it.restartOn(there);
    it.eventsBecome(200); // all of its attempts are lost
    it.eventually(
        () -> {
          it.time.pass(Duration.ofMillis(100));
          return there.pool.stats().inFlight() == 100;
        });

    var sent = new HashMap<String, FetchRequest>();
    for (var i = 0; i < 100; i++) {
      var call = there.wire.receiveMessage();
      sent.put(call.key().fetchId(), call.request());
    }
    for (var i = 0; i < 100; i++) {
      assertThat(sent.get("f" + i)).isEqualTo(large(i).request());
    }
  }

  @Test
  void another_attempt_sends_the_body_that_was_accepted() {
    var reads = secondAttemptReads(large(7));
    it.here.wire.expectNoMessage(Duration.ofMillis(1));

    firstOf(reads).complete(row(1));

    assertThat(it.here.call("a", 2).request()).isEqualTo(large(7).request());
  }

  @Test
  void a_fetch_that_waited_for_room_sends_its_body() {
    try (var full = new OriginFixture(1)) {
      full.submit("first", Samples.get());
      var call = full.here.call("first", 1);
      full.submit("second", large(2));

      call.end(answer(200));

      assertThat(full.here.call("second", 1).request()).isEqualTo(large(2).request());
    }
  }

  @Test
  void a_redirect_that_keeps_the_body_sends_it_and_one_that_drops_it_does_not_read_it() {
    it.submit("kept", large(3).redirects(2));
    it.here.call("kept", 1).end(answer(307, new Header("Location", "/there")));
    assertThat(it.here.call("kept", 2).request().body()).isEqualTo(large(3).request().body());

    var reads = holdReads();
    it.submit("dropped", large(4).redirects(2));
    it.here.call("dropped", 1).end(answer(303, new Header("Location", "/there")));

    assertThat(it.here.call("dropped", 2).request())
        .isEqualTo(FetchRequest.get("http://target.example/there"));
    assertThat(reads).isEmpty();
  }

  @Test
  void an_attempt_whose_body_cannot_be_read_is_not_sent_and_another_follows_that_is_not_counted() {
    var reads = secondAttemptReads(large(5).retry(attempts(2)));

    firstOf(reads).completeExceptionally(new IOException("the database is away"));

    it.eventsBecome(4);
    var ended = (AttemptEnded) it.events().get(3);
    assertThat(ended.report()).isEqualTo(new Report.NotSent(Stage.QUEUED, OriginCore.BODY_UNREAD));
    it.permitsHeldBecome(0);
    it.rows = (id, number) -> CompletableFuture.completedFuture(row((int) number));
    it.time.pass(Duration.ofSeconds(21));
    var third = it.here.call("a", 3);
    assertThat(third.request()).isEqualTo(large(5).request());
    third.end(answer(200));
    assertThat(it.outcome("a")).isEqualTo(Outcome.of(answer(200)));
  }

  @Test
  void a_row_that_is_gone_makes_the_fetch_fail_in_the_end_as_proved_not_sent() {
    it.submit("a", large(5).within(Duration.ofSeconds(12)));
    it.here.call("a", 1).end(refused());
    it.eventsBecome(2);
    it.rows = (id, number) -> CompletableFuture.completedFuture(Optional.empty());

    it.time.pass(BACKOFF);
    it.eventsBecome(4);
    it.time.pass(Duration.ofSeconds(20));

    assertThat(it.outcome("a")).isEqualTo(new Outcome.Failed(Stage.QUEUED, OriginCore.BODY_UNREAD));
  }

  @Test
  void a_body_that_comes_too_late_is_not_sent_any_more() {
    var reads = secondAttemptReads(large(6));
    var late = firstOf(reads);

    it.time.pass(Duration.ofSeconds(10));
    it.eventsBecome(4);
    late.complete(row(1));

    it.here.executorIsIdle();
    it.here.wire.expectNoMessage(Duration.ofMillis(1));
    assertThat(it.events().get(3)).isInstanceOf(AttemptEnded.class);
  }

  @Test
  void a_cancelled_fetch_is_not_sent_when_its_body_comes() {
    var reads = secondAttemptReads(large(6));
    var late = firstOf(reads);

    it.cancel("a");
    late.complete(row(1));

    it.permitsHeldBecome(0);
    it.here.executorIsIdle();
    it.here.wire.expectNoMessage(Duration.ofMillis(1));
  }

  @Test
  void nor_is_one_that_its_origin_would_send_itself() {
    var reads = secondAttemptReads(large(6).direct());
    var late = firstOf(reads);

    it.cancel("a");
    it.read("a"); // what follows from it has been done
    late.complete(row(1));

    it.here.executorIsIdle();
    it.here.wire.expectNoMessage(Duration.ofMillis(1));
  }

  @Test
  void an_origin_that_ends_while_it_reads_makes_the_attempt_again_when_it_is_back() {
    var reads = secondAttemptReads(large(6));
    var late = firstOf(reads);

    it.rows = (id, number) -> CompletableFuture.completedFuture(row((int) number));
    it.restart();
    late.complete(row(1));

    it.eventsBecome(4);
    it.time.pass(Duration.ofSeconds(21));
    assertThat(it.here.call("a", 3).request()).isEqualTo(large(6).request());
  }

  @Test
  void the_same_id_is_known_by_the_hash_of_its_body() {
    it.submit("a", large(1));
    it.here.call("a", 1);
    var reads = holdReads();

    assertThat(it.submit("a", large(1)).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(it.submit("a", large(2)).verdict()).isEqualTo(Verdict.ID_REUSED);
    it.cancel("a");
    assertThat(it.submit("a", large(1)).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(it.submit("a", large(2)).verdict()).isEqualTo(Verdict.ID_REUSED);
    assertThat(reads).isEmpty();
  }

  @Test
  void an_origin_stays_in_memory_while_it_reads_a_body() {
    it.woken = true;
    it.restart();
    var reads =
        secondAttemptReads(large(6).timeout(Duration.ofMinutes(10)).within(Duration.ofHours(1)));
    firstOf(reads);

    it.origin.tell(new OriginCommand.Crowded());
    it.read("a");

    it.shard.expectNoMessage(Duration.ofMillis(1));
  }

  @Test
  void bodies_are_read_so_many_bytes_at_a_time_and_a_larger_one_alone() {
    var bulk = MemoryBudget.get(it.kit.system()).account(MemoryBudget.Share.BULK);
    var most = (int) Math.min(bulk.limit(), Integer.MAX_VALUE / 2);
    var bodies = new StoredBodies(BodyReads.get(it.kit.system()), it.rows);
    var reads = holdReads();
    var held = new StoredBodies(bodies.reads(), (id, number) -> it.rows.row(id, number));
    var limit = Duration.ofSeconds(10);

    var huge = held.read("p", new StoredBody(1, 2 * most, "f"), limit);
    var half = held.read("p", new StoredBody(2, most / 2, "f"), limit);
    var rest = held.read("p", new StoredBody(3, most / 2, "f"), limit);
    var one = held.read("p", new StoredBody(4, 1, "f"), limit);

    assertThat(reads).hasSize(1);
    it.submit("a", large(9));
    reads.get(0).complete(row(1));
    assertThat(huge.join()).isEqualTo(large(9).request().body().orElseThrow());
    assertThat(reads).hasSize(3);
    rest.cancel(false);
    assertThat(reads).as("it is still being read").hasSize(3);
    reads.get(2).complete(Optional.empty());
    assertThat(reads).hasSize(4);
    one.cancel(false);
    half.cancel(false);
  }

  @Test
  void while_a_body_does_not_fit_no_attempt_is_journaled_and_it_is_looked_again_after_a_while() {
    var sending = MemoryBudget.get(it.kit.system()).account(MemoryBudget.Share.SENDING);
    var taken = sending.acquire(sending.limit() - LARGE / 2).orElseThrow();

    assertThat(it.submit("a", large(1)).view().orElseThrow().attempts()).isEmpty();
    for (var second = 0; second < 5; second++) {
      it.time.pass(Duration.ofSeconds(1));
      it.read("a");
    }
    assertThat(it.events()).hasSize(1);

    taken.close();
    it.time.pass(Duration.ofSeconds(1));
    assertThat(it.here.call("a", 1).request()).isEqualTo(large(1).request());
  }
}
