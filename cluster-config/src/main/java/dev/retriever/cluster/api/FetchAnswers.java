package dev.retriever.cluster.api;

import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Prefer;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.memory.OutcomeMemory;
import dev.retriever.cluster.memory.ReaderMemory;
import dev.retriever.cluster.memory.Taken;
import dev.retriever.executor.Response;
import dev.retriever.executor.Utf8;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.queue.QueueView.Explanation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Answers that show a whole fetch. Large ones count in {@link MemoryBudget.Share#READS} until the
 * connection has taken them. A connection that does not take its answer is closed after a while, if
 * other readers were refused.
 */
final class FetchAnswers {
  /** Smaller bodies are not counted. Each connection may take this much. */
  private static final long SMALL = 16 * 1024;

  /** Copies of a body that exist at once: as bytes, as text, as JSON, and as sent. */
  private static final int WEIGHT = 4;

  /** Copies of a written answer until it is sent: itself, and the buffers of its connection. */
  private static final int SENT_WEIGHT = 2;

  /**
   * A living connection asks for its answer at once. One that has not asked after this time is
   * gone.
   */
  private static final Duration UNASKED = Duration.ofSeconds(10);

  private final ActorSystem<?> system;
  private final OutcomeMemory outcomes;
  private final ByteAccount memory;

  FetchAnswers(ActorSystem<?> system, OutcomeMemory outcomes) {
    this.system = system;
    this.outcomes = outcomes;
    this.memory = MemoryBudget.get(system).account(MemoryBudget.Share.READS);
  }

  /**
   * The fetch as JSON, for a caller that may have waited for it.
   *
   * @throws Problem.Found when there is no memory for it now
   */
  HttpResponse waited(FetchView fetch, Optional<Duration> wait, int status) {
    return waited(fetch, Optional.empty(), wait, status);
  }

  /**
   * The same for a fetch that may wait in a queue.
   *
   * @param reason why it waits, if the queue tells it
   * @throws Problem.Found when there is no memory for it now
   */
  HttpResponse waited(
      FetchView fetch, Optional<Explanation> reason, Optional<Duration> wait, int status) {
    return Prefer.applied(fetch(fetch, reason, status).orElseThrow(FetchAnswers::refusal), wait);
  }

  /** The state of the fetch, for a caller that may not read outcomes. */
  static HttpResponse receipt(FetchView fetch, Optional<Duration> wait, int status) {
    return Prefer.applied(JsonResponse.of(FetchWriter.receipt(fetch), status), wait);
  }

  /** The fetch as JSON; empty when there is no memory for it now. */
  Optional<HttpResponse> fetch(FetchView fetch, int status) {
    return fetch(fetch, Optional.empty(), status);
  }

  /** Only settled fetches are large, and they wait in no queue. */
  private Optional<HttpResponse> fetch(FetchView fetch, Optional<Explanation> reason, int status) {
    var bodies = bodies(fetch);
    if (bodies <= SMALL) {
      return Optional.of(JsonResponse.of(FetchWriter.fetch(fetch, reason), status));
    }
    return memory.acquire(WEIGHT * bodies).map(grant -> counted(fetch, status, grant));
  }

  private HttpResponse counted(FetchView fetch, int status, ByteGrant grant) {
    var reader = new ReaderMemory(outcomes);
    reader.keep(grant);
    try {
      var json = Utf8.repaired(FetchWriter.fetch(fetch).toString());
      var bytes = ByteString.fromArrayUnsafe(Utf8.bytes("an answer", json));
      grant.shrinkTo(SENT_WEIGHT * (long) bytes.size());
      return HttpResponse.create()
          .withStatus(StatusCodes.get(status))
          .withEntity(
              HttpEntities.create(
                  ContentTypes.APPLICATION_JSON, bytes.size(), sent(bytes, grant, reader)));
    } catch (RuntimeException e) {
      reader.end();
      throw e;
    }
  }

  private Source<ByteString, NotUsed> sent(ByteString bytes, ByteGrant grant, ReaderMemory reader) {
    var isAsked = new AtomicBoolean();
    var refused = memory.refused();
    system
        .scheduler()
        .scheduleOnce(
            UNASKED,
            () -> {
              if (!isAsked.get()) {
                reader.end();
              }
            },
            system.executionContext());
    return Source.lazySource(
            () -> {
              isAsked.set(true);
              return Source.single(bytes);
            })
        .via(
            new Taken<ByteString, ByteString>(
                reader,
                it -> Optional.of(grant),
                it -> it,
                OutcomeMemory.PATIENCE,
                () -> memory.refused() > refused))
        .mapMaterializedValue(it -> NotUsed.getInstance());
  }

  private static long bodies(FetchView fetch) {
    var late =
        fetch.late().stream().mapToLong(it -> size(Outcome.of(it.report()).received())).sum();
    return late + size(fetch.outcome().flatMap(Outcome::received));
  }

  private static long size(Optional<Response> response) {
    return response.map(it -> it.body().size()).orElse(0);
  }

  static Problem.Found refusal() {
    return Problem.of(
            ProblemType.OVERLOADED,
            "The node has no memory for this answer now. Ask for the fetch later.")
        .found();
  }
}
