package dev.retriever.origin.simulation.probe;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Target;
import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Fetches of all kinds. */
public final class Requests {
  /** So long that to find out about a dead executor by it would be to find out by nothing. */
  private static final Duration LONG = Duration.ofMinutes(5);

  private static final String URL = "https://target.example/";

  /** Where all of them go. */
  public static final Target TARGET = Target.of(URL);

  private Requests() {}

  public static FetchSpec followUp() {
    return FetchSpec.of(FetchRequest.get(URL + "next"))
        .timeout(Duration.ofSeconds(5))
        .within(Duration.ofSeconds(40))
        .retry(RetryPolicy.attempts(3));
  }

  /** One that may wait for room for minutes. */
  public static FetchSpec patient(String id) {
    return FetchSpec.of(FetchRequest.get(URL + id))
        .timeout(Duration.ofSeconds(20))
        .within(LONG)
        .retry(RetryPolicy.attempts(3));
  }

  public static FetchSpec any(RandomStreams chance, String id) {
    var isLong = chance.happens(0.15);
    var timeout = isLong ? LONG : Duration.ofSeconds(2 + chance.below(10));
    var spec =
        FetchSpec.of(request(chance, id))
            .timeout(timeout)
            .within(timeout.plusSeconds(5 + chance.below(40)))
            .grace(Duration.ofSeconds(1 + chance.below(5)))
            .retry(policy(chance))
            .trace(TraceChoice.OWN.in(submittedIn(id)));
    return chance.happens(0.1) ? spec.direct() : spec;
  }

  /** The trace that a caller submits that fetch in; each is another one. */
  private static TraceContext submittedIn(String id) {
    var ids = new TraceIds("caller", "caller", id, Instant.EPOCH);
    return TraceContext.of(ids.trace(), ids.accepted(), true);
  }

  private static FetchRequest request(RandomStreams chance, String id) {
    return switch (chance.below(4)) {
      case 0 -> FetchRequest.get(URL + id);
      case 1 -> FetchRequest.put(URL + id).body(body(chance, id));
      case 2 -> FetchRequest.post(URL + id).body(body(chance, id)).idempotencyKey(id);
      default -> FetchRequest.post(URL + id).body(body(chance, id));
    };
  }

  /** Some so large that memory is counted, and some that stay in the journal. */
  private static Body body(RandomStreams chance, String id) {
    var parts =
        switch (chance.below(5)) {
          case 0 -> 2_000;
          case 1 -> 20_000;
          default -> 1;
        };
    return Body.utf8((id + " ").repeat(parts).substring(0, Math.max(id.length(), parts)));
  }

  private static RetryPolicy policy(RandomStreams chance) {
    return RetryPolicy.attempts(1 + chance.below(4))
        .backoff(Duration.ofMillis(200), Duration.ofSeconds(4))
        .resend(
            chance.oneOf(
                List.of(
                    Resend.WHEN_SAFE,
                    Resend.WHEN_SAFE,
                    Resend.WHEN_SAFE,
                    Resend.ALWAYS,
                    Resend.NEVER)));
  }
}
