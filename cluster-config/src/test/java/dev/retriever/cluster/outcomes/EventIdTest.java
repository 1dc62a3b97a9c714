package dev.retriever.cluster.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.OutcomePage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
  private static final Instant BORN = Instant.parse("2030-01-01T12:00:00.123Z");
  private static final EventId SEEN = EventId.of(57, page(80, BORN));

  private static OutcomePage page(long newest, Instant born) {
    return new OutcomePage(Optional.empty(), List.of(), newest, Optional.ofNullable(born));
  }

  @Test
  void it_is_read_as_it_was_written() {
    assertThat(EventId.read(SEEN.toString())).contains(SEEN);
    assertThat(SEEN.toString()).isEqualTo("57-o5v0j9ff");
    assertThat(EventId.read("57")).contains(new EventId(57, Optional.empty()));
    assertThat(EventId.read("999999999999999999-zzzzzzzzzzzz")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "57-", "57-A", "5 7", "57-a-b", "1234567890123456789", "a"})
  void anything_else_is_no_id(String text) {
    assertThat(EventId.read(text)).isEmpty();
  }

  @Test
  void rows_that_are_counted_since_another_time_are_not_those_it_is_of() {
    assertThat(SEEN.isBefore(page(80, BORN))).isFalse();
    assertThat(SEEN.isBefore(page(12, BORN.plusMillis(1)))).isTrue();
    assertThat(SEEN.isBefore(page(80, BORN.plusMillis(1)))).isTrue();
    assertThat(SEEN.isBefore(page(0, null))).as("nothing is left").isTrue();
  }

  @Test
  void rows_with_a_time_are_the_same_where_an_earlier_version_does_not_say_it() {
    assertThat(SEEN.isBefore(page(80, null))).isFalse();
    assertThat(EventId.of(0, page(80, BORN)).isBefore(page(0, null))).as("of none").isFalse();
  }

  @Test
  void a_row_without_a_time_counts_only_where_it_cannot_be_of_an_earlier_count() {
    var plain = new EventId(57, Optional.empty());

    assertThat(plain.isBefore(page(80, null))).as("as of old").isFalse();
    assertThat(plain.isBefore(page(57, null))).isFalse();
    assertThat(plain.isBefore(page(56, null))).as("beyond the newest").isTrue();
    assertThat(plain.isBefore(page(0, null))).as("nothing is left").isTrue();
    assertThat(plain.isBefore(page(80, BORN))).as("it may be of an earlier count").isTrue();
    assertThat(new EventId(0, Optional.empty()).isBefore(page(80, BORN))).as("the start").isFalse();
  }
}
