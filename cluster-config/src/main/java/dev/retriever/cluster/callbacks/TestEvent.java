package dev.retriever.cluster.callbacks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.EndpointSettings;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Sends one signed event to an endpoint, from this node, and tells what came back. It is no
 * callback: it is not journaled, not repeated, and not counted. It passes all that attempts pass:
 * the rules for addresses and tenants, secrets and signing. Thread-safe.
 */
public final class TestEvent {
  /** A test takes no longer, whatever the endpoint's own time limit is. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** Tests of this node at the same time. */
  static final int MOST = 4;

  private static final Duration MARGIN = Duration.ofSeconds(2);

  /** Characters of the body that are told. */
  private static final int SHOWN = 1_000;

  /** UTF-8 has up to four bytes for a character. */
  private static final int READ = 4 * SHOWN;

  private static final double MILLIS = 1e6;

  /** For a transport that does not keep its own limit. */
  private static final Report LATE =
      new Report.Ambiguous(Optional.empty(), Report.TIMEOUT, Optional.empty());

  private final Transport transport;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Semaphore free = new Semaphore(MOST);

  /**
   * @param transport signs and fills in, and refuses what must not be sent
   * @param nanos a clock that never goes back, in nanoseconds
   */
  public TestEvent(Transport transport, Clock clock, LongSupplier nanos) {
    this.transport = transport;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * Sends it, once.
   *
   * @return what came back, as it is answered
   * @throws Problem.Found while as many run as may
   */
  CompletionStage<ObjectNode> send(EndpointKey key, EndpointSettings settings) {
    var id = "test_" + UUID.randomUUID();
    var limit = settings.timeout().compareTo(LONGEST) < 0 ? settings.timeout() : LONGEST;
    var begun = nanos.getAsLong();
    var reported = new CompletableFuture<Report>();
    var request =
        settings
            .request(CallbackChoice.of(key.name()))
            .body(Body.utf8(body(key.name()).toString()))
            .signed(settings.signing(id));
    var origin = new Tenant(key.tenant()).innerId("retriever-test");
    var attempt = new AttemptKey(Tenant.ORIGIN_TYPE, origin, id, 1);
    if (!free.tryAcquire()) {
      throw Problem.of(
              ProblemType.OVERLOADED,
              "%d tests of endpoints run on this node, the most that may. Repeat this in some seconds."
                  .formatted(MOST))
          .found();
    }
    var exchange =
        started(
            () ->
                transport.start(attempt, request, new TimeLimit(begun, limit), reported::complete));
    return reported
        .completeOnTimeout(LATE, limit.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (report, failure) -> {
              free.release();
              if (report == LATE) {
                exchange.abort(Report.TIMEOUT);
              }
            })
        .thenApply(report -> told(id, report, nanos.getAsLong() - begun));
  }

  private Transport.Exchange started(Supplier<Transport.Exchange> start) {
    try {
      return start.get();
    } catch (RuntimeException e) {
      free.release();
      throw e;
    }
  }

  private ObjectNode body(String endpoint) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("type", "retriever.test").put("timestamp", FetchWriter.time(clock.instant()));
    json.putObject("data").put("endpoint", endpoint);
    return json;
  }

  private static ObjectNode told(String id, Report report, long nanos) {
    var json = JsonNodeFactory.instance.objectNode().put("webhookId", id);
    report.<ObjectNode>fold(
        answered -> answered(json, answered.response()),
        notSent -> ended(json, "failed", Optional.of(notSent.stage()), notSent.reason()),
        ambiguous -> {
          ambiguous.partial().ifPresent(it -> json.put("status", it.status()));
          return ended(json, "unknown", ambiguous.stage(), ambiguous.reason());
        });
    return json.put("tookMillis", Math.round(nanos / MILLIS));
  }

  private static ObjectNode answered(ObjectNode json, Response response) {
    json.put("taken", Callback.takes(response.status()));
    json.put("outcome", "answered").put("status", response.status());
    var bytes = response.body().bytes();
    var text = new String(bytes, 0, Math.min(READ, bytes.length), StandardCharsets.UTF_8);
    return json.put("body", text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
  }

  private static ObjectNode ended(
      ObjectNode json, String outcome, Optional<Stage> stage, String reason) {
    json.put("taken", false).put("outcome", outcome).put("reason", reason);
    stage.ifPresent(it -> json.put("stage", it.label()));
    return json;
  }
}
