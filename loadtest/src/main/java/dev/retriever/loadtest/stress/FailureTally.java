package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.result.ResultDraft;
import java.net.BindException;
import java.net.ConnectException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Counts failures by when they happened and of which kind they are. Thread-safe. */
final class FailureTally {
  private static final Pattern STATUS = Pattern.compile("(?:answered|response:?) (\\d{3})");
  private static final Pattern DETAILS = Pattern.compile("[0-9]+|[^\\s]*/[^\\s]*");
  private static final int KINDS_MAX = 50;
  private static final int LENGTH_MAX = 80;

  private final Map<String, Long> counts = new TreeMap<>();

  /**
   * Counts a failure.
   *
   * @param when at which step, in a word
   */
  void add(String when, Throwable failure) {
    add(when, kind(failure), 1);
  }

  /** Counts so many failures of one kind; those beyond fifty kinds count as others. */
  synchronized void add(String when, String kind, long count) {
    var name = when + ": " + kind;
    var known = counts.containsKey(name) || counts.size() < KINDS_MAX;
    counts.merge(known ? name : when + ": other kinds", count, Long::sum);
  }

  synchronized long sum() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The failures at that step. */
  synchronized long sum(String when) {
    return counts.entrySet().stream()
        .filter(it -> it.getKey().startsWith(when + ": "))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  synchronized Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  /** Adds a table with a row for each kind, if there is any. */
  synchronized void into(ResultDraft draft, String name) {
    if (counts.isEmpty()) {
      return;
    }
    var rows = draft.table(name + ": failures by kind", "when and what", "how often");
    counts.forEach((kind, count) -> rows.row(kind, count));
  }

  /** The kind of a failure: without numbers and addresses, so that like ones count together. */
  static String kind(Throwable failure) {
    var cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof TimeoutException) {
      return "timed out";
    }
    if (cause instanceof BindException) {
      return "no local address or port left";
    }
    var text = String.valueOf(cause.getMessage());
    if (cause instanceof ConnectException) {
      return text.contains("timed out") ? "connecting timed out" : "connection refused";
    }
    if (text.contains("Too many open files")) {
      return "too many open files";
    }
    var status = STATUS.matcher(text);
    if (status.find()) {
      return "answered " + status.group(1);
    }
    var plain = DETAILS.matcher(text).replaceAll("…");
    return plain.length() > LENGTH_MAX ? plain.substring(0, LENGTH_MAX) : plain;
  }
}
