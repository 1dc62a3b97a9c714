package dev.retriever.alarms;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * When to wake an origin that has left memory: at a time, or when a pool with one of its attempts
 * is gone. It is stored outside the origin. It may wake the origin in vain, but never too late; an
 * origin that wakes decides by itself what to do.
 *
 * @param at the latest time to wake the origin; empty when the origin waits for nothing, and then
 *     {@code poolIds} is empty too
 * @param poolIds the pools that may have open attempts of the origin
 */
public record WakeUp(Optional<Instant> at, SortedSet<String> poolIds) {
  /** The origin need not be woken. */
  public static final WakeUp NONE = new WakeUp(Optional.empty(), new TreeSet<>());

  /** A wake-up travels with a journal row as a tag, which the journal removes and never stores. */
  private static final String TAG = "retriever-wake-up";

  private static final String SEPARATOR = "|";

  /** The wake-up as a tag. The time is rounded down to the millisecond. */
  public String tag() {
    var due = at.map(time -> "" + time.toEpochMilli()).orElse("never");
    return Stream.concat(Stream.of(TAG, due), poolIds.stream())
        .collect(Collectors.joining(SEPARATOR));
  }

  /** Reads a tag of a journal row; empty when the tag is no wake-up. */
  public static Optional<WakeUp> of(String tag) {
    if (!tag.startsWith(TAG + SEPARATOR)) {
      return Optional.empty();
    }
    var parts = tag.split("\\|");
    if (parts[1].equals("never")) {
      return Optional.of(NONE);
    }
    var poolIds = new TreeSet<>(Arrays.asList(parts).subList(2, parts.length));
    return Optional.of(
        new WakeUp(Optional.of(Instant.ofEpochMilli(Long.parseLong(parts[1]))), poolIds));
  }

  /** Whether an origin that is woken by this wake-up is woken in time for the other, too. */
  public boolean covers(WakeUp other) {
    return other.at.isEmpty()
        || at.isPresent()
            && !at.get().isAfter(other.at.get())
            && poolIds.containsAll(other.poolIds);
  }
}
