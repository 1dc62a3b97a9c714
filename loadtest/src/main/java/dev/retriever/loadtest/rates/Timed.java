package dev.retriever.loadtest.rates;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One fetch with its moments, in microseconds since the epoch. Those of the node are from its
 * journal, in whole milliseconds; all are of the clock of this machine.
 *
 * @param due when it was to be submitted
 * @param sent when it was
 * @param started when its attempt was journaled
 * @param ended when the end of the attempt was journaled
 * @param heard when the caller had its outcome
 */
record Timed(
    long due, long sent, long accepted, long started, long ended, long settled, long heard) {

  /** The parts of the time from when a fetch was due until its outcome. */
  enum Part {
    LATE("until it is sent"),
    ACCEPTED("until it is accepted"),
    STARTED("until its attempt begins"),
    CALLED("until the attempt has ended"),
    SETTLED("until it is settled"),
    HEARD("until the caller hears it");

    private final String words;

    Part(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** The whole time, in microseconds. */
  long micros() {
    return heard - due;
  }

  /** In microseconds; together the whole time, to a millisecond each. */
  long micros(Part part) {
    return Math.max(
        0,
        switch (part) {
          case LATE -> sent - due;
          case ACCEPTED -> accepted - sent;
          case STARTED -> started - accepted;
          case CALLED -> ended - started;
          case SETTLED -> settled - ended;
          case HEARD -> heard - settled;
        });
  }

  /**
   * The mean parts of the fetches around a percentile of the whole time: those whose time is within
   * half a percent of all on both sides.
   *
   * @return in milliseconds; NaN without fetches
   */
  static Map<Part, Double> around(double percentile, List<Timed> fetches) {
    var near = near(percentile, fetches);
    var parts = new EnumMap<Part, Double>(Part.class);
    Arrays.stream(Part.values())
        .forEach(
            part ->
                parts.put(
                    part,
                    near.stream()
                        .mapToDouble(fetch -> fetch.micros(part) / 1e3)
                        .average()
                        .orElse(Double.NaN)));
    return parts;
  }

  /** The fetches around a percentile, at least one if there is any. */
  static List<Timed> near(double percentile, List<Timed> fetches) {
    var sorted = fetches.stream().sorted(Comparator.comparingLong(Timed::micros)).toList();
    var count = sorted.size();
    var from = (int) Math.max(0, Math.floor(count * (percentile - 0.5) / 100));
    var to = (int) Math.min(count, Math.ceil(count * (percentile + 0.5) / 100));
    return sorted.subList(Math.min(from, to), to);
  }
}
