package dev.retriever.origin.core;

import java.time.Instant;
import java.util.Optional;

/**
 * Since when the rows of an origin are counted, and whether it has done anything since it was
 * forgotten.
 *
 * @param born the time of row 1, in milliseconds. Rows of an origin that was forgotten for so long
 *     that nothing was left of it are counted anew. Empty before the first row, and where a version
 *     that did not note it wrote the first row
 * @param bare whether the last row stands for all before it
 */
public record Life(Optional<Instant> born, boolean bare) {
  /** Before the first row. */
  public static final Life NONE = new Life(Optional.empty(), false);

  /** With another row at that time. */
  Life goesOn(Instant at) {
    return new Life(born.or(() -> Optional.of(at)), false);
  }

  /** Once more without that mark: a row was added that has no time. */
  Life goesOn() {
    return new Life(born, false);
  }
}
