package dev.retriever.cluster.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Eventually;
import dev.retriever.cluster.outcomes.OutcomeEvent.Begin;
import dev.retriever.cluster.outcomes.OutcomeEvent.End;
import dev.retriever.cluster.outcomes.OutcomeEvent.Settled;
import dev.retriever.cluster.outcomes.OutcomeFeed.Batch;
import dev.retriever.cluster.outcomes.OutcomeFeed.Start;
import dev.retriever.cluster.security.CredentialWatch;
import dev.retriever.cluster.security.OpenStreams;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The events of one subscription, from its begin to its end. */
class SubscriptionTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final long RETRY = 2_000;
  private static final Start START = new Start(null, "order-7", place(10), Optional.empty());

  private final RevocableCredential credential = new RevocableCredential();
  private final CredentialWatch watch = new CredentialWatch();
  private final CredentialWatch.Watched caller = watch.watch(credential);
  private final OpenStreams open = new OpenStreams();
  private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
  private SinkQueueWithCancel<OutcomeEvent> reader = run(this::ask);

  /** What the feed was asked, and its answer when there is one. */
  private record Question(long after, CompletableFuture<Batch> answer) {
    void tells(long... rows) {
      var events = Stream.<Supplier<CompletionStage<OutcomeEvent>>>builder();
      for (var row : rows) {
        events.add(() -> CompletableFuture.completedFuture(new Settled(place(row), "{}")));
      }
      answer.complete(
          new Batch(START.after(place(rows[rows.length - 1])), events.build().toList()));
    }
  }

  private static EventId place(long row) {
    return new EventId(row, Optional.empty());
  }

  private static Settled settled(long row) {
    return new Settled(place(row), "{}");
  }

  private CompletionStage<Batch> ask(Start at) {
    var question = new Question(at.place().row(), new CompletableFuture<>());
    questions.add(question);
    return question.answer();
  }

  private SinkQueueWithCancel<OutcomeEvent> run(Function<Start, CompletionStage<Batch>> feed) {
    return Source.fromGraph(new Subscription(feed, START, caller, open, RETRY))
        .runWith(Sink.<OutcomeEvent>queue(), KIT.system());
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private Question asked() throws InterruptedException {
    var question = questions.poll(10, TimeUnit.SECONDS);
    assertThat(question).as("the feed is asked").isNotNull();
    return question;
  }

  private Optional<OutcomeEvent> next() {
    return reader.pull().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** It has begun, and waits for the feed. */
  private Question waits() throws InterruptedException {
    assertThat(next()).contains(new Begin(place(10), RETRY));
    return asked();
  }

  private void ends(Optional<String> reason) {
    assertThat(next()).contains(new End(RETRY, reason));
    assertThat(next()).isEmpty();
    Eventually.becomes(0, open::count);
    assertThat(watch.watched()).isZero();
  }

  @Test
  void it_begins_with_its_place_and_tells_each_event_in_order() throws InterruptedException {
    waits().tells(11, 12);
    assertThat(next()).contains(settled(11));
    assertThat(next()).contains(settled(12));
    var more = asked();
    assertThat(more.after()).isEqualTo(12);
    more.tells(20);
    assertThat(next()).contains(settled(20));
    assertThat(open.count()).isEqualTo(1);
    assertThat(watch.watched()).isEqualTo(1);
  }

  @Test
  void a_feed_that_has_nothing_for_a_while_is_asked_again() throws InterruptedException {
    waits().answer().complete(new Batch(START, List.of()));
    asked().tells(11);
    assertThat(next()).contains(settled(11));
  }

  @Test
  void a_feed_that_fails_ends_it() throws InterruptedException {
    waits().answer().completeExceptionally(new IllegalStateException("scripted"));
    ends(Optional.empty());
  }

  @Test
  void a_feed_that_throws_ends_it() {
    reader.cancel();
    Eventually.becomes(0, open::count);
    reader =
        run(
            at -> {
              throw new IllegalStateException("scripted");
            });
    assertThat(next()).contains(new Begin(place(10), RETRY));
    ends(Optional.empty());
  }

  @Test
  void an_event_that_cannot_be_made_ends_it() throws InterruptedException {
    var failed =
        CompletableFuture.<OutcomeEvent>failedFuture(new IllegalStateException("scripted"));
    waits().answer().complete(new Batch(START, List.of(() -> failed)));
    ends(Optional.empty());
  }

  @Test
  void it_ends_with_all_others_while_it_waits_and_tells_nothing_later()
      throws InterruptedException {
    var waiting = waits();
    open.end();
    assertThat(next()).contains(new End(RETRY, Optional.empty()));
    waiting.tells(11);
    assertThat(next()).isEmpty();
    Eventually.becomes(0, open::count);
  }

  @Test
  void events_that_are_due_are_not_told_after_all_were_ended() throws InterruptedException {
    waits().tells(LongStream.range(11, 111).toArray());
    assertThat(next()).contains(settled(11));
    open.end();
    // What was on its way to the reader comes, since the sink has a buffer of 16; then the end.
    var later = Stream.generate(this::next).takeWhile(Optional::isPresent).toList();
    assertThat(later).hasSizeLessThan(25);
    assertThat(later.get(later.size() - 1)).contains(new End(RETRY, Optional.empty()));
    assertThat(questions).isEmpty();
  }

  @Test
  void one_that_begins_after_the_end_of_all_ends_at_once() {
    open.end();
    reader.cancel();
    reader = run(this::ask);
    var told = Stream.generate(this::next).takeWhile(Optional::isPresent).toList();
    assertThat(told.get(told.size() - 1)).contains(new End(RETRY, Optional.empty()));
  }

  @Test
  void it_ends_with_its_credential_and_says_so() throws InterruptedException {
    waits();
    credential.revoke();
    watch.look(Instant.EPOCH);
    ends(Optional.of(End.CREDENTIAL_ENDED));
  }

  @Test
  void one_that_is_cancelled_is_neither_counted_nor_watched_any_more() throws InterruptedException {
    waits();
    reader.cancel();
    Eventually.becomes(0, open::count);
    Eventually.becomes(0, watch::watched);
  }
}
