package dev.retriever.cluster.search;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.search.FetchFilter.Span;
import dev.retriever.cluster.search.FetchFilter.State;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.labels.Labels;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads filters. What is unknown or contradicts itself is refused, before anything is asked. */
final class FilterReader {
  private static final String LABEL = "label.";

  /** The terms beside labels. */
  private static final List<String> NAMES =
      List.of(
          "acceptedAfter",
          "acceptedBefore",
          "host",
          "method",
          "origin",
          "outcome",
          "queue",
          "reason",
          "settledAfter",
          "settledBefore",
          "stage",
          "state",
          "status");

  /** Terms that only a settled fetch can have. */
  private static final List<String> OF_SETTLED =
      List.of("outcome", "stage", "reason", "status", "settledAfter", "settledBefore");

  private static final int LONGEST = 255;

  /** Times of no fetch; their milliseconds are whole numbers of 64 bits. */
  private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

  private final SortedMap<String, String> terms;

  private FilterReader(Map<String, String> terms) {
    this.terms = new TreeMap<>(terms);
  }

  /**
   * Reads the terms of a filter.
   *
   * @throws Problem.Found if there are too many, or one is unknown or wrong
   */
  static FetchFilter read(Map<String, String> terms) {
    var reader = new FilterReader(terms);
    reader.checkNames();
    return reader.all();
  }

  /**
   * A reader of those terms alone.
   *
   * @throws Problem.Found if there is another one
   */
  static FilterReader of(Map<String, String> terms, String... names) {
    for (var name : terms.keySet()) {
      if (!List.of(names).contains(name)) {
        throw malformed("There is no parameter %s. There are %s.".formatted(name, List.of(names)));
      }
    }
    return new FilterReader(terms);
  }

  private void checkNames() {
    for (var name : terms.keySet()) {
      if (!NAMES.contains(name) && !name.startsWith(LABEL)) {
        throw malformed("There is no filter " + name + ". There are " + NAMES + " and label.KEY.");
      }
    }
    if (terms.size() > FetchFilter.MOST_TERMS) {
      throw tooBroad(
          "A search has at most %d filters, and this one has %d. Leave some out."
              .formatted(FetchFilter.MOST_TERMS, terms.size()));
    }
  }

  private FetchFilter all() {
    var filter =
        new FetchFilter(
            state(),
            origins(),
            oneOf("outcome", Outcome.Type.values()),
            oneOf("stage", Stage.values()).map(FilterReader::label),
            term("reason"),
            term("status").map(FilterReader::status),
            term("method").map(FilterReader::method),
            term("host").map(it -> it.toLowerCase(Locale.ROOT)),
            term("queue"),
            labels(),
            span("settled"),
            span("accepted"),
            terms);
    if (!filter.isSettled()) {
      for (var name : OF_SETTLED) {
        if (terms.containsKey(name)) {
          throw malformed(
              "Only a settled fetch has "
                  + name
                  + "; leave it out, or leave out state="
                  + filter.state().label()
                  + ".");
        }
      }
    }
    return filter;
  }

  Optional<String> term(String name) {
    var text = Optional.ofNullable(terms.get(name));
    if (text.filter(it -> it.isEmpty() || it.length() > LONGEST || hasControls(it)).isPresent()) {
      throw malformed(
          name + " must have 1 to " + LONGEST + " characters, and no control characters.");
    }
    return text;
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private State state() {
    return oneOf("state", State.values()).orElse(State.SETTLED);
  }

  <E extends Enum<E>> Optional<E> oneOf(String name, E[] values) {
    return term(name).map(text -> oneOf(name, text, values));
  }

  private static <E extends Enum<E>> E oneOf(String name, String text, E[] values) {
    return Arrays.stream(values)
        .filter(value -> label(value).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                malformed(
                    name
                        + " must be one of "
                        + Arrays.stream(values).map(FilterReader::label).toList()
                        + "."));
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A pattern of ids. */
  Optional<String> origins() {
    return term("origin").map(FilterReader::origin);
  }

  private static String origin(String text) {
    try {
      return new OriginPattern(text).text();
    } catch (IllegalArgumentException e) {
      throw malformed("origin must be an origin's id, or its beginning and *, such as order-*.");
    }
  }

  private static int status(String text) {
    if (!text.matches("[1-9]\\d\\d")) {
      throw malformed("status must be a whole number from 100 to 999.");
    }
    return Integer.parseInt(text);
  }

  private static String method(String text) {
    if (!FetchRequest.METHODS.contains(text)) {
      throw malformed("method must be one of " + new TreeSet<>(FetchRequest.METHODS) + ".");
    }
    return text;
  }

  private SortedMap<String, String> labels() {
    var labels = new TreeMap<String, String>();
    for (var name : terms.keySet()) {
      if (name.startsWith(LABEL)) {
        var key = name.substring(LABEL.length());
        var value = terms.get(name);
        Labels.fault(key, value)
            .ifPresent(
                fault -> {
                  throw malformed("A label " + fault.rule() + ".");
                });
        labels.put(key, value);
      }
    }
    return labels;
  }

  private Span span(String of) {
    var span = new Span(time(of + "After"), time(of + "Before"));
    if (span.after().isPresent()
        && span.before().isPresent()
        && !span.after().get().isBefore(span.before().get())) {
      throw malformed("%sAfter must be before %sBefore, or no fetch is found.".formatted(of, of));
    }
    return span;
  }

  private Optional<Instant> time(String name) {
    return term(name)
        .map(
            text -> {
              try {
                return bounded(name, OffsetDateTime.parse(text).toInstant());
              } catch (DateTimeParseException e) {
                throw malformed(name + " must be a time such as 2026-01-15T10:00:00Z.");
              }
            });
  }

  private static Instant bounded(String name, Instant time) {
    if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
      throw malformed(name + " must be a time of the years 0 to 9999.");
    }
    return time;
  }

  static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }

  static Problem.Found tooBroad(String detail) {
    return Problem.of(ProblemType.TOO_BROAD, detail).found();
  }
}
