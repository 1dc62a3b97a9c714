package dev.retriever.cluster.streams;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.CredentialWatch;
import dev.retriever.executor.Utf8;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** The streams of one kind of figures at a node. Thread-safe. */
public final class EventStreams {
  /** Streams of one kind at a node; each looks once in its time. */
  public static final int MOST = 100;

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final long RETRY_MILLIS = 2_000;

  private final String event;
  private final Duration every;
  private final CredentialWatch watch = new CredentialWatch();
  private final SharedKillSwitch open;
  private final AtomicInteger streams = new AtomicInteger();

  /**
   * @param event the name of the events
   * @param every the shortest time between two events of a stream
   */
  public EventStreams(String event, Duration every) {
    this.event = event;
    this.every = every;
    this.open = KillSwitches.shared("retriever-" + event + "-events");
  }

  /** Looks after the credentials of open streams from now on, so often. */
  public void start(ActorSystem<?> system, Duration credentialCheck, Clock clock) {
    watch.start(system, credentialCheck, clock);
  }

  /** Ends all streams, so that their readers connect to another node. */
  public CompletionStage<Done> end() {
    open.shutdown();
    return CompletableFuture.completedStage(Done.getInstance());
  }

  /**
   * What a look found.
   *
   * @param isThere whether there may be such a thing; if not, the stream ends
   * @param json empty if it is not known now; then it is looked for again
   */
  public record Look(boolean isThere, Optional<String> json) {}

  /**
   * Checks whether there may be one more stream.
   *
   * @throws Problem.Found if there may not, or the request takes no events
   */
  public void admit(HttpRequest request) {
    checkAccepted(RequestHeaders.named(request, "Accept"));
    if (streams.get() >= MOST) {
      throw Problem.of(
              ProblemType.OVERLOADED,
              "The node has as many streams of this kind as it may, "
                  + MOST
                  + ". Ask another one, or later.")
          .found();
    }
  }

  private static void checkAccepted(List<String> accept) {
    var all = String.join(",", accept).toLowerCase(Locale.ROOT);
    if (!all.isEmpty()
        && !all.contains("text/event-stream")
        && !all.contains("text/*")
        && !all.contains("*/*")) {
      throw Problem.of(ProblemType.NOT_ACCEPTABLE, "Events come as text/event-stream.").found();
    }
  }

  /**
   * The answer with a stream, until the credential of the request ends.
   *
   * @param look what is there now; a look that fails is made again
   */
  public HttpResponse open(HttpRequest request, Supplier<CompletionStage<Look>> look) {
    var caller = watch.watch(Callers.of(request));
    var bytes =
        figures(look)
            .via(open.flow())
            .via(caller.untilItEnds())
            .map(json -> ByteString.fromString("event: " + event + "\ndata: " + json + "\n\n"))
            .concatLazy(Source.lazySource(() -> Source.single(end(caller))))
            .via(caller.whileOpen())
            .via(counted())
            .keepAlive(HEARTBEAT, () -> ByteString.fromString(":\n\n"));
    return HttpResponse.create()
        .addHeader(RawHeader.create("Cache-Control", "no-cache"))
        // Otherwise nginx waits until its buffer is full.
        .addHeader(RawHeader.create("X-Accel-Buffering", "no"))
        .withEntity(
            HttpEntities.createChunked(MediaTypes.TEXT_EVENT_STREAM.toContentType(), bytes));
  }

  /** What has changed since the last one; until it is gone. */
  private Source<String, NotUsed> figures(Supplier<CompletionStage<Look>> look) {
    return Source.tick(Duration.ZERO, every, event)
        .mapMaterializedValue(tick -> NotUsed.getInstance())
        .mapAsync(1, tick -> looked(look))
        .takeWhile(Look::isThere)
        .mapConcat(found -> found.json().map(Utf8::repaired).stream().toList())
        .statefulMapConcat(EventStreams::changed);
  }

  private static CompletionStage<Look> looked(Supplier<CompletionStage<Look>> look) {
    return look.get().exceptionally(failure -> new Look(true, Optional.empty()));
  }

  /** Passes on what is not as the one before it. */
  private static Function<String, Iterable<String>> changed() {
    var last = new AtomicReference<>("");
    return json -> json.equals(last.getAndSet(json)) ? List.of() : List.of(json);
  }

  private ByteString end(CredentialWatch.Watched caller) {
    var json = JsonNodeFactory.instance.objectNode().put("retryMillis", RETRY_MILLIS);
    if (caller.hasEnded()) {
      json.put("reason", "credential-ended");
    }
    return ByteString.fromString("event: end\nretry: " + RETRY_MILLIS + "\ndata: " + json + "\n\n");
  }

  private <T> Flow<T, T, NotUsed> counted() {
    return Flow.<T>create()
        .watchTermination(
            (none, done) -> {
              streams.incrementAndGet();
              done.whenComplete((end, failure) -> streams.decrementAndGet());
              return none;
            });
  }
}
