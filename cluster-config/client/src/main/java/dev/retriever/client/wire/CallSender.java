package dev.retriever.client.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.client.problem.ProblemException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends calls, and repeats those that may be repeated. Used by several threads. */
public final class CallSender {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String REPEAT =
      "Check the address, and call again with the same id: it may have been accepted.";

  private static final String TRUST =
      "Trust the certificate of the node, and call it by a name that the certificate has.";

  private final CallSettings settings;

  /** Sends as the settings say. */
  public CallSender(CallSettings settings) {
    this.settings = settings;
  }

  /** How it sends. */
  public CallSettings settings() {
    return settings;
  }

  /**
   * The answer of a node that followed the call.
   *
   * @throws ProblemException if it was refused
   * @throws NoAnswerException if none answered, or the thread was interrupted
   */
  public CallReply send(Call call) {
    return send(call, settings.repeats());
  }

  /** The same, with other bounds for repeats. */
  public CallReply send(Call call, RepeatPlan repeats) {
    var began = settings.time().nanos();
    var unanswered = 0;
    for (var made = 1; ; made++) {
      try {
        var reply = once(call, made);
        if (reply.isFollowed()) {
          return reply;
        }
        var ending = new RepeatPlan.Ending(Optional.of(reply.status()), reply.retryAfter());
        var wait = waitBefore(call, repeats, made, began, ending);
        var lost = unanswered;
        settings.time().pause(wait.orElseThrow(() -> refusal(call, reply, lost)));
      } catch (InterruptedException | InterruptedIOException e) {
        Thread.currentThread().interrupt();
        throw new NoAnswerException(where(call), "The thread was interrupted.", e);
      } catch (IOException e) {
        if (isDistrusted(e)) {
          throw new NoAnswerException(where(call), TRUST, e);
        }
        unanswered++;
        pauseBeforeNext(call, waitBefore(call, repeats, made, began, RepeatPlan.Ending.NONE), e);
      }
    }
  }

  /** What a try changed that was not answered may be the reason why the next one is refused. */
  private static ProblemException refusal(Call call, CallReply reply, int unanswered) {
    var problem = reply.problem();
    return unanswered == 0 || call.method().equals("GET") ? problem : problem.after(unanswered);
  }

  /** A certificate that is not trusted now will not be trusted in a second. */
  static boolean isDistrusted(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof GeneralSecurityException) {
        return true;
      }
    }
    return false;
  }

  private void pauseBeforeNext(Call call, Optional<Duration> wait, IOException cause) {
    try {
      settings
          .time()
          .pause(wait.orElseThrow(() -> new NoAnswerException(where(call), REPEAT, cause)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoAnswerException(where(call), "The thread was interrupted.", e);
    }
  }

  private Optional<Duration> waitBefore(
      Call call, RepeatPlan repeats, int made, long began, RepeatPlan.Ending ending) {
    var elapsed = Duration.ofNanos(settings.time().nanos() - began);
    return call.isRepeatable()
        ? repeats.next(made, elapsed, ending, settings.chance().getAsDouble())
        : Optional.empty();
  }

  private String where(Call call) {
    return call + " of " + settings.base(call) + " was not answered";
  }

  private CallReply once(Call call, int made) throws IOException, InterruptedException {
    var request = request(call, made);
    var response = sent(request, info -> new BoundedBody(settings.maxAnswer()), limit(call));
    return CallReply.of(response.statusCode(), response.headers(), response.body());
  }

  private Duration limit(Call call) {
    return settings.timeout().plus(call.held());
  }

  /** The answer to one try, with what its connection says. */
  public HttpResponse<byte[]> probe(Call call) throws IOException, InterruptedException {
    return sent(request(call, 1), info -> new BoundedBody(settings.maxAnswer()), limit(call));
  }

  /** Begins one try, which ends with the headers of its answer, or within the time of a call. */
  <T> CompletableFuture<HttpResponse<T>> begin(Call call, HttpResponse.BodyHandler<T> body) {
    return settings.http().sendAsync(request(call, 1), body);
  }

  private <T> HttpResponse<T> sent(
      HttpRequest request, HttpResponse.BodyHandler<T> body, Duration limit)
      throws IOException, InterruptedException {
    // The limit of the request itself ends with the headers; this one holds for the body, too.
    var answer = settings.http().sendAsync(request, body);
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? new IOException(text(cause), cause)
          : new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private static String text(IOException cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private HttpRequest request(Call call, int made) {
    var uri = URI.create(settings.base(call).toString().replaceAll("/+$", "") + call.target());
    var body = call.body().map(CallSender::text);
    settings
        .onRequest()
        .accept(
            new SentRequest(
                call.method(), uri, call.headers(), body, settings.key().isPresent(), made));
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(limit(call))
            .method(
                call.method(),
                body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
    if (body.isPresent()) {
      request.header("Content-Type", "application/json");
    }
    call.headers().forEach(request::setHeader);
    settings.key().map(it -> it.get()).ifPresent(key -> authorize(request, key));
    return request.build();
  }

  /** Without the key in the message, whatever is wrong with it. */
  private static void authorize(HttpRequest.Builder request, String key) {
    if (key == null || !key.strip().matches("[\\x21-\\x7e]{1,8192}")) {
      throw new IllegalArgumentException(
          "the key must be one line of printable ASCII without blanks");
    }
    request.setHeader("Authorization", "Bearer " + key.strip());
  }

  private static String text(JsonNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
