package dev.retriever.origin.simulation.trace;

import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.settings.SettingsReader;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Origins.Answer;
import dev.retriever.origin.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What traces say of reports, messages, times and the like, in short. */
public final class TraceWords {
  private static final Pattern KEY = Pattern.compile("/(o\\d+)/(f[\\w-]+)#(\\d+)");
  private static final Pattern FETCH = Pattern.compile("\\b(?:fetchId|id)=(f[\\w-]+)");

  /** A message that does not say whom it is about. */
  private static final String SOMEONE = "?";

  private TraceWords() {}

  public static String of(Report report) {
    return report.fold(
        answered -> "answered " + quoted(answered.response()),
        notSent -> "not sent, " + notSent.reason() + at(Optional.of(notSent.stage())),
        ambiguous -> "ambiguous, " + ambiguous.reason() + at(ambiguous.stage()));
  }

  public static String of(Outcome outcome) {
    return outcome.fold(
        answered -> "answered " + quoted(answered.response()),
        failed -> "failed, " + failed.reason() + at(Optional.of(failed.stage())),
        unknown -> "unknown, " + unknown.reason() + at(unknown.stage()),
        cancelled -> "cancelled, " + (cancelled.maybeSent() ? "maybe sent" : "not sent"));
  }

  /** The bodies of simulated targets begin with the status, and have a number each. */
  private static String quoted(Response response) {
    return "\"" + response.body().text() + "\"";
  }

  private static String at(Optional<Stage> stage) {
    return stage.map(it -> " when " + it.label()).orElse("");
  }

  public static String of(FetchSpec spec) {
    var retry = spec.retry();
    return "%s%s, %s within %s, grace %s, attempts %d, resend %s%s"
        .formatted(
            spec.request().method(),
            spec.request().repeatable() ? "" : " (not repeatable)",
            of(spec.timeout()),
            of(spec.within()),
            of(spec.grace()),
            retry.maxAttempts(),
            label(retry.resend()),
            spec.isDirect() ? ", direct" : "");
  }

  public static String label(Enum<?> constant) {
    return SettingsReader.name(constant);
  }

  public static String of(Duration duration) {
    return "%.3f".formatted(duration.toNanos() / 1e9).replaceAll("\\.?0+$", "") + " s";
  }

  /** As the trace counts time. A clock that jumped says another one. */
  public static String of(Instant instant) {
    return of(Duration.between(Trace.BEGINNING, instant));
  }

  /** The node of an executor, by its id. */
  public static String nodeOf(String executor) {
    var end = executor.indexOf('@');
    return end < 0 ? executor : executor.substring(0, end);
  }

  /** The answer that a caller gets in the end, or that there was none. */
  public static TraceLine told(
      String what, String origin, String fetch, Answer answer, Throwable failure) {
    var heard =
        failure != null
            ? "not answered"
            : label(answer.verdict())
                + answer.fetch().flatMap(FetchView::outcome).map(it -> ", " + of(it)).orElse("");
    return new TraceLine(
        List.of(),
        origin,
        fetch,
        "a caller's %s of %s/%s: %s".formatted(what, origin, fetch, heard));
  }

  /**
   * A message between nodes. Most are of production and cannot be looked into; but what they are
   * about stands in their words.
   *
   * @param origin whom it is for; empty when the message has to say
   */
  public static TraceLine message(List<String> nodes, String origin, Object message, String what) {
    var words = String.valueOf(message);
    var key = KEY.matcher(words);
    var fetch = FETCH.matcher(words);
    var name = message.getClass().getSimpleName();
    if (key.find()) {
      var text = "%s %s to %s %s".formatted(name, key.group().substring(1), nodes.get(1), what);
      return new TraceLine(nodes, key.group(1), key.group(2), text);
    }
    var thing = fetch.find() ? fetch.group(1) : "";
    var text = "%s %s to %s %s".formatted(name, thing, nodes.get(1), what).replace("  ", " ");
    return new TraceLine(nodes, origin.isEmpty() ? SOMEONE : origin, thing, text);
  }
}
