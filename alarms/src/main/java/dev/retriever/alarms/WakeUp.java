package dev.retriever.alarms;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What brings an origin back that has left memory: a time, or that an executor is gone which has an
 * attempt of it. Kept outside of the origin, by whoever wakes it; it may say too much, but never
 * too little: an origin looks for itself what there is to do.
 *
 * @param at when to look at the latest; empty when nothing will go on by itself, and then there is
 *     nothing else to it
 * @param executors who may have open attempts
 */
public record WakeUp(Optional<Instant> at, SortedSet<String> executors) {
  /** Nobody needs to wake it. */
  public static final WakeUp NONE = new WakeUp(Optional.empty(), new TreeSet<>());

  /** It travels with a journal row as a tag, which the journal takes off. On the wire only. */
  private static final String TAG = "retriever-wake-up";

  private static final String SEPARATOR = "|";

  /** To the millisecond, and rather before the time than after. */
  public String tag() {
    var due = at.map(time -> "" + time.toEpochMilli()).orElse("never");
    return Stream.concat(Stream.of(TAG, due), executors.stream())
        .collect(Collectors.joining(SEPARATOR));
  }

  /** What a tag of the journal says; empty when it is another's. */
  public static Optional<WakeUp> of(String tag) {
    if (!tag.startsWith(TAG + SEPARATOR)) {
      return Optional.empty();
    }
    var parts = tag.split("\\|");
    if (parts[1].equals("never")) {
      return Optional.of(NONE);
    }
    var executors = new TreeSet<>(Arrays.asList(parts).subList(2, parts.length));
    return Optional.of(
        new WakeUp(Optional.of(Instant.ofEpochMilli(Long.parseLong(parts[1]))), executors));
  }

  /** Whether whoever acts on this one acts in time for the other. */
  public boolean covers(WakeUp other) {
    return other.at.isEmpty()
        || at.isPresent()
            && !at.get().isAfter(other.at.get())
            && executors.containsAll(other.executors);
  }
}
