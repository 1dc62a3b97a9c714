package dev.retriever.origin.core.schedules;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which ticks of a generation have made their fetch, as ranges of ticks that follow each other. It
 * outlives the retention of these fetches. Its components are on-disk format.
 *
 * @param ranges in order, at most {@link #MOST}
 * @param forgotten of ticks up to this one it is not known whether they were made
 */
public record DoneTimes(
    List<Range> ranges, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> forgotten) {
  /** Most ranges, inclusive. Beyond it the earliest are forgotten. */
  public static final int MOST = 1_000;

  /** No tick. */
  public static final DoneTimes NONE = new DoneTimes(List.of(), Optional.empty());

  /** All ticks from the first to the last, inclusive. */
  public record Range(Instant from, Instant to) {}

  public DoneTimes {
    forgotten = forgotten == null ? Optional.empty() : forgotten;
  }

  /** Whether that tick is known to be made. */
  public boolean contains(Instant tick) {
    var at = lastFrom(tick);
    return at >= 0 && !ranges.get(at).to().isBefore(tick);
  }

  /** Whether that tick may have been made, and this does not know. */
  public boolean mayContain(Instant tick) {
    return forgotten.filter(it -> !tick.isAfter(it)).isPresent() && !contains(tick);
  }

  /**
   * With that tick.
   *
   * @param before the tick before it, where it is known
   * @param after the tick after it, where it is known
   */
  public DoneTimes plus(Instant tick, Optional<Instant> before, Optional<Instant> after) {
    if (contains(tick)) {
      return this;
    }
    var at = lastFrom(tick);
    var more = new ArrayList<>(ranges);
    var from = tick;
    var to = tick;
    if (at + 1 < more.size() && Optional.of(more.get(at + 1).from()).equals(after)) {
      to = more.remove(at + 1).to();
    }
    if (at >= 0 && Optional.of(more.get(at).to()).equals(before)) {
      from = more.remove(at).from();
      at--;
    }
    more.add(at + 1, new Range(from, to));
    if (more.size() <= MOST) {
      return new DoneTimes(List.copyOf(more), forgotten);
    }
    var lost = more.remove(0).to();
    var upTo = forgotten.filter(lost::isBefore).orElse(lost);
    return new DoneTimes(List.copyOf(more), Optional.of(upTo));
  }

  /** The place of the last range that begins at that tick or before; -1 if there is none. */
  private int lastFrom(Instant tick) {
    var low = 0;
    var high = ranges.size();
    while (low < high) {
      var middle = (low + high) >>> 1;
      if (ranges.get(middle).from().isAfter(tick)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }
}
