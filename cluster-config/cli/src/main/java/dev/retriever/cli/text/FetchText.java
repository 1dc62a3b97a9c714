package dev.retriever.cli.text;

import dev.retriever.client.FetchAttempt;
import dev.retriever.client.HttpAnswer;
import dev.retriever.client.Outcome;
import dev.retriever.client.ShownFetch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fetches as people read them. */
public final class FetchText {
  private static final int SHOWN_OF_BODY = 4_000;

  private FetchText() {}

  /** In a few words, such as {@code failed at connecting: connection-refused}. */
  public static String outcome(Outcome outcome) {
    return outcome.fold(
        answered -> "answered " + answered.response().status(),
        failed -> "failed at " + failed.stage() + ": " + failed.reason(),
        unknown ->
            "unknown after " + unknown.stage().orElse("an unknown stage") + ": " + unknown.reason(),
        cancelled -> cancelled.maybeSent() ? "cancelled, maybe sent" : "cancelled, not sent");
  }

  /** Its outcome, or its state. */
  public static String standing(ShownFetch fetch) {
    return fetch
        .outcome()
        .map(FetchText::outcome)
        .orElse(
            fetch.isSettled() ? "settled, and the outcome is for the role read" : fetch.state());
  }

  /** What it means for the caller. */
  private static String meaning(Outcome outcome) {
    return outcome.fold(
        answered -> answered.response().isSuccess() ? "" : "The target answered, and refused.",
        failed -> "Nothing was sent: a new fetch cannot do anything twice.",
        unknown -> "The target may have acted: look there before you redrive it.",
        cancelled -> cancelled.maybeSent() ? "The target may have acted." : "Nothing was sent.");
  }

  /** All about one, over several lines. */
  public static List<String> lines(ShownFetch fetch, int width) {
    var lines = new ArrayList<String>();
    lines.add(fetch.originId() + " " + fetch.id() + ": " + standing(fetch));
    fetch.outcome().map(FetchText::meaning).filter(it -> !it.isEmpty()).ifPresent(lines::add);
    lines.add("accepted  " + fetch.acceptedAt());
    fetch
        .settledAt()
        .ifPresent(
            it ->
                lines.add(
                    "settled   "
                        + it
                        + ", after "
                        + Duration.between(fetch.acceptedAt(), it).toMillis()
                        + " ms"));
    waiting(fetch, lines);
    if (!fetch.attempts().isEmpty()) {
      var table = new Table("attempt", "started", "stage", "status", "reason", "took");
      fetch.attempts().forEach(it -> attempt(table, it));
      lines.addAll(table.lines(width));
    }
    fetch.outcome().flatMap(FetchText::answer).ifPresent(it -> body(it, lines));
    return lines.stream().map(FetchText::visible).toList();
  }

  private static void waiting(ShownFetch fetch, List<String> lines) {
    var waiting = fetch.json().path("waiting");
    if (waiting.isObject()) {
      lines.add(
          "waits in  "
              + waiting.path("queue").asText()
              + " since "
              + waiting.path("since").asText()
              + (waiting.has("because") ? ", because of " + waiting.path("because").asText() : "")
              + (waiting.has("ahead") ? ", behind " + waiting.path("ahead").asText() : ""));
    }
  }

  private static void attempt(Table table, FetchAttempt attempt) {
    var took =
        attempt
            .endedAt()
            .map(it -> Duration.between(attempt.startedAt(), it).toMillis() + " ms")
            .orElse("open");
    table.row(
        attempt.number(),
        attempt.startedAt(),
        attempt.stage().orElse("-"),
        attempt.status().map(String::valueOf).orElse("-"),
        attempt.reason().orElse("-"),
        took);
  }

  private static Optional<HttpAnswer> answer(Outcome outcome) {
    return outcome.fold(
        answered -> Optional.of(answered.response()),
        failed -> Optional.empty(),
        unknown -> unknown.partial(),
        cancelled -> Optional.empty());
  }

  private static void body(HttpAnswer answer, List<String> lines) {
    var text = answer.text();
    if (!text.isEmpty()) {
      lines.add("");
      text.lines().limit(100).forEach(lines::add);
    }
    if (text.length() > SHOWN_OF_BODY) {
      lines.add("… all of it with -o json");
    }
  }

  /** A line of a body may hold anything. */
  private static String visible(String line) {
    return line.length() > SHOWN_OF_BODY
        ? Table.plain(line.substring(0, SHOWN_OF_BODY)) + "…"
        : Table.plain(line);
  }
}
