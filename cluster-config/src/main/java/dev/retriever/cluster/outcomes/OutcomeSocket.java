package dev.retriever.cluster.outcomes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.memory.OutcomeMemory;
import dev.retriever.cluster.memory.ReaderMemory;
import dev.retriever.cluster.memory.Taken;
import dev.retriever.cluster.security.CredentialWatch;
import dev.retriever.executor.memory.ByteGrant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
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
 * Subscriptions to several origins on one WebSocket. Each message of the client asks for one, as
 * {@code {"origin": …, "lastEventId"?: …, "from"?: "start"}}. They end with the connection.
 */
final class OutcomeSocket {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** So many bad messages in a row end the connection. */
  private static final int FLOOD = 20;

  /** Longer than the last refusal needs to reach the wire. */
  private static final long LAST_WORD_MS = 200;

  private final Materializer materializer;
  private final SocketSubscriptions subscriptions;
  private final int limit;
  private final OutcomeMemory memory;
  private final ReaderMemory connection;
  private final Consumer<Asked> checkAllowed;
  private final BiFunction<Asked, ReaderMemory, CompletionStage<Source<OutcomeEvent, NotUsed>>>
      subscribe;
  private final CompletableFuture<String> flood = new CompletableFuture<>();
  private final AtomicInteger bad = new AtomicInteger();

  /** The request in a message. */
  record Asked(String originId, Optional<EventId> after) {
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
   * For one connection.
   *
   * @param checkAllowed throws {@link Problem.Found} if the client may not use that origin; this
   *     counts as a bad message
   * @param subscribe fails with a problem if the subscription is impossible
   */
  OutcomeSocket(
      ActorSystem<?> system,
      int limit,
      OutcomeMemory memory,
      Consumer<Asked> checkAllowed,
      BiFunction<Asked, ReaderMemory, CompletionStage<Source<OutcomeEvent, NotUsed>>> subscribe) {
    this.memory = memory;
    this.connection = new ReaderMemory(memory);
    this.materializer = Materializer.matFromSystem(system);
    this.subscriptions = new SocketSubscriptions(limit);
    this.limit = limit;
    this.checkAllowed = checkAllowed;
    this.subscribe = subscribe;
  }

  /** A message, and its memory until the connection has taken it. */
  private record Sent(String text, Optional<ByteGrant> memory) {
    static Sent of(String text) {
      return new Sent(text, Optional.empty());
    }
  }

  /**
   * To be run once.
   *
   * @param caller when its credential has ended, the client is told for each subscription and for
   *     the connection, which then closes
   */
  Flow<Message, Message, NotUsed> messages(CredentialWatch.Watched caller) {
    var gone = KillSwitches.shared("retriever-outcomes-socket");
    flood.exceptionally(
        failure -> {
          gone.abort(failure);
          return null;
        });
    return Flow.<Message>create()
        .watchTermination(
            (none, done) -> {
              done.whenComplete(
                  (end, failure) -> {
                    if (!caller.hasEnded()) {
                      gone.shutdown();
                    }
                  });
              return none;
            })
        .via(caller.untilItEnds())
        .mapAsync(1, message -> SocketMessages.read(message, flood, materializer))
        // One more, so that refusals come through.
        .flatMapMerge(limit + 1, this::answers)
        .concatLazy(Source.lazySource(() -> lastWord(caller)))
        .via(gone.flow())
        .via(
            new Taken<Sent, Message>(
                connection,
                Sent::memory,
                sent -> TextMessage.create(sent.text()),
                OutcomeMemory.PATIENCE));
  }

  private static Source<Sent, NotUsed> lastWord(CredentialWatch.Watched caller) {
    return caller.hasEnded()
        ? Source.single(
            Sent.of(
                "{\"event\":\"end\",\"data\":{\"reason\":\""
                    + OutcomeEvent.End.CREDENTIAL_ENDED
                    + "\"}}"))
        : Source.empty();
  }

  private Source<Sent, NotUsed> answers(SocketMessages.Received received) {
    if (received.refusal().isPresent()) {
      return bad(Optional.empty(), received.refusal().get().found());
    }
    var text = received.text().orElseThrow();
    Asked asked;
    try {
      asked = Asked.of(text);
      checkAllowed.accept(asked);
    } catch (Problem.Found refusal) {
      return bad(Optional.of(text), refusal);
    }
    bad.set(0);
    return answers(asked);
  }

  /** Answers a bad message, also the last one before the connection ends. */
  private Source<Sent, NotUsed> bad(Optional<String> text, Problem.Found refusal) {
    var count = bad.incrementAndGet();
    if (count == FLOOD) {
      CompletableFuture.delayedExecutor(LAST_WORD_MS, TimeUnit.MILLISECONDS)
          .execute(
              () ->
                  flood.completeExceptionally(
                      new SocketMessages.Flood(FLOOD + " bad messages, one after the other")));
    }
    return count > FLOOD ? Source.empty() : Source.single(Sent.of(refused(text, refusal)));
  }

  private Source<Sent, NotUsed> answers(Asked asked) {
    try {
      return subscriptions.begin(asked).map(this::told).orElseGet(() -> goesOn(asked.originId()));
    } catch (Problem.Found refusal) {
      return Source.single(Sent.of(refused(Optional.of(asked.originId()), refusal)));
    }
  }

  /**
   * The origin is subscribed to already. The client is told the place of that subscription, unless
   * the subscription is about to tell it.
   */
  private Source<Sent, NotUsed> goesOn(String originId) {
    return Source.from(
        subscriptions
            .place(originId)
            .map(place -> Sent.of(new OutcomeEvent.Begin(place, 0).message(originId)))
            .stream()
            .toList());
  }

  private Source<Sent, NotUsed> told(SocketSubscriptions.Subscribed mine) {
    var originId = mine.asked().originId();
    var reader = new ReaderMemory(memory);
    return Source.completionStage(subscribe.apply(mine.asked(), reader))
        .flatMapConcat(
            events ->
                subscriptions.takesOver(mine)
                    ? events.via(mine.end().flow())
                    : Source.<OutcomeEvent>empty())
        .filter(event -> subscriptions.tells(mine, event))
        .map(event -> sent(originId, event, reader))
        .recover(
            new PFBuilder<Throwable, Sent>()
                .matchAny(failure -> Sent.of(refused(Optional.of(originId), failure)))
                .build())
        .watchTermination(
            (none, done) -> {
              done.whenComplete(
                  (end, failure) -> {
                    subscriptions.ended(mine);
                    reader.end();
                  });
              return NotUsed.getInstance();
            });
  }

  /** From here on the connection owns its memory, even after the subscription has ended. */
  private Sent sent(String originId, OutcomeEvent event, ReaderMemory reader) {
    event.memory().ifPresent(grant -> reader.handOn(grant, connection));
    return new Sent(event.message(originId), event.memory());
  }

  /**
   * @param asked the request, so that its sender knows which one; empty if it cannot be read
   */
  private static String refused(Optional<String> asked, Throwable failure) {
    var problem = ProblemHandlers.problem(failure);
    var json = JsonNodeFactory.instance.objectNode();
    asked.ifPresent(text -> json.put("origin", text));
    json.put("event", "refused");
    return json.putRawValue("data", new RawValue(new String(problem.body(), UTF_8))).toString();
  }
}
