package dev.retriever.origin.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoryTest {
  private static final List<TraceLine> LINES =
      List.of(
          TraceLine.ofNode("n1", "n1 starts"),
          TraceLine.ofNode("n2", "n2 starts"),
          TraceLine.ofOrigin("n1", "o1", "o1 comes"),
          TraceLine.ofThing("n1", "o1", "f1", "f1 settles"),
          TraceLine.ofThing("n1", "o1", "a7", "a7 rings"),
          TraceLine.ofThing("n2", "o2", "f2", "f2 settles"),
          new TraceLine(List.of("n1", "n2"), "?", "f2", "f2 is lost"),
          TraceLine.ofAll("all heals"));

  private static List<String> story(String subject) {
    var entries = LINES.stream().map(line -> new Trace.Entry(Duration.ZERO, line)).toList();
    return EventStory.of(entries, subject).stream().map(line -> line.substring(16)).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "o1/f1, n1 starts;o1 comes;f1 settles;all heals",
    "o2/f2, n1 starts;n2 starts;f2 settles;f2 is lost;all heals",
    "o1/alarm/3/a7, n1 starts;o1 comes;a7 rings;all heals",
    "o1, n1 starts;o1 comes;f1 settles;a7 rings;all heals",
    "n2, n1 starts;n2 starts;f2 settles;f2 is lost;all heals"
  })
  void it_is_what_is_about_the_subject_and_its_nodes(String subject, String lines) {
    assertThat(story(subject)).containsExactly(lines.split(";"));
  }

  @Test
  void all_is_told_when_nothing_is_about_it() {
    assertThat(story("callers")).hasSameSizeAs(LINES);
  }

  @Test
  void a_line_begins_with_its_time_and_its_node() {
    var entry = new Trace.Entry(Duration.ofMillis(12_345), TraceLine.ofNode("n1", "starts"));

    assertThat(entry).hasToString("   12.345  n1   starts");
  }
}
