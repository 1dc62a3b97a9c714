package dev.retriever.cluster.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.client.ApiObject;
import dev.retriever.client.BulkCalls;
import dev.retriever.client.FetchQuery;
import dev.retriever.client.NewFetch;
import dev.retriever.client.Outcome;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.ScheduleCalls;
import dev.retriever.client.StreamStart;
import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.webhook.WebhookRefused;
import dev.retriever.client.webhook.Webhooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** What docs/client.md shows, compiled and run. */
final class ClientExamples {
  private ClientExamples() {}

  static RetrieverClient made(URI api, URI management, Path keyFile) {
    return RetrieverClient.builder(api)
        .management(management)
        .key(() -> read(keyFile))
        .timeout(Duration.ofSeconds(10))
        .repeats(8, Duration.ofMinutes(2))
        .build();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String charged(RetrieverClient client, String url) {
    var fetch =
        NewFetch.post(url)
            .id("charge-1")
            .header("Content-Type", "application/json")
            .body("{\"amount\": 4200}")
            .idempotencyKey("order-17/charge-1")
            .attempts(5)
            .within(Duration.ofHours(1));
    var charge = client.fetches().run("order-17", fetch, Duration.ofSeconds(30));
    return charge.outcome().map(ClientExamples::told).orElse("not settled yet; ask again later");
  }

  static String told(Outcome outcome) {
    return outcome.fold(
        answered -> "the bank answered " + answered.response().status(),
        failed -> "not sent, " + failed.reason() + ": a new fetch cannot charge twice",
        unknown -> "may have been charged: look there before you try again",
        cancelled -> cancelled.maybeSent() ? "taken back, perhaps too late" : "taken back in time");
  }

  static String refused(RetrieverClient client, NewFetch fetch) {
    try {
      return client.fetches().submit("order-17", fetch).state();
    } catch (ProblemException e) {
      return e.type() + ": " + e.detail() + " " + e.nextStep();
    } catch (NoAnswerException e) {
      return "submit again with the same id: " + e.getMessage();
    }
  }

  static String followed(RetrieverClient client, String kept, BiConsumer<String, String> settle) {
    var from = kept.isEmpty() ? StreamStart.start() : StreamStart.after(kept);
    try (var outcomes = client.outcomes("order-17", from)) {
      for (var next = outcomes.next(Duration.ofSeconds(1));
          next.isPresent();
          next = outcomes.next(Duration.ofSeconds(1))) {
        // Keep the id in the transaction that deals with the event: then none is dealt with twice.
        settle.accept(
            next.get().id(),
            next.get()
                .fold(
                    settled ->
                        settled.fetch().id() + " " + settled.fetch().outcome().orElseThrow().type(),
                    gap -> "outcomes " + gap.from() + " to " + gap.to() + " are no longer kept",
                    reset -> "the origin counts anew: what it keeps follows"));
      }
      return outcomes.lastId();
    }
  }

  private static final Supplier<String> OLD_KEY =
      () -> "whsec_b29vb29vb29vb29vb29vb29vb29vb29vb29vb29vb28=";
  private static final Supplier<String> NEW_KEY =
      () -> "whsec_bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4=";

  static Optional<String> genuine(Map<String, List<String>> headers, byte[] body) {
    var webhooks = Webhooks.of(NEW_KEY.get(), OLD_KEY.get());
    try {
      return Optional.of(webhooks.verify(headers, body));
    } catch (WebhookRefused e) {
      return Optional.empty(); // answer 400, and do nothing
    }
  }

  static ApiObject limited(RetrieverClient client, String name, ObjectNode settings) {
    client.queues().put(name, settings.put("concurrency", 20), Optional.empty());
    var queue = client.queues().pause(name, "their maintenance", Optional.empty());
    client.queues().resume(name);
    return queue;
  }

  static String nightly(RetrieverClient client, String url) {
    var settings = ScheduleCalls.cron("30 2 * * *", "Europe/Berlin", NewFetch.post(url));
    client.schedules().put("reports", "nightly", settings, Optional.empty());
    return client.schedules().get("reports", "nightly").text("/next/0/local").orElseThrow();
  }

  static long again(RetrieverClient client) {
    var unknown = FetchQuery.any().outcome("unknown").host("pay.example.com");
    var job = BulkCalls.Job.of("redrive", unknown);
    var matching = client.bulk().dryRun(job).number("/matching");
    if (matching > 0) {
      client.bulk().begin(job);
    }
    return matching;
  }
}
