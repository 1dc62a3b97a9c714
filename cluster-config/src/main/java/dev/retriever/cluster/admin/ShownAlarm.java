package dev.retriever.cluster.admin;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.origin.AlarmView;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/** Reads the alarm that a caller was shown, and means. */
final class ShownAlarm {
  private ShownAlarm() {}

  /**
   * @throws Problem.Found if a part is missing or wrong
   */
  static AlarmView of(Optional<String> kind, Optional<String> id, Optional<String> due) {
    if (kind.isEmpty() || id.isEmpty() || due.isEmpty()) {
      throw malformed("kind, id and due go together; take them from the alarm that is shown.");
    }
    return new AlarmView(kind(kind.get()), id.get(), due(due.get()), Optional.empty());
  }

  private static AlarmView.Kind kind(String text) {
    for (var kind : AlarmView.Kind.values()) {
      if (word(kind).equals(text)) {
        return kind;
      }
    }
    throw malformed("kind is not one of those that alarms have.");
  }

  private static Instant due(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw malformed("due must be a time such as 2026-01-16T08:00:00.000Z.");
    }
  }

  private static String word(AlarmView.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  static String text(AlarmView shown) {
    return "Alarm %s %s".formatted(word(shown.kind()), shown.id());
  }

  private static Problem.Found malformed(String text) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, text).found();
  }
}
