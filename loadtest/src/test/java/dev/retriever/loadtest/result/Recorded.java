package dev.retriever.loadtest.result;

import dev.retriever.loadtest.Scenarios;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.process.Databases;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Results for tests: of what is put into a draft, or of small runs on the embedded database. */
public final class Recorded {
  private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

  private Recorded() {}

  public static Result result(String scenario, Consumer<ResultDraft> into) {
    try (var context = context(scenario, options(Map.of()))) {
      into.accept(context.draft());
      return context.result();
    }
  }

  public static Result run(String name, Map<String, Integer> sizes)
      throws IOException, InterruptedException {
    try (var context = context(name, options(sizes))) {
      return named(name).run(context);
    }
  }

  private static Context.RunOptions options(Map<String, Integer> sizes) {
    return new Context.RunOptions(false, 1, sizes, List.of(), List.of(), List.of(), false, 1);
  }

  /** On the embedded database, and without output. */
  public static Context context(String name, Context.RunOptions options) {
    return new Context(named(name), options, new Databases(Database.Kind.H2), NOWHERE, false);
  }

  private static Scenario named(String name) {
    return Scenarios.ALL.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  public static String text(Result result) {
    var text = new ByteArrayOutputStream();
    ResultText.print(result, new PrintStream(text, true, StandardCharsets.UTF_8));
    return text.toString(StandardCharsets.UTF_8);
  }

  /** A fetch that was answered at its first attempt. */
  public static FetchAnswer answered(String id) {
    var at = Instant.parse("2026-01-01T00:00:00Z");
    var outcome =
        new FetchAnswer.Outcome(
            "answered",
            Optional.of("complete"),
            Optional.empty(),
            Optional.of(200),
            at.plusSeconds(1).toString());
    var attempt =
        new FetchAnswer.Attempt(
            1, "retriever@127.0.0.1:1#a", at, Optional.of(at.plusSeconds(1)), Optional.of(200));
    return fetch("o", id, at, Optional.of(outcome), List.of(attempt));
  }

  /** A fetch without the digest of a body, and not exhausted. */
  public static FetchAnswer fetch(
      String origin,
      String id,
      Instant acceptedAt,
      Optional<FetchAnswer.Outcome> outcome,
      List<FetchAnswer.Attempt> attempts) {
    return new FetchAnswer(origin, id, acceptedAt, outcome, attempts, Optional.empty(), false);
  }
}
