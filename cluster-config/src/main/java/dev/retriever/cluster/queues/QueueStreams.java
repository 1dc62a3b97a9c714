package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.CredentialWatch;
import dev.retriever.executor.Utf8;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueView;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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

/**
 * Streams of a queue's figures, as server-sent events: one when they change, and at most one in
 * {@code every}. Thread-safe.
 */
final class QueueStreams {
  /** Each asks its queue once in {@code every}. */
  static final int MOST = 100;

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final long RETRY_MILLIS = 2_000;

  private final QueueOperations queues;
  private final Duration every;
  private final CredentialWatch watch = new CredentialWatch();
  private final SharedKillSwitch open = KillSwitches.shared("retriever-queue-events");
  private final AtomicInteger streams = new AtomicInteger();

  /**
   * @param every the shortest time between two events of a stream
   */
  QueueStreams(QueueOperations queues, Duration every) {
    this.queues = queues;
    this.every = every;
  }

  /** Looks after the credentials of open streams from now on, so often. */
  void start(ActorSystem<?> system, Duration credentialCheck, Clock clock) {
    watch.start(system, credentialCheck, clock);
  }

  /** Ends all streams, so that their readers connect to another node. */
  CompletionStage<Done> end() {
    open.shutdown();
    return CompletableFuture.completedStage(Done.getInstance());
  }

  CompletionStage<HttpResponse> stream(HttpRequest request, String name, boolean ids) {
    checkAccepted(RequestHeaders.named(request, "Accept"));
    if (streams.get() >= MOST) {
      throw Problem.of(
              ProblemType.OVERLOADED,
              "The node has as many streams of queues as it may, "
                  + MOST
                  + ". Ask another one, or later.")
          .found();
    }
    return QueueAnswers.inTime(name, queues.read(name))
        .thenApply(
            view -> {
              view.orElseThrow(() -> QueueAnswers.noSuchQueue(name));
              return streamed(name, ids, watch.watch(Callers.of(request)));
            });
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

  private HttpResponse streamed(String name, boolean ids, CredentialWatch.Watched caller) {
    var bytes =
        figures(name, ids)
            .via(open.flow())
            .via(caller.untilItEnds())
            .map(json -> ByteString.fromString("event: queue\ndata: " + json + "\n\n"))
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

  /** What has changed since the last one; until the queue is removed. */
  private Source<String, NotUsed> figures(String name, boolean ids) {
    return Source.tick(Duration.ZERO, every, name)
        .mapMaterializedValue(tick -> NotUsed.getInstance())
        .mapAsync(1, tick -> looked(tick))
        .takeWhile(Look::isThere)
        .mapConcat(look -> look.view().stream().toList())
        .map(view -> Utf8.repaired(QueueWriter.queue(view, ids).toString()))
        .statefulMapConcat(QueueStreams::changed);
  }

  /** Passes on what is not as the one before it. */
  private static Function<String, Iterable<String>> changed() {
    var last = new AtomicReference<>("");
    return json -> json.equals(last.getAndSet(json)) ? List.of() : List.of(json);
  }

  /**
   * What a look found.
   *
   * @param isThere whether there may be such a queue
   * @param view empty if the queue did not answer
   */
  private record Look(boolean isThere, Optional<QueueView> view) {}

  /** A queue that does not answer is asked again at the next look. */
  private CompletionStage<Look> looked(String name) {
    return queues
        .read(name)
        .handle(
            (view, failure) ->
                failure == null
                    ? new Look(view.isPresent(), view)
                    : new Look(true, Optional.empty()));
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
