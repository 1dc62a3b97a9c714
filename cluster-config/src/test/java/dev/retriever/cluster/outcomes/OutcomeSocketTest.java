package dev.retriever.cluster.outcomes;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.Eventually;
import dev.retriever.cluster.Subscription;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.memory.OutcomeMemory;
import dev.retriever.cluster.memory.ReaderMemory;
import dev.retriever.cluster.outcomes.OutcomeEvent.Begin;
import dev.retriever.cluster.outcomes.OutcomeEvent.Settled;
import dev.retriever.cluster.security.CredentialWatch;
import dev.retriever.executor.memory.MemoryBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.model.ws.BinaryMessage;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.TextMessage;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may send on a WebSocket for many origins, and what it is told. */
class OutcomeSocketTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Materializer MATERIALIZER = Materializer.matFromSystem(KIT.system());
  private static final OutcomeMemory MEMORY = new OutcomeMemory(MemoryBudget.get(KIT.system()));
  private static final int LIMIT = 3;

  private static EventId at(long row) {
    return new EventId(row, Optional.empty());
  }

  /** What each ask was subscribed with, and by what it is told. */
  private record Feed(OutcomeSocket.Asked asked, SourceQueueWithComplete<OutcomeEvent> events) {
    void tell(long id) {
      events.offer(new Settled(at(id), "{}"));
    }
  }

  private final RevocableCredential credential = new RevocableCredential();
  private final CredentialWatch watch = new CredentialWatch();
  private final CredentialWatch.Watched caller = watch.watch(credential);
  private final List<Feed> feeds = new CopyOnWriteArrayList<>();
  private final SourceQueueWithComplete<Message> client;
  private final SinkQueueWithCancel<Message> told;

  OutcomeSocketTest() {
    var socket = new OutcomeSocket(KIT.system(), LIMIT, MEMORY, this::mayUse, this::subscribe);
    var ends =
        Source.<Message>queue(100, org.apache.pekko.stream.OverflowStrategy.fail())
            .via(socket.messages(caller).via(caller.whileOpen()))
            .toMat(Sink.queue(), Keep.both())
            .run(MATERIALIZER);
    client = ends.first();
    told = ends.second();
  }

  private void mayUse(OutcomeSocket.Asked asked) {
    if (asked.originId().equals("foreign")) {
      throw Problem.of(ProblemType.ORIGIN_NOT_ALLOWED, "The credential is not for it.").found();
    }
  }

  private CompletableFuture<Source<OutcomeEvent, org.apache.pekko.NotUsed>> subscribe(
      OutcomeSocket.Asked asked, ReaderMemory reader) {
    if (asked.originId().equals("none")) {
      return CompletableFuture.failedFuture(OutcomeQuery.beyond(at(7), 1));
    }
    var queue =
        Source.<OutcomeEvent>queue(100, org.apache.pekko.stream.OverflowStrategy.fail())
            .preMaterialize(MATERIALIZER);
    feeds.add(new Feed(asked, queue.first()));
    queue.first().offer(new Begin(asked.after().orElse(at(10)), 2000));
    return CompletableFuture.completedFuture(
        queue
            .second()
            .via(caller.untilItEnds())
            .mapMaterializedValue(it -> org.apache.pekko.NotUsed.getInstance()));
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private void say(String text) {
    client.offer(TextMessage.create(text));
  }

  private JsonNode next() {
    try {
      var message = told.pull().toCompletableFuture().get(20, TimeUnit.SECONDS).orElseThrow();
      return new Subscription.Event("", "", message.asTextMessage().getStrictText()).json();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private String summary() {
    var event = next();
    return event.path("origin").asText()
        + " "
        + event.path("event").asText()
        + " "
        + event.path("id").asText()
        + event.at("/data/type").asText();
  }

  private void isEnded() {
    assertThatThrownBy(
            () -> {
              while (true) {
                next();
              }
            })
        .isInstanceOfAny(IllegalStateException.class, java.util.NoSuchElementException.class)
        .hasNoSuppressedExceptions()
        .rootCause()
        .isNotInstanceOf(java.util.concurrent.TimeoutException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_message_without_end_ends_the_connection_and_little_of_it_is_taken(boolean isText) {
    var taken = new AtomicLong();
    var part = "x".repeat(1000);
    var parts = Source.repeat(part).take(50_000).wireTap(it -> taken.addAndGet(it.length()));

    client.offer(
        isText
            ? TextMessage.create(parts)
            : BinaryMessage.create(parts.map(ByteString::fromString)));

    isEnded();
    assertThat(taken.get()).isLessThan(200_000);
  }

  @Test
  void a_message_in_one_byte_parts_is_understood() {
    say("{'origin': 'a'}".replace('\'', '"'));
    assertThat(summary()).isEqualTo("a begin 10");
    var text = json("{'origin': 'b'}");

    client.offer(
        TextMessage.create(Source.from(text.chars().mapToObj(Character::toString).toList())));

    assertThat(summary()).isEqualTo("b begin 10");
  }

  @Test
  void a_message_that_is_too_long_is_refused_and_the_next_is_understood() {
    client.offer(TextMessage.create(Source.from(List.of("x".repeat(8_000), "x".repeat(8_000)))));
    say("x".repeat(8_193));
    client.offer(
        TextMessage.create(Source.from(IntStream.range(0, 2000).mapToObj(i -> "x").toList())));
    say(json("{'origin': 'a'}"));

    assertThat(summary()).isEqualTo(" refused /problems/message-too-large");
    assertThat(summary()).isEqualTo(" refused /problems/message-too-large");
    assertThat(summary()).isEqualTo(" refused /problems/message-too-large");
    assertThat(summary()).isEqualTo("a begin 10");
  }

  @Test
  void the_longest_message_there_may_be_is_read() {
    say("{\"origin\": \"a\"}" + " ".repeat(8_192 - 15));

    assertThat(summary()).isEqualTo("a begin 10");
  }

  @Test
  void a_binary_message_is_refused_and_harms_no_subscription() {
    say(json("{'origin': 'a'}"));
    assertThat(summary()).isEqualTo("a begin 10");

    client.offer(BinaryMessage.create(ByteString.fromString("{}")));
    client.offer(
        BinaryMessage.create(Source.repeat(ByteString.fromString("x".repeat(100))).take(100)));

    assertThat(summary()).isEqualTo(" refused /problems/unsupported-message");
    assertThat(summary()).isEqualTo(" refused /problems/unsupported-message");
    feeds.get(0).tell(11);
    assertThat(summary()).isEqualTo("a outcome 11");
  }

  @Test
  void a_message_that_does_not_come_in_time_is_refused() {
    client.offer(TextMessage.create(Source.single("{").concat(Source.maybe())));

    assertThat(summary()).isEqualTo(" refused /problems/request-timeout");
  }

  @Test
  void twenty_bad_messages_in_a_row_end_the_connection() {
    for (var i = 0; i < 19; i++) {
      say("nonsense");
      assertThat(summary()).isEqualTo("nonsense refused /problems/malformed-json");
    }
    say(json("{'origin': 'a'}"));
    assertThat(summary()).isEqualTo("a begin 10");
    for (var i = 0; i < 20; i++) {
      say("nonsense");
    }
    for (var i = 0; i < 20; i++) {
      assertThat(summary()).isEqualTo("nonsense refused /problems/malformed-json");
    }
    isEnded();
  }

  @Test
  void asking_for_origins_of_others_counts_as_bad_messages() {
    for (var i = 0; i < 20; i++) {
      say(json("{'origin': 'foreign'}"));
      assertThat(next().at("/data/type").asText()).isEqualTo("/problems/origin-not-allowed");
    }
    isEnded();
    assertThat(feeds).isEmpty();
  }

  @Test
  void a_connection_whose_credential_has_ended_is_told_and_closed() {
    say(json("{'origin': 'a'}"));
    assertThat(summary()).isEqualTo("a begin 10");
    watch.look(Instant.EPOCH);
    feeds.get(0).tell(11);
    assertThat(summary()).isEqualTo("a outcome 11");
    assertThat(watch.watched()).isEqualTo(1);

    credential.revoke();
    watch.look(Instant.EPOCH);

    var end = next();
    assertThat(end.path("event").asText()).isEqualTo("end");
    assertThat(end.at("/data/reason").asText()).isEqualTo("credential-ended");
    assertThatThrownBy(this::next).isInstanceOf(java.util.NoSuchElementException.class);
    Eventually.becomes(0, watch::watched);
  }

  @Test
  void a_second_subscription_to_an_origin_takes_the_place_of_the_first() {
    say(json("{'origin': 'a', 'lastEventId': '3'}"));
    assertThat(summary()).isEqualTo("a begin 3");
    feeds.get(0).tell(4);
    assertThat(summary()).isEqualTo("a outcome 4");

    say(json("{'origin': 'a', 'lastEventId': '2'}"));

    assertThat(summary()).isEqualTo("a begin 2");
    feeds.get(0).tell(5);
    feeds.get(1).tell(5);
    feeds.get(1).tell(6);
    assertThat(summary()).isEqualTo("a outcome 5");
    assertThat(summary()).isEqualTo("a outcome 6");
    assertThat(feeds.get(0).events().watchCompletion().toCompletableFuture())
        .succeedsWithin(java.time.Duration.ofSeconds(20));
  }

  @Test
  void a_second_subscription_without_a_place_goes_on_where_the_first_is() {
    say(json("{'origin': 'a', 'from': 'start'}"));
    assertThat(summary()).isEqualTo("a begin 0");
    feeds.get(0).tell(4);
    assertThat(summary()).isEqualTo("a outcome 4");

    say(json("{'origin': 'a'}"));

    assertThat(summary()).isEqualTo("a begin 4");
    feeds.get(0).tell(5);
    assertThat(summary()).isEqualTo("a outcome 5");
    assertThat(feeds).hasSize(1);
  }

  @Test
  void a_second_one_that_is_refused_leaves_the_first_as_it_is() {
    say(json("{'origin': 'a'}"));
    assertThat(summary()).isEqualTo("a begin 10");

    say(json("{'origin': 'a', 'lastEventId': 'x'}"));

    assertThat(next().at("/event").asText()).isEqualTo("refused");
    feeds.get(0).tell(11);
    assertThat(summary()).isEqualTo("a outcome 11");
  }

  @Test
  void subscribing_again_takes_no_more_room_and_what_ends_gives_it_back() {
    var begun = new ArrayList<String>();
    for (var origin : List.of("a", "b", "c", "c")) {
      say(json("{'origin': '%s', 'lastEventId': '1'}", origin));
      begun.add(summary());
    }
    assertThat(begun).containsExactly("a begin 1", "b begin 1", "c begin 1", "c begin 1");
    say(json("{'origin': 'd'}"));
    assertThat(next().at("/data/type").asText()).isEqualTo("/problems/overloaded");

    feeds.get(0).events().complete();
    Eventually.becomes(
        "d begin 10",
        () -> {
          say(json("{'origin': 'd'}"));
          return summary();
        });
    say(json("{'origin': 'none'}"));
    assertThat(next().at("/event").asText()).isEqualTo("refused");
  }
}
