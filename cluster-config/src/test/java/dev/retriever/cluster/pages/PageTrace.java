package dev.retriever.cluster.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the browser recorded of a page's main thread. */
final class PageTrace {
  private static final double MICROS = 1_000;

  private PageTrace() {}

  /** In milliseconds of processor time. */
  static double longestTask(byte[] trace) {
    try {
      var events = new ObjectMapper().readTree(trace).at("/traceEvents");
      var pages = new HashSet<String>();
      all(events)
          .filter(it -> it.at("/name").asText().equals("thread_name"))
          .filter(it -> it.at("/args/name").asText().equals("CrRendererMain"))
          .forEach(it -> pages.add(thread(it)));
      var tasks =
          all(events)
              .filter(it -> it.at("/name").asText().endsWith("RunTask"))
              .filter(it -> pages.contains(thread(it)))
              .mapToDouble(it -> it.at("/tdur").asDouble() / MICROS)
              .toArray();
      assertThat(tasks).as("tasks in the trace").hasSizeGreaterThan(10);
      return Arrays.stream(tasks).max().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String thread(JsonNode event) {
    return event.at("/pid").asText() + "/" + event.at("/tid").asText();
  }

  private static Stream<JsonNode> all(JsonNode events) {
    return StreamSupport.stream(events.spliterator(), false);
  }
}
