package dev.retriever.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.TextMessage;
import org.apache.pekko.japi.pf.PFBuilder;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Subscriptions to several origins on one WebSocket: each message of the client asks for one, as
 * {@code {"origin": …, "lastEventId"?: …, "from"?: "start"}}. They end with the connection.
 */
final class OutcomeSocket {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long ARRIVES_MS = TimeUnit.SECONDS.toMillis(5);

  private final Materializer materializer;
  private final int limit;
  private final Function<Asked, CompletionStage<Source<OutcomeEvent, NotUsed>>> subscribe;
  private final AtomicInteger subscriptions = new AtomicInteger();

  /** What a message asks for. */
  record Asked(String originId, Optional<Long> after) {
    static Asked of(String text) {
      try {
        var json = JSON.readTree(text);
        return new Asked(
            Ids.inPath("origin", json.path("origin").asText()),
            OutcomeQuery.after(
                List.of(),
                Optional.of(json.path("lastEventId").asText()).filter(it -> !it.isEmpty()),
                Optional.of(json.path("from").asText()).filter(it -> !it.isEmpty())));
      } catch (JsonProcessingException e) {
        throw Problem.of(ProblemType.MALFORMED_JSON, "The message is not JSON.").found();
      }
    }
  }

  /**
   * @param subscribe fails with a problem where that cannot be
   */
  OutcomeSocket(
      ActorSystem<?> system,
      int limit,
      Function<Asked, CompletionStage<Source<OutcomeEvent, NotUsed>>> subscribe) {
    this.materializer = Materializer.matFromSystem(system);
    this.limit = limit;
    this.subscribe = subscribe;
  }

  /** For one connection. */
  Flow<Message, Message, NotUsed> messages() {
    var gone = KillSwitches.shared("retriever-outcomes-socket");
    return Flow.<Message>create()
        .watchTermination(
            (none, done) -> {
              done.whenComplete((end, failure) -> gone.shutdown());
              return none;
            })
        .mapAsync(1, this::text)
        // One more, so that what is refused comes through.
        .flatMapMerge(limit + 1, this::answers)
        .via(gone.flow())
        .map(text -> (Message) TextMessage.create(text));
  }

  private CompletionStage<String> text(Message message) {
    return message.isText()
        ? message
            .asTextMessage()
            .toStrict(ARRIVES_MS, materializer)
            .thenApply(it -> it.getStrictText())
        : CompletableFuture.failedFuture(new IllegalArgumentException("binary message"));
  }

  private Source<String, NotUsed> answers(String text) {
    try {
      var asked = Asked.of(text);
      if (subscriptions.incrementAndGet() > limit) {
        subscriptions.decrementAndGet();
        throw Problem.of(
                ProblemType.OVERLOADED,
                "The connection has as many subscriptions as it may; open another one.")
            .found();
      }
      return told(asked);
    } catch (Problem.Found refusal) {
      return Source.single(refused(text, refusal));
    }
  }

  private Source<String, NotUsed> told(Asked asked) {
    return Source.completionStage(subscribe.apply(asked))
        .flatMapConcat(events -> events)
        .map(event -> event.message(asked.originId()))
        .recover(
            new PFBuilder<Throwable, String>()
                .matchAny(failure -> refused(asked.originId(), failure))
                .build())
        .watchTermination(
            (none, done) -> {
              done.whenComplete((end, failure) -> subscriptions.decrementAndGet());
              return NotUsed.getInstance();
            });
  }

  /** With what was asked for, so that its sender knows which. */
  private static String refused(String asked, Throwable failure) {
    var problem = ProblemHandlers.problem(failure);
    var json = JsonNodeFactory.instance.objectNode().put("origin", asked).put("event", "refused");
    return json.putRawValue("data", new RawValue(new String(problem.body(), UTF_8))).toString();
  }
}
