package dev.retriever.cluster.callbacks;

import dev.retriever.cluster.callbacks.rows.DeadCallback;
import dev.retriever.cluster.callbacks.rows.EndpointStore.Place;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The places between pages of dead callbacks, as callers send them. */
final class DeadCursor {
  private static final int PARTS = 3;
  private static final int LONGEST = 2_048;

  private DeadCursor() {}

  /** The place behind that callback. */
  static String after(DeadCallback last) {
    var text =
        last.row().at().toEpochMilli() + "\n" + last.persistenceId() + "\n" + last.row().fetchId();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @throws Problem.Found if it was not given by {@link #after}
   */
  static Optional<Place> read(Optional<String> cursor) {
    return cursor.map(DeadCursor::read);
  }

  private static Place read(String cursor) {
    try {
      if (cursor.length() <= LONGEST) {
        var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        var parts = text.split("\n", -1);
        if (parts.length == PARTS) {
          return new Place(Long.parseLong(parts[0]), parts[1], parts[2]);
        }
      }
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
    throw malformed();
  }

  private static Problem.Found malformed() {
    return Problem.of(
            ProblemType.MALFORMED_REQUEST,
            "cursor must be a nextCursor of this list; leave it out to begin again.")
        .found();
  }
}
