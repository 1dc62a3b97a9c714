package dev.retriever.origin;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What many tests talk about. */
public final class Samples {
  public static final Instant START = VirtualTime.START;
  public static final Body EMPTY = Body.EMPTY;
  public static final String URL = "http://target.example/path?query";
  public static final FetchRequest GET = FetchRequest.get(URL);
  public static final FetchRequest POST = FetchRequest.post(URL).body(Body.utf8("order"));
  public static final FetchRequest KEYED_POST = POST.idempotencyKey("key");

  private Samples() {}

  public static FetchSpec get() {
    return FetchSpec.of(GET);
  }

  public static FetchSpec post() {
    return FetchSpec.of(POST);
  }

  /** That many attempts, with waits of up to 10, 20, 40 and then 60 seconds. */
  public static RetryPolicy attempts(int max) {
    return attempts(max, Resend.WHEN_SAFE);
  }

  public static RetryPolicy attempts(int max, Resend resend) {
    return RetryPolicy.attempts(max)
        .backoff(Duration.ofSeconds(10), Duration.ofMinutes(1))
        .resend(resend);
  }

  public static Report answer(int status, Header... headers) {
    return new Report.Answered(response(status, headers));
  }

  public static Response response(int status, Header... headers) {
    return new Response(status, List.of(headers), Body.utf8("body of " + status));
  }

  public static Report refused() {
    return notSent(Stage.CONNECTING);
  }

  public static Report notSent(Stage stage) {
    return new Report.NotSent(stage, "refused");
  }

  public static Report timedOut() {
    return ambiguous(Report.TIMEOUT);
  }

  public static Report ambiguous(String reason) {
    return new Report.Ambiguous(Optional.of(Stage.SENT), reason, Optional.empty());
  }
}
