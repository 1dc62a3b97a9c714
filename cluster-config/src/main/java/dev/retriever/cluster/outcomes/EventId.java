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
   * Whether nothing was left of the origin since, and its rows are counted anew. Nodes of earlier
   * versions do not say since when they are counted; then they count as the same.
   */
  boolean isBefore(OutcomePage page) {
    var now = page.born().map(Instant::toEpochMilli);
    var isOther = now.isPresent() ? !now.equals(life) : page.newest() == 0;
    return row > 0 && life.isPresent() && isOther;
  }

  /** As {@link #read} takes it. */
  @Override
  public String toString() {
    return row + life.map(it -> "-" + Long.toString(it, RADIX)).orElse("");
  }
}
