package dev.retriever.cluster;

import dev.retriever.executor.ByteGrant;
import dev.retriever.executor.Response;
import dev.retriever.executor.Utf8;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Outcome;
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
 * Answers with fetches in full. Large ones count in {@link OutcomeMemory} until the connection has
 * taken them.
 */
final class FetchAnswers {
  /** Bodies below it are not counted: as much as that each connection may take. */
  private static final long SMALL = 16 * 1024;

  /** As many times its length a body takes: as it is, as text, as JSON, and as it is sent. */
  private static final int WEIGHT = 4;

  /** A connection asks for an answer at once. One that has not until then is gone. */
  private static final Duration UNASKED = Duration.ofSeconds(10);

  private final ActorSystem<?> system;
  private final OutcomeMemory memory;
  private final Duration unasked;

  FetchAnswers(ActorSystem<?> system, OutcomeMemory memory) {
    this(system, memory, UNASKED);
  }

  /**
   * @param unasked after which an answer is given up that no connection has asked for
   */
  FetchAnswers(ActorSystem<?> system, OutcomeMemory memory, Duration unasked) {
    this.system = system;
    this.memory = memory;
    this.unasked = unasked;
  }

  /** The fetch as JSON; empty when there is no memory for it now. */
  Optional<HttpResponse> fetch(FetchView fetch, int status) {
    var bodies = bodies(fetch);
    if (bodies <= SMALL) {
      return Optional.of(FetchRoutes.json(FetchWriter.fetch(fetch), status));
    }
    return memory.now(WEIGHT * bodies).map(grant -> counted(fetch, status, grant));
  }

  private HttpResponse counted(FetchView fetch, int status, ByteGrant grant) {
    var reader = new ReaderMemory(memory);
    reader.keep(grant);
    try {
      var json = Utf8.repaired(FetchWriter.fetch(fetch).toString());
      var bytes = ByteString.fromArrayUnsafe(Utf8.bytes("an answer", json));
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
    system
        .scheduler()
        .scheduleOnce(
            unasked,
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
                reader, it -> Optional.of(grant), it -> it, OutcomeRoutes.PATIENCE))
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
