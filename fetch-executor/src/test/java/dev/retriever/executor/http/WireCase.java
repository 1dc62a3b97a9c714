package dev.retriever.executor.http;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import java.nio.file.Path;
import java.util.List;

/**
 * One row of the table in {@code docs/failure-modes.md}: what a target does on the wire with
 * requests of these methods, and what is said of it.
 *
 * @param does what follows "the target ..."
 * @param layer what the target speaks on top of TCP; null when it does not even listen
 * @param trusted what the transport trusts; null for whom the platform trusts
 * @param expected with each of the methods
 */
record WireCase(
    String does,
    List<String> methods,
    RawTarget.Layer layer,
    RawTarget.Script script,
    String scheme,
    String host,
    Path trusted,
    Seen expected) {

  static final List<String> ALL =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /**
   * What is seen of one exchange: by the target, and in the report.
   *
   * @param word the reason, or the status of an answer
   */
  record Seen(int requests, String outcome, Stage stage, String word) {
    static Seen of(int requests, Report report) {
      return report.fold(
          answered ->
              new Seen(
                  requests,
                  "answered",
                  Stage.COMPLETE,
                  Integer.toString(answered.response().status())),
          notSent -> new Seen(requests, "failed", notSent.stage(), notSent.reason()),
          broken -> new Seen(requests, "unknown", broken.stage().orElseThrow(), broken.reason()));
    }
  }

  static Seen answered(int status) {
    return new Seen(1, "answered", Stage.COMPLETE, Integer.toString(status));
  }

  static Seen failed(Stage stage, String reason) {
    return new Seen(0, "failed", stage, reason);
  }

  static Seen unknown(Stage stage, String reason) {
    return new Seen(1, "unknown", stage, reason);
  }

  /** Whether the exchange goes on until whoever began it has had enough. */
  boolean hangs() {
    return expected.word().equals(Report.TIMEOUT);
  }

  /** As a line of the document. */
  String row() {
    var with =
        methods.size() == ALL.size()
            ? "all"
            : methods.size() == ALL.size() - 1
                ? "all but " + ALL.stream().filter(m -> !methods.contains(m)).findFirst().get()
                : String.join(", ", methods);
    return "| %s | %s | %d | `%s` | `%s`, `%s` |"
        .formatted(
            does,
            with,
            expected.requests(),
            expected.outcome(),
            expected.stage().label(),
            expected.word());
  }

  @Override
  public String toString() {
    return does + ", " + String.join(" ", methods);
  }
}
