package dev.retriever.cluster.outcomes;

import dev.retriever.origin.OutcomePage;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The id of an event: a place among the outcomes of an origin, to resume after.
 *
 * @param row of its journal; 0 before all
 * @param life since when those rows are counted, in milliseconds. Empty if that is not known, as in
 *     the ids of earlier versions
 */
record EventId(long row, Optional<Long> life) {
  private static final int RADIX = 36;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})(?:-([0-9a-z]{1,12}))?");

  /** The place in those rows that the page is of. */
  static EventId of(long row, OutcomePage page) {
    return new EventId(row, page.born().map(Instant::toEpochMilli));
  }

  /** Empty if it is no id. */
  static Optional<EventId> read(String text) {
    var matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new EventId(
                Long.parseLong(matcher.group(1)),
                Optional.ofNullable(matcher.group(2)).map(life -> Long.parseLong(life, RADIX))))
        : Optional.empty();
  }

  /**
   * Whether its row may be of an earlier count than those of the page. Then nothing after it is
   * known to have been told. An id without a time is of this count if that has no time either, and
   * goes as far. Nodes of earlier versions do not say since when rows are counted; then rows with a
   * time count as the same.
   */
  boolean isBefore(OutcomePage page) {
    var now = page.born().map(Instant::toEpochMilli);
    if (row == 0) {
      return false;
    }
    if (life.isEmpty()) {
      return now.isPresent() || row > page.newest();
    }
    return now.isPresent() ? !now.equals(life) : page.newest() == 0;
  }

  /** As {@link #read} takes it. */
  @Override
  public String toString() {
    return row + life.map(it -> "-" + Long.toString(it, RADIX)).orElse("");
  }
}
