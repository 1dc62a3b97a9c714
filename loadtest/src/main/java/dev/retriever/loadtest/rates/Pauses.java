package dev.retriever.loadtest.rates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The pauses of a node's garbage collector, from its log.
 *
 * @param all in order
 */
record Pauses(List<Pause> all) {
  private static final Pattern LINE =
      Pattern.compile("^\\[(\\S+?)\\].* Pause .*? (\\d+(?:\\.\\d+)?)ms\\s*$");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXX");

  /** In microseconds since the epoch. */
  record Pause(long from, long to) {
    private long within(Timed fetch) {
      return Math.max(0, Math.min(to, fetch.heard()) - Math.max(from, fetch.due()));
    }
  }

  Pauses {
    all = List.copyOf(all);
  }

  /** The option of a Java that writes such a log. */
  static String option(Path file) {
    return "-Xlog:gc:file=" + file + ":time:filecount=0";
  }

  /** Without a readable log there are none. */
  static Pauses read(Path file) {
    try {
      return parse(Files.readAllLines(file));
    } catch (IOException e) {
      return new Pauses(List.of());
    }
  }

  static Pauses parse(List<String> lines) {
    return new Pauses(
        lines.stream()
            .map(LINE::matcher)
            .filter(java.util.regex.Matcher::matches)
            .map(match -> pause(match.group(1), Double.parseDouble(match.group(2))))
            .toList());
  }

  private static Pause pause(String ended, double millis) {
    var to = Instant.from(TIME.parse(ended)).toEpochMilli() * 1_000;
    return new Pause(to - Math.round(millis * 1_000), to);
  }

  /** How long these fetches stood still for it, on average, in milliseconds. */
  double meanMillis(List<Timed> fetches) {
    return fetches.stream()
        .mapToDouble(fetch -> all.stream().mapToLong(pause -> pause.within(fetch)).sum() / 1e3)
        .average()
        .orElse(Double.NaN);
  }

  /** The longest between two moments, in milliseconds; 0 when there was none. */
  double longestMillis(long from, long to) {
    return all.stream()
            .filter(pause -> pause.from() >= from && pause.to() <= to)
            .mapToLong(pause -> pause.to() - pause.from())
            .max()
            .orElse(0)
        / 1e3;
  }
}
